"""The ledger in one SQLite file: opening it, and its transactions.

Write-ahead logging with `synchronous = FULL`: the log is flushed to the disk at every commit, so
that a committed transaction survives a power cut, and readers never wait for the writer. (With
NORMAL, the usual advice for this mode, a power cut could take back the last commits, and with
them the intent of a call that was made. That is how transactions commit which the next flushed
one takes along in time, and those of counters and caches: `Database.transaction`.)
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from connector.errors import ConfigError, FatalError, LedgerClosed
from connector.ledger import sqlite_space
from connector.ledger.database import Transaction
from connector.ledger.migrations import is_older, migrate, must_be_ledger
from connector.ledger.private_file import tighten
from connector.ledger.sqlite_connection import connect, use_write_ahead_log
from connector.ledger.sqlite_errors import explain
from connector.ledger.sqlite_transaction import SqliteTransaction

SCHEME: Final = "sqlite:///"
MEMORY: Final = "sqlite:///:memory:"
BUSY_TIMEOUT: Final = 30.0
"""Seconds that a transaction waits for another process's; those are short."""
SYNCHRONOUS: Final = {True: "FULL", False: "NORMAL"}
"""Whether a commit waits until the log is on the disk. The log is written in order."""
MOVED: Final = 2
"""The `user_version` of a file whose ledger has moved; every other has 0."""


def open_database(
    url: str, *, create: bool, busy_timeout: float = BUSY_TIMEOUT
) -> "SqliteDatabase":
    """Open the database that `state` names, its tables brought up to date.

    `url` is `sqlite:///FILE` or `sqlite:///:memory:`. Where there is no file yet, `create` makes
    one that only its owner can read. Without `create` the tables of a file are left as they are,
    so that a dry run changes nothing: an empty ledger stands in for a file that is not there,
    and a passing copy for one that an older version wrote.

    Raises `ConfigError` when this can be no ledger, and `Unreachable` when it is locked or its
    disk is full.
    """
    path = _path_of(url)
    if path is not None and not create and not path.exists():
        path = None
    try:
        return _open(path, busy_timeout, may_change=create or path is None)
    except FatalError as error:
        raise ConfigError(error.message, error.remedy) from error


def open_existing(url: str) -> "SqliteDatabase":
    """Open a ledger that is there already, and leave it at the version that it has.

    Raises what `open_database` raises, and `ConfigError` when there is none.
    """
    path = _path_of(url)
    if path is None or not path.exists():
        raise ConfigError(f"There is no ledger {path or 'in memory'}", "Let `state` name one")
    try:
        return _open_as_it_is(path)
    except FatalError as error:
        raise ConfigError(error.message, error.remedy) from error


def _open_as_it_is(path: Path) -> "SqliteDatabase":
    database = SqliteDatabase(path)
    try:
        database.set_up()
        must_be_ledger(database)
    except BaseException:
        database.close()
        raise
    return database


def _open(path: Path | None, busy_timeout: float, *, may_change: bool) -> "SqliteDatabase":
    database = SqliteDatabase(path, busy_timeout)
    try:
        database.set_up()
        if not may_change and is_older(database):
            database.go_on_with_a_copy()
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _path_of(url: str) -> Path | None:
    if not url.startswith(SCHEME) or url == SCHEME:
        raise ConfigError(
            f"`state` does not begin with {SCHEME} and a file's name",
            f"Write it as {SCHEME}connector.db, or {SCHEME}/absolute/path/connector.db",
        )
    name = url.removeprefix(SCHEME)
    return None if name == ":memory:" else Path(name).absolute()


class SqliteDatabase:
    """A SQLite connection; threads that share it take turns."""

    def __init__(self, path: Path | None, busy_timeout: float = BUSY_TIMEOUT) -> None:
        """Open the file at `path`, created if need be, or a database in memory for None."""
        self._path = path
        self._busy_timeout = busy_timeout
        self._turn = threading.RLock()
        self._is_closed = False
        with self._explained():
            self._connection = connect(path, busy_timeout)

    @property
    def label(self) -> str:
        """The database as a person knows it, for messages."""
        return "The ledger in memory" if self._path is None else f"The ledger {self._path}"

    @property
    def lock_path(self) -> Path | None:
        """The run lock's file beside the ledger's, the same however the ledger is reached."""
        if self._path is None:
            return None
        real = self._path.resolve()
        return real.with_name(f"{real.name}.lock")

    @property
    def types(self) -> Mapping[str, str]:
        """SQLite's words for the column types of the migrations."""
        return {"bytes": "BLOB", "serial": "INTEGER PRIMARY KEY AUTOINCREMENT", "text": "TEXT"}

    @property
    def is_shared(self) -> bool:
        """Whoever holds the run lock is the only worker."""
        return False

    @property
    def skip_locked(self) -> str:
        """Nothing: a transaction that writes has all rows."""
        return ""

    def json_field(self, column: str, name: str) -> str:
        """Return what reads a field of the JSON object in a column; truth is 0 or 1."""
        return f"json_extract({column}, '$.{name}')"

    def seconds_between(self, earlier: str, later: str) -> str:
        """Return what reckons with Julian days, which are exact to a millisecond."""
        return f"(julianday({later}) - julianday({earlier})) * 86400.0"

    def lease_clock(self, tx: Transaction, now: datetime) -> datetime:  # noqa: ARG002 - SQLite has no server
        """Return `now`: one host works on the file."""
        return now

    @contextlib.contextmanager
    def exclusive(self, name: str) -> Iterator[bool]:  # noqa: ARG002 - there is nobody else
        """Yield True: whoever holds the run lock is the only worker."""
        yield True

    def set_up(self) -> None:
        """Set what SQLite keeps per connection, and make sure that the file can be written."""
        with self._explained():
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.execute("PRAGMA synchronous = FULL")
            sqlite_space.prepare(self._connection)
            if self._path is not None:
                use_write_ahead_log(self._connection, self._busy_timeout)
                for suffix in ("-wal", "-shm"):
                    with contextlib.suppress(FileNotFoundError):
                        tighten(self._path.with_name(self._path.name + suffix))
            self._try_to_write()

    def go_on_with_a_copy(self) -> None:
        """Leave the file alone from here on; what is written is lost when this is closed."""
        copy = connect(None, self._busy_timeout)
        with self._explained():
            self._connection.backup(copy)
        self._connection.close()
        self._connection, self._path = copy, None
        self.set_up()

    def _try_to_write(self) -> None:
        """Write and take it back: SQLite opens a file it may not write without complaint."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute("PRAGMA user_version = 1")
        finally:
            self._roll_back()

    @contextlib.contextmanager
    def transaction(self, *, flushed: bool = True) -> Iterator[SqliteTransaction]:
        """Open a transaction that may write; it commits at the end, or rolls back on any error.

        It takes the write lock at once: one that read first and asked for the lock later would
        be refused when another had written in between.
        """
        with self._run(f"PRAGMA synchronous = {SYNCHRONOUS[flushed]}", "BEGIN IMMEDIATE") as tx:
            self._refuse_moved()
            yield tx

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[SqliteTransaction]:
        """Open a transaction that only reads, and sees one moment."""
        with self._run("BEGIN DEFERRED") as tx:
            yield tx

    def close_for_writing(self, tx: SqliteTransaction) -> None:
        """Let this be the last transaction that writes, also of those who have the file open."""
        tx.execute(f"PRAGMA user_version = {MOVED}")

    def consists_of(self, file: Path) -> bool:
        """Return whether `file` is the ledger's own, or one that it needs beside."""
        if self._path is None:
            return False
        real = self._path.resolve()
        own = {real.with_name(real.name + suffix) for suffix in ("", "-wal", "-shm", ".lock")}
        return file.resolve() in own

    def copy_pages(self, copy: sqlite3.Connection, *, at_a_time: int) -> None:
        """Copy the file as it is at one moment; others go on writing. Raises `sqlite3.Error`.

        Between so many pages a signal is heard.
        """
        with self._turn:
            self._connection.execute("BEGIN DEFERRED")
            try:
                # From the first look on, it sees one moment: no write makes SQLite begin anew.
                self._connection.execute("SELECT 1 FROM sqlite_master").fetchone()
                self._connection.backup(copy, pages=at_a_time, progress=lambda *_: None)
            finally:
                self._roll_back()

    def in_one_file(self) -> None:
        """Leave write-ahead logging, so that nothing is left beside the file once it is closed."""
        with self._turn, self._explained():
            self._connection.execute("PRAGMA journal_mode = DELETE")

    def tables(self) -> frozenset[str]:
        """Return the names of its tables."""
        with self.snapshot() as tx:
            rows = tx.all(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
        return frozenset(row["name"] for row in rows)

    def give_back_space(self) -> None:
        """Give space that nothing uses back to the disk, a bounded part at a time."""
        with self._turn, self._explained():
            sqlite_space.give_back(self._connection)

    def forget_deleted(self) -> bool:
        """Empty the write-ahead log, which still holds what was overwritten in the file."""
        with self._turn, self._explained():
            return sqlite_space.empty_log(self._connection)

    def close(self) -> None:
        """Close the connection, once no other thread is in the middle of a transaction."""
        with self._turn:
            self._is_closed = True
            self._connection.close()

    def _refuse_moved(self) -> None:
        if self._connection.execute("PRAGMA user_version").fetchone()[0] == MOVED:
            raise FatalError(
                f"{self.label} has moved to another database",
                "Let `state` name that one, and start this again",
            )

    @contextlib.contextmanager
    def _run(self, *begin: str) -> Iterator[SqliteTransaction]:
        with self._turn, self._explained():
            if self._is_closed:
                raise LedgerClosed(f"{self.label} is closed")
            for statement in begin:
                self._connection.execute(statement)
            try:
                yield SqliteTransaction(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):  # the first error is the one to tell
                self._connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            explained = explain(error, self.label)
            if explained is None:
                raise
            raise explained from error
