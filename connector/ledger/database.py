"""What the ledger needs of a database, so that SQLite and PostgreSQL run the same SQL.

The SQL of this package is the common part of both: `ON CONFLICT`, no `rowid`, no date functions.
Parameters are named, `:name`; a list stands for a parenthesised set, `IN :names`.

SQLite lets one transaction write at a time. PostgreSQL runs them side by side at READ COMMITTED,
where every statement sees what was committed before it began: what a transaction read may be out
of date when it writes. So a statement that decides carries its condition itself (`UPDATE … WHERE`,
`ON CONFLICT`), which also locks the row until the end; a decision over several rows comes after
`Transaction.hold`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
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

    def stream(self, sql: str) -> Iterator[Row]:
        """Yield all rows without keeping them; nothing else is asked of it meanwhile."""
        ...

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert rows, each of which has these columns; ids that are given now are higher."""
        ...

    def insert_large(self, table: str, row: Params, column: str, content: bytes) -> None:
        """Insert a row, and `content` into one more column of it, with few copies in memory."""
        ...

    def hold(self, name: str) -> None:
        """Let no other transaction that holds `name` go on before this one has ended."""
        ...


class Database(Protocol):
    """A database that holds a ledger.

    Its methods raise `Unreachable` when it is locked, full or out of reach for now, and
    `FatalError` when it is damaged or may not be written. After an `Unreachable` out of a
    transaction that writes, nobody knows whether it was committed. Once it is closed, a
    transaction raises `LedgerClosed`: a thread that was left behind may still come by.

    Threads may share it; each has its own transaction.
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
        """Its own words for the column types `bytes`, `serial` and `text`.

        `text` compares by code points, whatever language the server speaks.
        """
        ...

    @property
    def is_shared(self) -> bool:
        """Whether several hosts may work on it at the same time."""
        ...

    @property
    def skip_locked(self) -> str:
        """What ends a SELECT of one table that takes its rows for this transaction.

        Rows that another transaction has taken are passed over.
        """
        ...

    def json_field(self, column: str, name: str) -> str:
        """Return what reads a field of the JSON object in a column: text, a number, or null."""
        ...

    def seconds_between(self, earlier: str, later: str) -> str:
        """Return what reckons the seconds from the moment in one column to that in another."""
        ...

    def lease_clock(self, tx: Transaction, now: datetime) -> datetime:
        """Return the moment by which leases are reckoned, in UTC.

        That is `now` where one host works, and the server's where the clocks of several would
        disagree.
        """
        ...

    def exclusive(self, name: str) -> AbstractContextManager[bool]:
        """Be the only process that does what is called `name`; yields whether we are.

        Whoever is second is not made to wait. It ends with the process, however that dies. On a
        database that is not shared there is nobody else.
        """
        ...

    def transaction(self, *, flushed: bool = True) -> AbstractContextManager[Transaction]:
        """Open a transaction that may write; it commits at the end, or rolls back on any error.

        The commit waits until it is on the disk. Unless `flushed`: then a power cut may take it
        back, and the death of a process does not. It is on the disk once a later transaction is
        flushed, so whatever that one rests on is there.
        """
        ...

    def snapshot(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that only reads, and sees one moment."""
        ...

    def give_back_space(self) -> None:
        """Give space that nothing uses back to the disk, a bounded part at a time."""
        ...

    def forget_deleted(self) -> bool:
        """Leave nothing of deleted rows in the database's own files, as far as we have a say.

        Return False when somebody else reads just now, and a part of it stays until then.
        """
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
