"""The runs: when each began and how it ended, for as long as somebody may ask."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from connector.ledger.columns import json_text, time_text
from connector.ledger.database import Database
from connector.ledger.rows import must_change
from connector.ports import Stamp

KEPT: Final = timedelta(days=90)
"""A run a minute makes half a million rows a year; what a run did stands with its requests."""

MOST_FORGOTTEN: Final = 1_000
"""By one run, so that it does not take long in a ledger that never forgot any."""


class Runs:
    """The part of the ledger that knows its runs."""

    database: Database

    def start_run(self, stamp: Stamp) -> None:
        """Record that a run began; runs of long ago and expired answers of BMS are forgotten."""
        with self.database.transaction() as tx:
            tx.execute(
                "INSERT INTO runs (run, started_at) VALUES (:run, :at)",
                {"run": stamp.run, "at": time_text(stamp.at)},
            )
            tx.hold("cache")
            tx.execute("DELETE FROM cache WHERE expires_at <= :now", {"now": time_text(stamp.at)})
            tx.execute(
                """
                DELETE FROM runs WHERE run IN (
                    SELECT run FROM runs WHERE started_at < :before
                    ORDER BY started_at LIMIT :most
                )
                """,
                {"before": time_text(stamp.at - KEPT), "most": MOST_FORGOTTEN},
            )

    def finish_run(self, stamp: Stamp, *, exit_code: int, summary: Mapping[str, object]) -> None:
        """Record how a run ended."""
        with self.database.transaction() as tx:
            changed = tx.execute(
                """
                UPDATE runs SET finished_at = :at, exit_code = :exit_code, summary = :summary
                WHERE run = :run
                """,
                {
                    "run": stamp.run,
                    "at": time_text(stamp.at),
                    "exit_code": int(exit_code),
                    "summary": json_text(dict(summary)),
                },
            )
            must_change(changed, stamp.run)
