"""Arrivals, stamps and moments for tests of the ledger."""

from datetime import UTC, datetime, timedelta

from connector.domain.request import Identity, RequestKind
from connector.ledger.columns import time_text
from connector.ledger.sqlite import SqliteDatabase
from connector.ledger.store import SqlLedger
from connector.ports import Arrival, Stamp

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)


def at(minutes: float) -> datetime:
    """Return the moment so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def stamp(minutes: float = 0, run: str = "run-1") -> Stamp:
    """Return a stamp of `run`, so many minutes after noon."""
    return Stamp(run=run, at=at(minutes))


def arrival(
    locator: str = "a.eml", *, source: str = "drop", received_at: datetime = NOON
) -> Arrival:
    """Return an e-mail that a folder hands over."""
    return Arrival(
        source=source,
        locator=locator,
        kind=RequestKind.EMAIL,
        received_at=received_at,
        size=3,
        read=lambda: b"raw",
    )


def recorded(
    ledger: SqlLedger,
    key: str,
    *,
    source: str = "drop",
    received_at: datetime = NOON,
    raw: bytes = b"raw",
) -> str:
    """Record a request whose identity nobody has claimed yet."""
    item = arrival(f"{key}.eml", source=source, received_at=received_at)
    ledger.record(key, item, raw, stamp=stamp())
    return key


def identified(
    ledger: SqlLedger, key: str, *, source: str = "drop", received_at: datetime = NOON
) -> str:
    """Record a request with an identity of its own: it is ready to be worked on."""
    recorded(ledger, key, source=source, received_at=received_at)
    identity = Identity(f"mail {key}")
    ledger.identify(
        key, identity, subject=f"About {key}", sender="pat@client.example", stamp=stamp()
    )
    return key


def leased(ledger: SqlLedger, key: str, *, holder: str = "run-1") -> str:
    """Record a request with an identity of its own, on which `holder` is at work."""
    identified(ledger, key)
    return take(ledger, key, holder=holder)


def take(ledger: SqlLedger, key: str, *, holder: str = "run-1") -> str:
    """Lease this very request, whosever turn it is."""
    with ledger.database.transaction() as tx:
        until = ledger.database.lease_clock(tx, NOON) + LEASE
        tx.execute(
            "UPDATE requests SET lease_holder = :holder, lease_until = :until WHERE key = :key",
            {"key": key, "holder": holder, "until": time_text(until)},
        )
    return key


def run_out(ledger: SqlLedger, *, holder: str = "run-1", now: datetime = NOON) -> None:
    """Let the leases of `holder` have run out, by whichever clock they are reckoned."""
    ledger.renew(holder=holder, lease=timedelta(seconds=-1), now=now)


def claimed(ledger: SqlLedger, *, minutes: float = 0, holder: str = "run-1") -> str | None:
    """Claim the next request, for five minutes; return its key."""
    record = ledger.claim(now=at(minutes), holder=holder, lease=LEASE, sources=None, besides=[])
    return None if record is None else record.key


class SharedSqlite:
    """A SQLite database that several hosts share, all by the clock of the test."""

    is_shared = True

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)
