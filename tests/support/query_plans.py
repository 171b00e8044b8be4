"""How SQLite carries out the ledger's statements, and which statements the ledger has."""

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import connector.ledger
from connector.ledger.database import NO_PARAMS, Params, Row, Transaction
from connector.ledger.sqlite import SqliteDatabase

LEDGER = Path(connector.ledger.__file__).parent
NO_SUBJECT = ("database", "migrations", "postgres", "sqlite")
"""What the files begin with that speak to a database as such, or make its tables."""
SPEAKS = ("execute", "one", "all")

Place = tuple[str, int]
"""A file of connector/ledger/, and the line on which a statement is given to a transaction."""


@dataclass(frozen=True)
class Statement:
    """A statement as it was carried out."""

    place: Place
    sql: str
    steps: tuple[str, ...]

    @property
    def function(self) -> str:
        """Which function of the ledger made it; empty for migrations, and for tests."""
        return ledger_statements().get(self.place, "")

    def __str__(self) -> str:
        """Return what a failing test should say of it."""
        return f"{self.function} ({self.place[0]}:{self.place[1]}): {'; '.join(self.steps)}"


@lru_cache
def ledger_statements() -> dict[Place, str]:
    """Return where the ledger gives a statement to a transaction, and in which function."""
    return {
        (path.name, call.lineno): function.name
        for path in sorted(LEDGER.glob("*.py"))
        if not path.name.startswith(NO_SUBJECT)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and _speaks(call.func)
    }


def _speaks(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in SPEAKS
        and isinstance(called.value, ast.Name)
        and called.value.id == "tx"
    )


class Explained:
    """A transaction that notes how SQLite carries every statement out."""

    def __init__(self, tx: Transaction, noted: list[Statement]) -> None:
        self.tx = tx
        self.noted = noted

    def _explain(self, sql: str, params: Params) -> None:
        steps = self.tx.all(f"EXPLAIN QUERY PLAN {sql}", params)
        caller = sys._getframe(2)
        place = (Path(caller.f_code.co_filename).name, caller.f_lineno)
        self.noted.append(Statement(place, sql, tuple(step["detail"] for step in steps)))

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        self._explain(sql, params)
        return self.tx.execute(sql, params)

    def one(self, sql: str, params: Params = NO_PARAMS) -> Row | None:
        self._explain(sql, params)
        return self.tx.one(sql, params)

    def all(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        self._explain(sql, params)
        return self.tx.all(sql, params)

    def insert_large(self, table: str, row: Params, column: str, content: bytes) -> None:
        self.tx.insert_large(table, row, column, content)

    def hold(self, name: str) -> None:
        self.tx.hold(name)


class ExplainingDatabase:
    """A database that notes how SQLite carries every statement out."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.database = database
        self.noted: list[Statement] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.database, name)

    @contextmanager
    def transaction(self, *, flushed: bool = True) -> Iterator[Explained]:
        with self.database.transaction(flushed=flushed) as tx:
            yield Explained(tx, self.noted)

    @contextmanager
    def snapshot(self) -> Iterator[Explained]:
        with self.database.snapshot() as tx:
            yield Explained(tx, self.noted)
