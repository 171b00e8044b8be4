"""A backup: the ledger as it is at one moment, in a SQLite file, while runs go on.

A SQLite ledger is copied page by page by SQLite's online backup, a PostgreSQL one row by row out
of one snapshot. The file appears under its name only once it is whole, checked and on the disk.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.errors import ConfigError, ConnectorError, Unreachable
from connector.ledger.care.copying import compare_rows, copy_rows
from connector.ledger.care.tables import ledger_tables
from connector.ledger.database import Database
from connector.ledger.sqlite import SCHEME, SqliteDatabase, open_database
from connector.ledger.sqlite_errors import explain, primary_code

PAGES_AT_A_TIME: Final = 1024
"""Pages of 4 KiB between two moments at which Ctrl-C is heard."""
COMPANIONS: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file that is open, or that was left open."""
OF_THE_LEDGER: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""Errors that are the ledger's fault, not that of the file that is written."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    file: Path
    requests: int
    size: int
    """Bytes."""


class BackupFailed(ConnectorError):
    """There is no backup, and no file of its name that was not there before."""


def back_up(database: Database, file: Path, *, overwrite: bool = False) -> Backup:
    """Write a backup to `file`, mode 0600, in the place of an older one only on request.

    Raises `ConfigError` when `file` cannot or must not be written, `Unreachable` when its disk is
    full, and `BackupFailed` when what was written is not sound.
    """
    _refuse_taken(database, file, overwrite=overwrite)
    with _file_beside(file) as draft, _disk_errors_of(file):
        _write(database, draft, file)
        requests = _sound(draft, file)
        _flush(draft)
        _refuse_taken(database, file, overwrite=overwrite)
        draft.replace(file)
        _flush(file.parent)
    return Backup(file, requests, file.stat().st_size)


def _refuse_taken(database: Database, file: Path, *, overwrite: bool) -> None:
    if file.is_dir():
        raise ConfigError(f"{file} is a folder", "Name a file in it")
    if isinstance(database, SqliteDatabase) and database.consists_of(file):
        raise ConfigError(f"{file} is the ledger itself", "Name another file")
    if file.exists() and not overwrite:
        raise ConfigError(f"{file} is there already", "Name another file, or say --force")
    for suffix in COMPANIONS:
        if (companion := file.with_name(file.name + suffix)).exists():
            raise ConfigError(
                f"{companion} would be taken for a part of the backup",
                "Some program has that database open, or left it so: name another file",
            )


@contextmanager
def _file_beside(file: Path) -> Iterator[Path]:
    """Yield a new file in the same folder, mode 0600; it is removed unless it was renamed."""
    try:
        descriptor, name = tempfile.mkstemp(
            dir=file.parent, prefix=f".{file.name}-", suffix=".part"
        )
    except FileNotFoundError:
        raise ConfigError(f"The folder {file.parent} does not exist", "Create it") from None
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be created ({error.strerror})",
            "Give the user that runs this the right to write its folder, or name another",
        ) from error
    os.close(descriptor)
    draft = Path(name)
    try:
        yield draft
    finally:
        for suffix in ("", *COMPANIONS):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _write(database: Database, draft: Path, file: Path) -> None:
    if isinstance(database, SqliteDatabase):
        _write_pages(database, draft, file)
    else:
        _write_rows(database, draft)


def _write_pages(database: SqliteDatabase, draft: Path, file: Path) -> None:
    with _told_of(file), closing(sqlite3.connect(draft)) as copy:
        database.copy_pages(copy, at_a_time=PAGES_AT_A_TIME)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it


def _write_rows(database: Database, draft: Path) -> None:
    tables = ledger_tables()
    with closing(open_database(f"{SCHEME}{draft}", create=True)) as copy:
        with copy.transaction() as target, database.snapshot() as source:
            copy_rows(source, target, tables)
            compare_rows(source, target, tables)
        copy.in_one_file()


def _sound(draft: Path, file: Path) -> int:
    """Return how many requests the file holds; raises `BackupFailed` when it is damaged."""
    with _told_of(file), closing(sqlite3.connect(f"{draft.as_uri()}?mode=ro", uri=True)) as copy:
        found = [row[0] for row in copy.execute("PRAGMA integrity_check(1)")]
        count: int = copy.execute("SELECT count(*) FROM requests").fetchone()[0]
    if found != ["ok"]:
        raise BackupFailed(
            f"The ledger is damaged, and so would be a backup of it ({found[0]})",
            "`bms-connector ledger check` says more; earlier backups are as they were",
        )
    return count


@contextmanager
def _told_of(file: Path) -> Iterator[None]:
    """Let SQLite's errors tell of the backup under the name that people know."""
    try:
        yield
    except sqlite3.Error as error:
        if primary_code(error) in OF_THE_LEDGER:
            raise BackupFailed(
                f"The ledger is damaged, and cannot be backed up ({error})",
                "`bms-connector ledger check` says more; earlier backups are as they were",
            ) from error
        raise explain(error, f"The backup {file}") or error from error


@contextmanager
def _disk_errors_of(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unreachable(
            f"The backup {file} cannot be written ({error.strerror})",
            "See whether its disk is full, unmounted or failing",
        ) from error


def _flush(path: Path) -> None:
    """Have the disk keep what was written to a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
