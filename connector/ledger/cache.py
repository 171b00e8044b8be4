"""Answers of BMS worth keeping between runs, and the sign-in token."""

import threading
from collections.abc import Collection
from datetime import datetime

from connector.ledger.columns import from_json, json_text, storable, time_text
from connector.ledger.database import Database
from connector.ports import Cache


class SqlCache:
    """`ports.Cache` in the ledger's database."""

    def __init__(self, database: Database) -> None:
        """Keep the values in `database`."""
        self._database = database

    def load(self, kind: str, name: str, now: datetime) -> object | None:
        """Return the JSON value kept under `kind` and `name`, unless it expired."""
        with self._database.snapshot() as tx:
            row = tx.one(
                """
                SELECT value FROM cache
                WHERE kind = :kind AND name = :name AND expires_at > :now
                """,
                {"kind": kind, "name": storable(name), "now": time_text(now)},
            )
        return None if row is None else from_json(row["value"])

    def save(self, kind: str, name: str, value: object, expires_at: datetime) -> None:
        """Keep a JSON value until it expires."""
        with self._database.transaction(flushed=False) as tx:
            tx.execute(
                """
                INSERT INTO cache (kind, name, value, expires_at)
                VALUES (:kind, :name, :value, :expires_at)
                ON CONFLICT (kind, name) DO UPDATE
                SET value = excluded.value, expires_at = excluded.expires_at
                """,
                {
                    "kind": kind,
                    "name": storable(name),
                    "value": json_text(value),
                    "expires_at": time_text(expires_at),
                },
            )

    def drop(self, kind: str, name: str | None = None) -> None:
        """Forget one value, or every value of a kind."""
        with self._database.transaction() as tx:
            if name is None:
                tx.hold("cache")  # two that delete many rows could each wait for the other
                tx.execute("DELETE FROM cache WHERE kind = :kind", {"kind": kind})
            else:
                tx.execute(
                    "DELETE FROM cache WHERE kind = :kind AND name = :name",
                    {"kind": kind, "name": storable(name)},
                )


class ReadThroughCache:
    """A cache for a dry run: reads another one, and writes to it only values of some kinds.

    What else is saved or dropped is remembered for as long as this object lives.
    """

    def __init__(self, kept: Cache, *, keep: Collection[str]) -> None:
        """Read `kept`; write to it the kinds in `keep`."""
        self._kept = kept
        self._keep = frozenset(keep)
        self._lock = threading.Lock()
        self._own: dict[tuple[str, str], tuple[object, datetime]] = {}
        self._dropped: set[tuple[str, str | None]] = set()

    def load(self, kind: str, name: str, now: datetime) -> object | None:
        """Return the JSON value kept under `kind` and `name`, unless it expired."""
        with self._lock:
            if (kind, name) in self._own:
                value, expires_at = self._own[kind, name]
                return value if expires_at > now else None
            if {(kind, name), (kind, None)} & self._dropped:
                return None
        return self._kept.load(kind, name, now)

    def save(self, kind: str, name: str, value: object, expires_at: datetime) -> None:
        """Keep a JSON value until it expires."""
        if kind in self._keep:
            self._kept.save(kind, name, value, expires_at)
            return
        with self._lock:
            self._own[kind, name] = (value, expires_at)

    def drop(self, kind: str, name: str | None = None) -> None:
        """Forget one value, or every value of a kind."""
        if kind in self._keep:
            self._kept.drop(kind, name)
            return
        with self._lock:
            self._dropped.add((kind, name))
            for key in [key for key in self._own if key[0] == kind and name in (None, key[1])]:
                del self._own[key]
