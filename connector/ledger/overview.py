"""The ledger at a glance, for the status page and for monitoring (`ports.overview`)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from connector.domain.request import Outcome
from connector.ledger.columns import from_json, time_text, to_time, to_time_if_any
from connector.ledger.database import Database, Row
from connector.ledger.migrations import has_moved
from connector.ports.overview import PastRun


class Overview:
    """The part of the ledger behind `serve`'s /status, /healthz and /metrics."""

    database: Database

    def past_runs(self, *, since: datetime, limit: int) -> Sequence[PastRun]:
        """Return the runs that began since then, the newest first, at most so many."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT * FROM runs WHERE started_at >= :since
                ORDER BY started_at DESC LIMIT :limit
                """,
                {"since": time_text(since), "limit": limit},
            )
        return [_past_run(row) for row in rows]

    def received_since(self, since: datetime) -> Mapping[str, Mapping[Outcome, int]]:
        """Return how many requests received since then are in which state, by source."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                "SELECT source, state FROM requests WHERE received_at >= :since",
                {"since": time_text(since)},
            )
        # Counted here: SQLite would read a whole index to group by source.
        counts: dict[str, Counter[Outcome]] = {}
        for row in rows:
            counts.setdefault(row["source"], Counter())[Outcome(row["state"])] += 1
        return counts

    def waiting(self) -> dict[Outcome, int]:
        """Return how many requests are pending and parked, whenever they were received."""
        states = [Outcome.PENDING, Outcome.PARKED]
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT state, COUNT(*) AS requests FROM requests
                WHERE state IN :states GROUP BY state
                """,
                {"states": [state.value for state in states]},
            )
        found = {row["state"]: int(row["requests"]) for row in rows}
        return {state: found.get(state.value, 0) for state in states}

    def letters_waiting(self) -> int:
        """Return how many letters are yet to be sent."""
        with self.database.snapshot() as tx:
            row = tx.one("SELECT COUNT(*) AS letters FROM outbox WHERE state = 'waiting'")
        return 0 if row is None else int(row["letters"])

    def has_moved(self) -> bool:
        """Return whether the ledger has moved to another database, and takes nothing in here."""
        with self.database.snapshot() as tx:
            return has_moved(tx)


def _past_run(row: Row) -> PastRun:
    return PastRun(
        run=row["run"],
        started_at=to_time(row["started_at"]),
        finished_at=to_time_if_any(row["finished_at"]),
        exit_code=row["exit_code"],
        summary=from_json(row["summary"]) if row["summary"] else {},
    )
