"""A ledger of any earlier version is brought up to date: whole, once, and by whoever opens it."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.desk import Desk, help_desk, local
from support.endpoints import CREATE
from support.killing import Killed
from support.old_ledgers import FROZEN, NAMES, Rows, frozen, put_old_ledger, up_to

from connector.domain.request import Outcome
from connector.ledger.care.checking import Found, check
from connector.ledger.database import Database, Transaction
from connector.ledger.migrations import MIGRATIONS, RECORD_TABLE, migrate
from connector.ledger.sqlite import SqliteDatabase
from connector.ledger.store import open_database, open_ledger

NewState = Callable[[], str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def new_state(request: pytest.FixtureRequest, tmp_path: Path) -> NewState:
    """What makes an empty database of either kind; it returns what the setting `state` says."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / 'old.db'}"
    create: NewState = request.getfixturevalue("postgres").create_new
    return create


def bare(state: str) -> Database:
    """Open a database as it is."""
    if state.startswith("sqlite"):
        database = SqliteDatabase(Path(state.removeprefix("sqlite:///")))
        database.set_up()
        return database
    from connector.ledger.postgres import PostgresDatabase

    return PostgresDatabase(state)


def old_ledger(state: str, name: str) -> Rows:
    with closing(bare(state)) as database:
        return put_old_ledger(database, name)


def rows_of(tx: Transaction, table: str, columns: Sequence[str]) -> list[str]:
    found = tx.all(f"SELECT {', '.join(columns)} FROM {table}")
    return sorted(repr(sorted(row.items())) for row in found)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_an_older_ledger_is_there_afterwards(new_state: NewState, name: str) -> None:
    state = new_state()
    before = old_ledger(state, name)
    with closing(open_database(state, create=True)) as database:
        with database.snapshot() as tx:
            assert {row["name"] for row in tx.all(f"SELECT name FROM {RECORD_TABLE}")} == set(NAMES)
            for table, rows in before.items():
                expected = sorted(repr(sorted(row.items())) for row in rows)
                assert rows_of(tx, table, list(rows[0])) == expected
        assert list(check(database, Found())) == []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A help desk, later than anything in the frozen ledgers."""
    folder = tmp_path / "desk"
    folder.mkdir()
    with help_desk(folder, local("23 10:00") + timedelta(days=30)) as running:
        yield running


@pytest.mark.parametrize("name", FROZEN)
def test_a_run_goes_on_where_the_older_version_stopped(
    new_state: NewState, desk: Desk, name: str
) -> None:
    desk.state = new_state()
    before = old_ledger(desk.state, name)
    pending = {row["key"] for row in before["requests"] if row["state"] == "pending"}
    parked = {row["key"] for row in before["requests"] if row["state"] == "parked"}

    report = desk.sync("intake", "deliver")

    assert report.conserved
    assert {each.key for each in report.requests if each.outcome is Outcome.CREATED} == pending
    assert len(desk.bodies(CREATE)) == len(pending) == 2
    states = {record.key: record.state for record in desk.requests()}
    assert {key for key, state in states.items() if state is Outcome.PARKED} == parked
    assert desk.sync("intake", "deliver").requests == []
    assert len(desk.bodies(CREATE)) == 2


def described(database: SqliteDatabase) -> dict[str, object]:
    """Return tables with their columns, and indexes with what they are on."""
    found: dict[str, object] = {}
    with database.snapshot() as tx:
        for row in tx.all("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"):
            pragma = "table_info" if row["type"] == "table" else "index_xinfo"
            found[row["name"]] = tx.all(f"SELECT * FROM pragma_{pragma}(:n)", {"n": row["name"]})
    return found


@pytest.mark.parametrize("name", FROZEN)
def test_a_released_migration_makes_today_the_tables_that_it_made_then(name: str) -> None:
    with closing(SqliteDatabase(None)) as then, closing(SqliteDatabase(None)) as now:
        with then.transaction() as tx:
            for statement in frozen(name)[0]:
                tx.execute(statement)
        migrate(now, up_to(name))
        assert described(now) == described(then)


def test_killed_at_any_statement_of_an_upgrade_the_next_start_completes_it(
    new_state: NewState, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = new_state()
    old_ledger(state, NAMES[0])
    for done, migration in enumerate(MIGRATIONS[1:], start=1):
        for statement in range(len(migration.statements) + 1):
            with closing(bare(state)) as database, monkeypatch.context() as patch:
                before = database.tables()
                with pytest.raises(Killed):
                    migrate_until(database, done, statement, patch)
                assert database.tables() == before
        with closing(bare(state)) as database:
            migrate(database, MIGRATIONS[: done + 1])
    with open_ledger(state, create=True) as ledger:
        assert list(check(ledger.database, Found())) == []


def migrate_until(database: Database, done: int, statement: int, patch: pytest.MonkeyPatch) -> None:
    """Apply the migration after so many, and die once this statement of it was carried out."""
    with database.snapshot() as tx:
        kind: Any = type(tx)
    original = kind.execute
    calls = iter(range(1000))

    def execute(self: Transaction, sql: str, *params: Any) -> int:
        changed: int = original(self, sql, *params)
        if next(calls) == statement + 1:  # the first makes the record of migrations
            raise Killed
        return changed

    patch.setattr(kind, "execute", execute)
    migrate(database, MIGRATIONS[: done + 1])


OPEN = (
    "import sys; from connector.ledger.store import open_database as o; o(sys.argv[1], create=True)"
)


def test_of_several_processes_that_upgrade_at_once_each_finds_it_done(new_state: NewState) -> None:
    state = new_state()
    before = old_ledger(state, NAMES[0])
    started = [subprocess.Popen([sys.executable, "-c", OPEN, state]) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    with closing(open_database(state, create=False)) as database, database.snapshot() as tx:
        columns = list(before["requests"][0])
        assert len(rows_of(tx, "requests", columns)) == len(before["requests"])
