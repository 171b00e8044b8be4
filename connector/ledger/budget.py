"""How many calls an endpoint of BMS may still get, shared by all who share the ledger.

Calls are counted per minute. A minute counts as a whole until its last call is an hour old, so
that no 60 minutes, wherever they begin, see more calls than the budget allows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from connector.errors import BudgetSpent, Throttled
from connector.ledger.columns import time_text, to_time
from connector.ledger.database import Database, Row, Transaction

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
EMERGENCY_SHARE: Final = 10
"""One part in so many is kept for emergencies."""


class SqlCallBudget:
    """`ports.CallBudget` in the ledger's database."""

    def __init__(self, database: Database, *, calls_per_hour: int) -> None:
        """Allow each endpoint `calls_per_hour` calls in any 60 minutes."""
        self._database = database
        self._for_emergencies = calls_per_hour
        self._for_all = max(1, calls_per_hour - ceil(calls_per_hour / EMERGENCY_SHARE))

    def spent(self, *, now: datetime) -> Mapping[str, int]:
        """Return the calls of the last 60 minutes by endpoint (method and path template)."""
        minute = now.replace(second=0, microsecond=0)
        with self._database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT endpoint, SUM(count) AS calls FROM calls
                WHERE minute >= :oldest AND minute <= :newest
                GROUP BY endpoint ORDER BY endpoint
                """,
                {"oldest": time_text(minute - HOUR), "newest": time_text(minute + HOUR)},
            )
        return {row["endpoint"]: int(row["calls"]) for row in rows}

    def take(self, endpoint: str, *, now: datetime, emergency: bool) -> None:
        """Count one call to `endpoint` (method and path template).

        Raises `BudgetSpent`, with the moment from which calls are free again, when the last
        60 minutes are used up; the last tenth of the budget, one call at least, is for
        emergencies only. Raises `Throttled` while the endpoint is paused.
        """
        limit = self._for_emergencies if emergency else self._for_all
        minute = now.replace(second=0, microsecond=0)
        with self._database.transaction(flushed=False) as tx:
            tx.hold("calls")  # or two hosts would both see the last one free
            _refuse_paused(tx, endpoint, now)
            _forget_others(tx, minute)
            minutes = tx.all(
                "SELECT minute, count FROM calls WHERE endpoint = :endpoint ORDER BY minute",
                {"endpoint": endpoint},
            )
            if sum(row["count"] for row in minutes) >= limit:
                raise _spent(endpoint, limit, _free_at(minutes, limit), emergency=emergency)
            tx.execute(
                """
                INSERT INTO calls (endpoint, minute, count) VALUES (:endpoint, :minute, 1)
                ON CONFLICT (endpoint, minute) DO UPDATE SET count = calls.count + 1
                """,
                {"endpoint": endpoint, "minute": time_text(minute)},
            )

    def pause(self, endpoint: str, *, until: datetime) -> None:
        """Let no call to `endpoint` be made before `until`, as BMS asked (Retry-After)."""
        with self._database.transaction() as tx:
            tx.execute(
                """
                INSERT INTO pauses (endpoint, until) VALUES (:endpoint, :until)
                ON CONFLICT (endpoint) DO UPDATE SET until = excluded.until
                """,
                {"endpoint": endpoint, "until": time_text(until)},
            )


def _refuse_paused(tx: Transaction, endpoint: str, now: datetime) -> None:
    row = tx.one(
        "SELECT until FROM pauses WHERE endpoint = :endpoint AND until > :now",
        {"endpoint": endpoint, "now": time_text(now)},
    )
    if row is None:
        return
    until = to_time(row["until"])
    raise Throttled(
        f"BMS asked not to be called before {until.isoformat(timespec='seconds')} ({endpoint})",
        "A later run goes on by itself",
        not_before=until,
    )


def _forget_others(tx: Transaction, minute: datetime) -> None:
    """Forget what is older than an hour, and what a clock that ran ahead has left behind."""
    tx.execute(
        "DELETE FROM calls WHERE minute < :oldest OR minute > :newest",
        {"oldest": time_text(minute - HOUR), "newest": time_text(minute + HOUR)},
    )


def _free_at(minutes: Sequence[Row], limit: int) -> datetime:
    """Return when enough of the oldest minutes have passed for one more call."""
    left = sum(row["count"] for row in minutes)
    for row in minutes:
        left -= row["count"]
        if left < limit:
            break
    return to_time(row["minute"]) + HOUR + MINUTE


def _spent(endpoint: str, limit: int, free_at: datetime, *, emergency: bool) -> BudgetSpent:
    until = free_at.isoformat(timespec="minutes")
    return BudgetSpent(
        f"{endpoint} had its {limit} calls of this hour; the next is free at {until}",
        "A later run goes on by itself; `bms.calls_per_hour` sets the number",
        not_before=free_at,
        reserve_too=emergency,
    )
