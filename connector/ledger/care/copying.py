"""One ledger into another, of whichever kind, and then compared with it row by row.

Rows pass one at a time, so that a large ledger needs no more memory than its largest message.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from connector.errors import ConnectorError
from connector.ledger.care.tables import Table
from connector.ledger.database import Row, Transaction

Counts = Mapping[str, int]
"""Rows by table."""


class CopyDiffers(ConnectorError):
    """A copy is not what it was made of."""


def copy_rows(source: Transaction, target: Transaction, tables: Sequence[Table]) -> None:
    """Copy all rows of these tables, ids and all, into empty ones."""
    for table in tables:
        target.fill(table.name, table.columns, source.stream(table.in_order))


def compare_rows(source: Transaction, target: Transaction, tables: Sequence[Table]) -> Counts:
    """Return how many rows each table has in both; raises `CopyDiffers` where they differ."""
    return {table.name: _compare(source, target, table) for table in tables}


def _compare(source: Transaction, target: Transaction, table: Table) -> int:
    count = 0
    for ours, theirs in zip_longest(source.stream(table.in_order), target.stream(table.in_order)):
        if ours != theirs:
            raise _difference(table, ours, theirs)
        count += 1
    return count


def _difference(table: Table, ours: Row | None, theirs: Row | None) -> CopyDiffers:
    row = ours or theirs or {}
    which = ", ".join(str(row[column]) for column in table.key)
    if ours is None or theirs is None:
        return CopyDiffers(f"{table.name} {which} is only in one of the two")
    columns = ", ".join(name for name in table.columns if ours[name] != theirs[name])
    return CopyDiffers(f"{table.name} {which} differs in {columns}")
