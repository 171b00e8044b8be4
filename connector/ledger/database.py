"""What the ledger needs of a database, so that SQLite and PostgreSQL run the same SQL.

The SQL of this package is the common part of both: `ON CONFLICT`, no `rowid`, no date functions.
Parameters are named, `:name`; a list stands for a parenthesised set, `IN :names`.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

Row = Mapping[str, Any]
Params = Mapping[str, object]

NO_PARAMS: Params = {}


class Transaction(Protocol):
    """An open transaction."""

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        """Run a statement; return how many rows it changed."""
        ...

    def one(self, sql: str, params: Params = NO_PARAMS) -> Row | None:
        """Return the first row, if any."""
        ...

    def all(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        """Return all rows."""
        ...


class Database(Protocol):
    """A database that holds a ledger.

    Its methods raise `Unreachable` when it is locked or full for now, and `FatalError` when
    it is damaged or may not be written.
    """

    @property
    def label(self) -> str:
        """The database as a person knows it, for messages."""
        ...

    @property
    def lock_path(self) -> Path | None:
        """Where its run lock lives, or None where there is none."""
        ...

    @property
    def types(self) -> Mapping[str, str]:
        """Its own words for the column types `bytes` and `serial`."""
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that may write; it commits at the end, or rolls back on any error."""
        ...

    def snapshot(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that only reads, and sees one moment."""
        ...

    def tables(self) -> frozenset[str]:
        """Return the names of its tables."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def expand_lists(sql: str, params: Params) -> tuple[str, dict[str, object]]:
    """Return the statement with each list parameter written out, item by item.

    An empty list becomes `(NULL)`, which `IN` never matches.
    """
    plain = {name: value for name, value in params.items() if not isinstance(value, (list, tuple))}
    for name in params.keys() - plain.keys():
        items = {f"{name}_{place}": item for place, item in enumerate(_items(params[name]))}
        written_out = ", ".join(f":{item}" for item in items) or "NULL"
        sql = re.sub(rf":{name}\b", f"({written_out})", sql)
        plain |= items
    return sql, plain


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else ()
