"""A ledger's move from SQLite to PostgreSQL: copied, compared, and the old one closed for good.

The old ledger is locked for writing all the while. What it says last is that it has moved: whoever
has it open, a web side that was not stopped for one, is refused from then on, so that nothing is
written where nobody looks any more.
"""

from collections.abc import Sequence
from typing import Final

from connector.errors import ConfigError
from connector.ledger.care.copying import CopyDiffers, Counts, compare_rows, copy_rows
from connector.ledger.care.tables import Table, ledger_tables
from connector.ledger.database import Database, Transaction
from connector.ledger.migrations import record_move
from connector.ledger.sqlite import SqliteDatabase

LONG_AGO: Final = "1970-01-01T00:00:00.000000+00:00"
LEASED: Final = ("requests", "outbox")


def move(source: SqliteDatabase, target: Database) -> Counts:
    """Move all rows; return how many there are, by table.

    The caller holds the run lock. A target that holds the very same rows is taken for that of an
    earlier move which was killed just before the old ledger could be told.

    Raises `ConfigError` when the target is not empty, and `CopyDiffers` when what arrived is not
    what was sent; then nothing has changed on either side.
    """
    tables = ledger_tables()
    with source.transaction() as ours:
        _end_leases(ours)
        with target.transaction() as theirs:
            theirs.hold("move")
            counts = _fill(ours, theirs, tables, target.label)
        # The target is committed. Killed before the next commit, the move can be repeated.
        record_move(ours, target.label)
        source.close_for_writing(ours)
    return counts


def _end_leases(tx: Transaction) -> None:
    """Let every lease have run out: no run is under way, and hosts reckon by another clock."""
    for table in LEASED:
        tx.execute(
            f"UPDATE {table} SET lease_until = :long_ago WHERE lease_holder IS NOT NULL",  # noqa: S608 - a constant
            {"long_ago": LONG_AGO},
        )


def _fill(source: Transaction, target: Transaction, tables: Sequence[Table], label: str) -> Counts:
    if _is_empty(target, tables):
        copy_rows(source, target, tables)
        return compare_rows(source, target, tables)
    try:
        return compare_rows(source, target, tables)
    except CopyDiffers as error:
        raise ConfigError(
            f"{label} is not empty, and holds something else than this ledger ({error.message})",
            "Name an empty database; nothing was changed",
        ) from error


def _is_empty(tx: Transaction, tables: Sequence[Table]) -> bool:
    return all(
        tx.one(f"SELECT 1 AS found FROM {table.name} LIMIT 1") is None  # noqa: S608 - names of ours
        for table in tables
    )
