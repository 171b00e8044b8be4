"""Working on requests: which is next, what was decided for it, and what it came to."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from connector.domain import Decision, Outcome, Waiting
from connector.ledger.columns import json_text, storable, time_for_people, time_text
from connector.ledger.database import Database, Transaction
from connector.ledger.rows import (
    must_change,
    request_record,
    tell,
    the_request,
    write_outcome,
)
from connector.ports import RequestRecord, Stamp


class Work:
    """The part of the ledger that delivery uses to take requests and to put them down."""

    database: Database

    def take_over_leases(self) -> None:
        """Free every lease: whoever holds the run lock is the only worker (SQLite)."""
        with self.database.transaction() as tx:
            tx.execute(
                """
                UPDATE requests SET lease_holder = NULL, lease_until = NULL
                WHERE lease_holder IS NOT NULL
                """
            )

    def claim(
        self,
        *,
        now: datetime,
        holder: str,
        lease_until: datetime,
        sources: Sequence[str] | None,
        besides: Sequence[str],
    ) -> RequestRecord | None:
        """Lease a pending, identified request that is due now, if any: the urgent, then the oldest.

        `sources` limits it to requests of these; keys in `besides` are passed over.
        """
        with self.database.transaction() as tx:
            while key := _next_due(tx, now, sources, besides):
                if _lease(tx, key, now, holder, lease_until):
                    return the_request(tx, key)
        return None

    def raw(self, key: str) -> bytes:
        """Return the raw bytes of a request; raises `KeyError` when they were erased."""
        with self.database.snapshot() as tx:
            row = tx.one("SELECT content FROM raw WHERE request_key = :key", {"key": key})
        if row is None:
            raise KeyError(key)
        return bytes(row["content"])

    def get(self, key: str) -> RequestRecord | None:
        """Return one request."""
        with self.database.snapshot() as tx:
            row = tx.one("SELECT * FROM requests WHERE key = :key", {"key": key})
        return None if row is None else request_record(row)

    def pending(self, sources: Sequence[str] | None) -> Sequence[RequestRecord]:
        """Return all pending requests (of these sources), oldest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT * FROM requests
                WHERE state = 'pending' AND (:from_all = 1 OR source IN :sources)
                ORDER BY received_at, recorded_at, key
                """,
                {"from_all": int(sources is None), "sources": list(sources or ())},
            )
        return [request_record(row) for row in rows]

    def postpone(
        self,
        key: str,
        *,
        waiting: Waiting,
        until: datetime,
        reason: str,
        remedy: str,
        attempts: int,
        stamp: Stamp,
    ) -> None:
        """Leave the request pending until a later attempt and free its lease.

        One that a person has settled meanwhile stays as it is.
        """
        with self.database.transaction() as tx:
            changed = tx.execute(
                """
                UPDATE requests
                SET waiting = :waiting, next_attempt_at = :until, reason = :reason,
                    remedy = :remedy, attempts = :attempts,
                    lease_holder = NULL, lease_until = NULL
                WHERE key = :key AND state = 'pending'
                """,
                {
                    "key": key,
                    "waiting": waiting.value,
                    "until": time_text(until),
                    "reason": storable(reason),
                    "remedy": storable(remedy),
                    "attempts": attempts,
                },
            )
            if changed:
                text = f"waits until {time_for_people(until)} ({waiting.value}): {reason}"
                tell(tx, key, step="postpone", text=text, stamp=stamp)

    def settle(self, key: str, outcome: Outcome, *, reason: str, remedy: str, stamp: Stamp) -> None:
        """Give the request its outcome, free its lease, and let its source be marked."""
        if outcome is Outcome.PENDING:
            msg = "`settle` takes an outcome; `postpone` and `reopen` leave a request pending"
            raise ValueError(msg)
        with self.database.transaction() as tx:
            write_outcome(tx, key, outcome, reason=reason, remedy=remedy, at=stamp.at)
            text = f"{outcome.value}: {reason}" if reason else outcome.value
            tell(tx, key, step="settle", text=text, stamp=stamp)

    def keep_result(
        self,
        key: str,
        *,
        result: Mapping[str, object],
        decisions: Sequence[Decision],
        stamp: Stamp,
    ) -> None:
        """Keep what was decided for the request, before anything of it is done.

        A later attempt that decides the same adds nothing to the story.
        """
        told = json_text([[each.step, each.rule, each.text] for each in decisions])
        with self.database.transaction() as tx:
            changed = tx.execute(
                "UPDATE requests SET result = :result WHERE key = :key",
                {"key": key, "result": json_text(dict(result))},
            )
            must_change(changed, key)
            is_new = tx.execute(
                """
                UPDATE requests SET decisions = :told
                WHERE key = :key AND (decisions IS NULL OR decisions <> :told)
                """,
                {"key": key, "told": told},
            )
            for each in decisions if is_new else ():
                tell(tx, key, step=each.step, rule=each.rule, text=each.text, stamp=stamp)


def _next_due(
    tx: Transaction, now: datetime, sources: Sequence[str] | None, besides: Sequence[str]
) -> str | None:
    """Return the request whose turn it is: what looks like an emergency first, then the oldest.

    Requests to pass over are not named to the database, which takes only so many parameters.
    """
    rows = tx.all(
        """
        SELECT key FROM requests
        WHERE state = 'pending' AND identified = 1
            AND (next_attempt_at IS NULL OR next_attempt_at <= :now)
            AND (lease_until IS NULL OR lease_until <= :now)
            AND (:from_all = 1 OR source IN :sources)
        ORDER BY turn, received_at, recorded_at, key
        LIMIT :enough
        """,
        {
            "now": time_text(now),
            "from_all": int(sources is None),
            "sources": list(sources or ()),
            "enough": len(besides) + 1,
        },
    )
    passed_over = set(besides)
    return next((row["key"] for row in rows if row["key"] not in passed_over), None)


def _lease(tx: Transaction, key: str, now: datetime, holder: str, until: datetime) -> bool:
    """Lease a request unless another worker was faster: exactly one row must change."""
    changed = tx.execute(
        """
        UPDATE requests SET lease_holder = :holder, lease_until = :until
        WHERE key = :key AND state = 'pending'
            AND (lease_until IS NULL OR lease_until <= :now)
        """,
        {"key": key, "holder": holder, "until": time_text(until), "now": time_text(now)},
    )
    return changed == 1
