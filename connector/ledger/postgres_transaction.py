"""A transaction on a connection to PostgreSQL: our SQL in psycopg's words, and rows in bulk."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import psycopg
from psycopg import sql as composing

from connector.ledger.database import NO_PARAMS, Params, Row, expand_lists
from connector.ledger.postgres_sessions import Connection

Cursor = psycopg.Cursor[dict[str, Any]]

LOCK: Final = "hashtextextended(CAST(current_schema() AS text) || %(name)s, 0)"
"""The number of an advisory lock; two ledgers in schemas of one database have their own."""


SERIAL: Final = "id"
"""What every column of the type `serial` is called."""


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

    def stream(self, sql: str) -> Iterator[Row]:
        """Yield all rows as the server sends them; nothing else can be asked meanwhile."""
        with self._connection.cursor() as cursor:
            yield from cursor.stream(_placeholders(sql))

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert rows, each of which has these columns; ids that are given now are higher."""
        names = composing.SQL(", ").join(map(composing.Identifier, columns))
        copy_in = composing.SQL("COPY {} ({}) FROM STDIN").format(
            composing.Identifier(table), names
        )
        with self._connection.cursor() as cursor, cursor.copy(copy_in) as copy:
            for row in rows:
                copy.write_row([row[column] for column in columns])
        if SERIAL in columns:
            self._count_on(table)

    def _count_on(self, table: str) -> None:
        """Let the sequence of a table's ids go on after the highest."""
        self._connection.execute(
            composing.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {}").format(
                table, SERIAL, composing.Identifier(SERIAL), composing.Identifier(table)
            )
        )

    def insert_large(self, table: str, row: Params, column: str, content: bytes) -> None:
        """Insert a row, and `content` into one more column of it."""
        names = [*row, column]
        places = ", ".join(f":{name}" for name in names)
        self.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",  # noqa: S608 - names of ours
            {**row, column: content},
        )

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
