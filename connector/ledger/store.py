"""The ledger: our own record of requests and of what was done, behind `ports.Ledger`.

Every method is one transaction. One file per subject: `recording`, `leases`, `work`, `intents`,
`marking`, `people`, `overview`, `statistics`, `outbox`, `watching`, `access_requests`, `retention`,
`erasing`, `runs`; this one puts them together.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Final

from connector.errors import ConfigError
from connector.ledger import sqlite
from connector.ledger.access_requests import AccessRequests
from connector.ledger.database import Database
from connector.ledger.erasing import Erasing
from connector.ledger.hints import Hints
from connector.ledger.intents import Intents
from connector.ledger.leases import Leases
from connector.ledger.marking import Marking
from connector.ledger.outbox import SqlOutbox
from connector.ledger.overview import Overview
from connector.ledger.people import People
from connector.ledger.recording import Recording
from connector.ledger.retention import Retention
from connector.ledger.runs import Runs
from connector.ledger.statistics import Statistics
from connector.ledger.threads import Threads
from connector.ledger.watching import Watching
from connector.ledger.work import Work

POSTGRES: Final = "postgresql://"


class SqlLedger(
    Recording,
    Leases,
    Work,
    Intents,
    Marking,
    People,
    Overview,
    Statistics,
    SqlOutbox,
    Threads,
    Watching,
    Hints,
    AccessRequests,
    Retention,
    Erasing,
    Runs,
):
    """The ledger in a database: `ports.Ledger` and what other ports ask of a ledger."""

    def __init__(self, database: Database) -> None:
        """Keep the ledger in `database`, whose tables are up to date."""
        self.database = database

    def exclusive(self, name: str) -> AbstractContextManager[bool]:
        """Be the only process that does what is called `name`; yields whether we are."""
        return self.database.exclusive(name)


@contextmanager
def open_ledger(url: str, *, create: bool) -> Iterator[SqlLedger]:
    """Open the ledger that `state` names, and close it at the end.

    Without `create`, nothing of it changes: one that does not exist yet is an empty one in
    memory, and a SQLite one that an older version wrote is a copy that does not outlast this.
    Raises `ConfigError` when there can be no ledger, and `Unreachable` when there is none for now.
    """
    with closing(open_database(url, create=create)) as database:
        yield SqlLedger(database)


def open_database(url: str, *, create: bool) -> Database:
    """Open the database that `state` names: `sqlite:///FILE` or `postgresql://…`."""
    if url.startswith(POSTGRES):
        _must_have_psycopg(url)
        from connector.ledger import postgres

        return postgres.open_database(url, create=create)
    if url.startswith(sqlite.SCHEME):
        return sqlite.open_database(url, create=create)
    raise _neither()


def open_existing(url: str) -> Database:
    """Open a ledger that is there already, for its care as a whole; it is not brought up to date.

    Raises what `open_database` raises, and `ConfigError` when there is none.
    """
    if url.startswith(POSTGRES):
        _must_have_psycopg(url)
        from connector.ledger import postgres

        return postgres.open_existing(url)
    if url.startswith(sqlite.SCHEME):
        return sqlite.open_existing(url)
    raise _neither()


def _neither() -> ConfigError:
    return ConfigError(
        f"`state` begins neither with {sqlite.SCHEME} nor with {POSTGRES}",
        f"Write it as {sqlite.SCHEME}connector.db, or {POSTGRES}USER:PASSWORD@HOST/DATABASE",
    )


def _must_have_psycopg(url: str) -> None:
    if "${" in url:  # as `load_config` leaves it for commands that need no other secret
        raise ConfigError(
            "`state` refers to a secret that is not there",
            "Set the environment variable that it names, or use ${file:PATH}",
        )
    try:
        import psycopg  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise ConfigError(
            f"`state` names a PostgreSQL database, and psycopg cannot be loaded ({error})",
            "Install it: pip install 'bms-connector[postgres]'",
        ) from error
