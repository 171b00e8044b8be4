"""A transaction on a connection to SQLite."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from connector.ledger.database import NO_PARAMS, Params, Row, expand_lists


class SqliteTransaction:
    """An open transaction on a SQLite connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Run everything on `connection`."""
        self._connection = connection

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        """Run a statement; return how many rows it changed."""
        return self._connection.execute(*expand_lists(sql, params)).rowcount

    def one(self, sql: str, params: Params = NO_PARAMS) -> Row | None:
        """Return the first row, if any."""
        row = self._connection.execute(*expand_lists(sql, params)).fetchone()
        return None if row is None else dict(row)

    def all(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        """Return all rows."""
        return [dict(row) for row in self._connection.execute(*expand_lists(sql, params))]

    def stream(self, sql: str) -> Iterator[Row]:
        """Yield all rows, one after the other."""
        for row in self._connection.execute(sql):
            yield dict(row)

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert rows, each of which has these columns; ids that are given now are higher."""
        # Requests name one another: whether all are there is asked at the end.
        self._connection.execute("PRAGMA defer_foreign_keys = ON")
        places = ", ".join(f":{column}" for column in columns)
        self._connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",  # noqa: S608 - names of ours
            rows,
        )

    def insert_large(self, table: str, row: Params, column: str, content: bytes) -> None:
        """Insert a row, and `content` into one more column of it.

        Bound as a value, SQLite would copy it twice.
        """
        places = ", ".join(f":{name}" for name in row)
        inserted = self._connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}, {column}) VALUES ({places}, zeroblob(:size))",  # noqa: S608 - names of ours
            {**row, "size": len(content)},
        )
        with self._connection.blobopen(table, column, inserted.lastrowid or 0) as blob:
            blob.write(content)

    def hold(self, name: str) -> None:
        """Do nothing: no transaction that writes has another beside it."""
