"""The ledger: our own record of requests and of what was done, behind `ports.Ledger`.

Every method is one transaction. One file per subject: `recording`, `work`, `delivery`,
`marking`, `people`, `watching`; this one puts them together and keeps the runs.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from connector.ledger.columns import json_text, time_text
from connector.ledger.database import Database
from connector.ledger.delivery import Delivery
from connector.ledger.marking import Marking
from connector.ledger.people import People
from connector.ledger.recording import Recording
from connector.ledger.rows import must_change
from connector.ledger.sqlite import open_database
from connector.ledger.watching import Watching
from connector.ledger.work import Work
from connector.ports import Stamp


class SqlLedger(Recording, Work, Delivery, Marking, People, Watching):
    """`ports.Ledger` and `ports.watch.WatchLedger` in a database."""

    def __init__(self, database: Database) -> None:
        """Keep the ledger in `database`, whose tables are up to date."""
        self.database = database

    def start_run(self, stamp: Stamp) -> None:
        """Record that a run began; cached answers that have expired are forgotten."""
        with self.database.transaction() as tx:
            tx.execute(
                "INSERT INTO runs (run, started_at) VALUES (:run, :at)",
                {"run": stamp.run, "at": time_text(stamp.at)},
            )
            tx.execute("DELETE FROM cache WHERE expires_at <= :now", {"now": time_text(stamp.at)})

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


@contextmanager
def open_ledger(url: str, *, create: bool) -> Iterator[SqlLedger]:
    """Open the ledger that `state` names, and close it at the end.

    Without `create`, a ledger that does not exist yet is an empty one, and one that an older
    version wrote is a copy; neither outlasts this. Raises what `sqlite.open_database` raises.
    """
    with closing(open_database(url, create=create)) as database:
        yield SqlLedger(database)
