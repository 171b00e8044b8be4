"""Which tables a ledger of this version has, read off an empty one: none can be forgotten."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from graphlib import TopologicalSorter

from connector.ledger.database import Transaction
from connector.ledger.migrations import RECORD_TABLE
from connector.ledger.sqlite import MEMORY, open_database


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its columns, and those of them that make its primary key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def in_order(self) -> str:
        """The statement that reads all of it, in the same order in every database."""
        return f"SELECT {', '.join(self.columns)} FROM {self.name} ORDER BY {', '.join(self.key)}"  # noqa: S608 - names of ours


def ledger_tables() -> Sequence[Table]:
    """Return every table but the record of migrations, those that others refer to first."""
    with closing(open_database(MEMORY, create=False)) as empty:
        names = sorted(empty.tables() - {RECORD_TABLE})
        with empty.snapshot() as tx:
            parents = {name: _parents(tx, name) - {name} for name in names}
            return [_table(tx, name) for name in TopologicalSorter(parents).static_order()]


def _parents(tx: Transaction, name: str) -> set[str]:
    rows = tx.all('SELECT "table" AS parent FROM pragma_foreign_key_list(:name)', {"name": name})
    return {row["parent"] for row in rows}


def _table(tx: Transaction, name: str) -> Table:
    rows = tx.all("SELECT name, pk FROM pragma_table_info(:name) ORDER BY cid", {"name": name})
    key = sorted((row["pk"], row["name"]) for row in rows if row["pk"])
    return Table(name, tuple(row["name"] for row in rows), tuple(column for _, column in key))
