"""Settings become the care of the ledger as a whole: backup, check, move."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from connector.config.models import Config
from connector.config.secrets import resolve_text
from connector.errors import ConfigError, ConnectorError
from connector.ledger.care.backup import Backup, back_up
from connector.ledger.care.checking import Found, check
from connector.ledger.care.copying import Counts
from connector.ledger.care.moving import move
from connector.ledger.database import Database
from connector.ledger.migrations import migrate, must_be_current
from connector.ledger.run_lock import RunLock
from connector.ledger.sqlite import SqliteDatabase
from connector.ledger.store import POSTGRES, open_database, open_existing
from connector.wiring.clock import utc_now

__all__ = ["Found", "back_up_ledger", "check_ledger", "move_ledger"]


def back_up_ledger(config: Config, file: Path, *, overwrite: bool) -> Backup:
    """Write a backup of the ledger, whichever version wrote it; raises what `back_up` raises."""
    with closing(open_existing(config.state)) as database:
        return back_up(database, file.absolute(), overwrite=overwrite)


def check_ledger(config: Config, found: Found) -> Iterator[str]:
    """Yield one line per fault of the ledger, and count its requests in `found`."""
    with closing(open_existing(config.state)) as database:
        must_be_current(database)
        yield from check(database, found)


def move_ledger(config: Config, to: str, folder: Path) -> tuple[str, Counts]:
    """Move the ledger from SQLite to PostgreSQL; return where it is, and its rows by table.

    References in `to` are resolved as in the configuration; paths start at `folder`.
    Raises `ConfigError` when it cannot be moved there, and `RunLocked` while a run is under way.
    """
    url = resolve_text(to, folder, os.environ)
    if not url.startswith(POSTGRES):
        raise ConfigError(
            "--to names no PostgreSQL database",
            f"Write it as {POSTGRES}USER:PASSWORD@HOST/DATABASE, or as a reference to that",
        )
    with closing(open_existing(config.state)) as source:
        if not isinstance(source, SqliteDatabase):
            raise ConfigError(
                f"{source.label} is no SQLite file: it is in PostgreSQL already",
                "pg_dump copies it to another server; `bms-connector ledger backup` makes a file",
            )
        with RunLock(source.lock_path).held(command="ledger move", now=utc_now()):
            migrate(source)
            with closing(_open_target(url)) as target:
                return target.label, move(source, target)


def _open_target(url: str) -> Database:
    """Open the new database; what is wrong with it is told of the option that leads there."""
    try:
        return open_database(url, create=True)
    except ConnectorError as error:
        error.message = error.message.replace("`state`", "--to")
        error.remedy = error.remedy.replace("`state`", "--to")
        raise
