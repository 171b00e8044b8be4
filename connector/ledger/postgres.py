"""The ledger in a PostgreSQL database, which several hosts may share: opening it, and transactions.

Every thread that needs the database has a connection of its own, kept for the next one; a
connection that was lost is replaced when the next transaction begins. Connections must reach the
server itself: behind a pooler that hands them round between transactions, nothing would be
`exclusive`.
"""

import contextlib
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus

from connector.errors import ConfigError, FatalError, LedgerClosed
from connector.ledger.database import NO_PARAMS, Database, Params, Row, Transaction, expand_lists
from connector.ledger.migrations import is_new, migrate, must_be_current
from connector.ledger.postgres_errors import explained
from connector.ledger.postgres_sessions import Connection, address_of, connect
from connector.ledger.sqlite import MEMORY
from connector.ledger.sqlite import open_database as open_sqlite

Cursor = psycopg.Cursor[dict[str, Any]]

OLDEST: Final = 12
"""The oldest major version that we have what we need from."""

LOCK: Final = "hashtextextended(CAST(current_schema() AS text) || %(name)s, 0)"
"""The number of an advisory lock; two ledgers in schemas of one database have their own."""

VACUUM: Final = b"VACUUM (SKIP_LOCKED) raw, outbox, requests, journal"
"""The tables that hold content, but for a few words."""

TRY_LOCK: Final = f"SELECT pg_try_advisory_lock({LOCK}) AS ours".encode()


def open_database(url: str, *, create: bool) -> Database:
    """Open the database that `state` names, its tables brought up to date.

    `url` is a URI as PostgreSQL's manual defines it (section 34.1.1.2). Without `create` nothing
    is changed: an empty ledger in memory stands in for a database without tables, and one of an
    older version is refused.

    Raises `ConfigError` when this can be no ledger, and `Unreachable` when the server cannot be
    reached.
    """
    database = PostgresDatabase(url)
    try:
        database.check_server()
        if create:
            migrate(database)
        elif is_new(database):
            database.close()
            return open_sqlite(MEMORY, create=False)
        else:
            must_be_current(database)
    except FatalError as error:
        database.close()
        raise ConfigError(error.message, error.remedy) from error
    except BaseException:
        database.close()
        raise
    return database


class PostgresTransaction:
    """An open transaction on a connection to PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        """Run everything on `connection`."""
        self._connection = connection

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        """Run a statement; return how many rows it changed."""
        return self._run(sql, params).rowcount

    def one(self, sql: str, params: Params = NO_PARAMS) -> Row | None:
        """Return the first row, if any."""
        return self._run(sql, params).fetchone()

    def all(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        """Return all rows."""
        return self._run(sql, params).fetchall()

    def hold(self, name: str) -> None:
        """Let no other transaction that holds `name` go on before this one has ended."""
        self._connection.execute(
            f"SELECT pg_advisory_xact_lock({LOCK})".encode(), {"name": f" hold {name}"}
        )

    def _run(self, sql: str, params: Params) -> Cursor:
        sql, plain = expand_lists(sql, params)
        return self._connection.execute(_placeholders(sql), plain)


@lru_cache(maxsize=256)
def _placeholders(sql: str) -> bytes:
    """Return the statement with psycopg's placeholders for our `:name`.

    As bytes, since a type checker takes a text that was put together for an injection.
    """
    return re.sub(r"(?<!:):([a-z_]\w*)", r"%(\1)s", sql.replace("%", "%%")).encode()


class PostgresDatabase:
    """A PostgreSQL database, and the connections to it that no thread needs just now."""

    def __init__(self, url: str) -> None:
        """Prepare for the database at `url`; it is reached when first needed."""
        self._address = address_of(url)
        self._idle: deque[Connection] = deque()
        self._is_closed = False

    @property
    def label(self) -> str:
        """The database as a person knows it, for messages: never its user or password."""
        return self._address.label

    @property
    def lock_path(self) -> Path | None:
        """None: several runs share it."""
        return None

    @property
    def types(self) -> Mapping[str, str]:
        """PostgreSQL's words for the column types of the migrations."""
        return {
            "bytes": "BYTEA",
            "serial": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            "text": 'TEXT COLLATE "C"',
        }

    @property
    def is_shared(self) -> bool:
        """Several hosts may work on it."""
        return True

    @property
    def skip_locked(self) -> str:
        """Take the rows, and pass over those that another transaction has taken."""
        return "FOR UPDATE SKIP LOCKED"

    def json_field(self, column: str, name: str) -> str:
        """Return what reads a field of the JSON object in a column; truth is `true` or `false`."""
        return f"({column}::json ->> '{name}')"

    def seconds_between(self, earlier: str, later: str) -> str:
        """Return what reckons with moments."""
        return f"EXTRACT(EPOCH FROM {later}::timestamptz - {earlier}::timestamptz)"

    def lease_clock(self, tx: Transaction, now: datetime) -> datetime:
        """Return the server's time, in UTC."""
        row = tx.one("SELECT clock_timestamp() AS at")
        moment: datetime = row["at"] if row else now
        return moment.astimezone(UTC)

    @contextlib.contextmanager
    def exclusive(self, name: str) -> Iterator[bool]:
        """Be the only process that does what is called `name`; yields whether we are.

        It is a lock of a session that nobody else uses meanwhile, and which the server ends with
        our process.
        """
        with explained(self.label):
            asked = self._ask_first(TRY_LOCK, {"name": f" exclusive {name}"})
            row = asked.fetchone()
        try:
            yield row is not None and bool(row["ours"])
        finally:
            self._let_go(asked.connection)

    def check_server(self) -> None:
        """Raise `ConfigError` when this server cannot hold a ledger."""
        with self.snapshot() as tx:
            row = tx.one(
                """
                SELECT current_setting('server_encoding') AS encoding,
                       CAST(current_setting('server_version_num') AS INTEGER) AS version
                """
            )
        if row is None or row["version"] < OLDEST * 10_000:
            raise ConfigError(f"{self.label} is older than PostgreSQL {OLDEST}", "Use a newer one")
        if row["encoding"] != "UTF8":
            raise ConfigError(
                f"{self.label} has the encoding {row['encoding']}, which cannot hold every name",
                "Create the database with ENCODING 'UTF8' TEMPLATE template0",
            )

    @contextlib.contextmanager
    def transaction(self, *, flushed: bool = True) -> Iterator[PostgresTransaction]:
        """Open a transaction that may write; it commits at the end, or rolls back on any error."""
        begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        with self._run(begin if flushed else f"{begin}; SET LOCAL synchronous_commit = off") as tx:
            yield tx

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[PostgresTransaction]:
        """Open a transaction that only reads, and sees one moment."""
        with self._run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as tx:
            yield tx

    def give_back_space(self) -> None:
        """Do nothing: the server's autovacuum does."""

    def forget_deleted(self) -> bool:
        """Let the server have the space of what was deleted at once.

        The bytes are in its files, its log and its copies until it uses that space anew.
        """
        with explained(self.label):
            self._put_back(self._ask_first(VACUUM).connection)
        return True

    def tables(self) -> frozenset[str]:
        """Return the names of its tables."""
        with self.snapshot() as tx:
            rows = tx.all("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return frozenset(row["tablename"] for row in rows)

    def close(self) -> None:
        """Close the connections; one that a thread needs just now closes after its transaction."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    @contextlib.contextmanager
    def _run(self, begin: str) -> Iterator[PostgresTransaction]:
        with explained(self.label):
            connection = self._ask_first(begin.encode()).connection
            try:
                yield PostgresTransaction(connection)
                connection.execute(b"COMMIT")
            except BaseException:
                with contextlib.suppress(psycopg.Error):  # the first error is the one to tell
                    connection.execute(b"ROLLBACK")
                raise
            finally:
                self._put_back(connection)

    def _ask_first(self, statement: bytes, params: Params | None = None) -> Cursor:
        """Run the first statement on a connection: an idle one if there is any that works."""
        if self._is_closed:
            raise LedgerClosed(f"{self.label} is closed")
        while self._idle:
            with contextlib.suppress(psycopg.OperationalError, IndexError):
                # One that was cut while it was idle is found out here, and nothing is lost.
                return _execute(self._idle.pop(), statement, params)
        return _execute(connect(self._address), statement, params)

    def _let_go(self, connection: Connection) -> None:
        """End what is `exclusive`; with a connection that was lost, it has ended already."""
        with contextlib.suppress(psycopg.Error):
            connection.execute("SELECT pg_advisory_unlock_all()")
        self._put_back(connection)

    def _put_back(self, connection: Connection) -> None:
        is_idle = connection.info.transaction_status is TransactionStatus.IDLE
        if is_idle and not self._is_closed:
            self._idle.append(connection)
        else:
            connection.close()


def _execute(connection: Connection, statement: bytes, params: Params | None) -> Cursor:
    try:
        return connection.execute(statement, params)
    except BaseException:
        connection.close()
        raise
