"""`ledger move`: all rows or none, compared; the old ledger refuses whoever has it open."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.desk import Desk, help_desk, local
from support.endpoints import CREATE
from support.killing import Killed, failing_at
from support.ledger_samples import NOON, leased, recorded
from support.old_ledgers import FROZEN, put_old_ledger
from support.postgres import Server

from connector.domain.request import Outcome
from connector.errors import ConfigError, FatalError, RunLocked
from connector.ledger.care.backup import back_up
from connector.ledger.care.checking import Found, check
from connector.ledger.care.copying import CopyDiffers
from connector.ledger.care.moving import move
from connector.ledger.care.tables import ledger_tables
from connector.ledger.database import Database
from connector.ledger.migrations import RECORD_TABLE, migrate
from connector.ledger.postgres import PostgresDatabase
from connector.ledger.postgres_transaction import PostgresTransaction
from connector.ledger.run_lock import RunLock
from connector.ledger.sqlite import SqliteDatabase
from connector.ledger.store import SqlLedger, open_database, open_ledger
from connector.wiring.ledger_care import move_ledger

pytestmark = pytest.mark.service


@pytest.fixture
def state(tmp_path: Path) -> str:
    """A SQLite ledger with rows in every table."""
    url = f"sqlite:///{tmp_path / 'connector.db'}"
    with closing(SqliteDatabase(tmp_path / "connector.db")) as database:
        database.set_up()
        put_old_ledger(database, FROZEN[-1])
        migrate(database)
    return url


@pytest.fixture
def source(state: str) -> Iterator[SqliteDatabase]:
    with closing(open_database(state, create=True)) as database:
        assert isinstance(database, SqliteDatabase)
        yield database


@pytest.fixture
def target(postgres_url: str) -> Iterator[Database]:
    with closing(open_database(postgres_url, create=True)) as database:
        yield database


def all_rows(database: Database) -> dict[str, list[dict[str, object]]]:
    with database.snapshot() as tx:
        found = {table.name: tx.all(table.in_order) for table in ledger_tables()}
    leases = {"lease_until", "lease_holder"}
    return {
        name: [{k: v for k, v in row.items() if k not in leases} for row in rows]
        for name, rows in found.items()
    }


def test_no_table_is_forgotten(source: SqliteDatabase, target: Database) -> None:
    tables = {table.name for table in ledger_tables()} | {RECORD_TABLE}
    assert tables == source.tables() == target.tables()


def test_no_row_and_no_column_is_forgotten(source: SqliteDatabase, target: Database) -> None:
    before = all_rows(source)
    assert all(before.values()), "a table of the sample is empty"
    counts = move(source, target)
    assert all_rows(target) == before
    assert counts == {name: len(rows) for name, rows in before.items()}
    assert list(check(target, Found())) == []


def test_ids_go_on_after_the_highest(source: SqliteDatabase, target: Database) -> None:
    move(source, target)
    ledger = SqlLedger(target)
    [key] = [record.key for record in ledger.listed(Outcome.PARKED, 1)]
    before = max(row["id"] for row in all_rows(target)["journal"])
    recorded(ledger, "new")
    assert max(row["id"] for row in all_rows(target)["journal"]) == before + 1
    assert ledger.journal(key)


def test_leases_of_runs_that_died_do_not_hold_anything_up(
    source: SqliteDatabase, target: Database
) -> None:
    leased(SqlLedger(source), "held", holder="dead")
    move(source, target)
    ledger = SqlLedger(target)
    taken = []
    while record := ledger.claim(
        now=local("30 10:00"), holder="new", lease=NOON - NOON, sources=["drop"], besides=taken
    ):
        taken.append(record.key)
    assert "held" in taken


def test_large_messages_pass_one_at_a_time(source: SqliteDatabase, target: Database) -> None:
    for number in range(20):
        recorded(SqlLedger(source), f"large-{number}", raw=bytes([number]) * 1_000_000)
    move(source, target)
    assert SqlLedger(target).raw("large-7") == b"\7" * 1_000_000


# --- what must not be there ------------------------------------------------------------------


def test_a_target_that_holds_something_else_is_refused_and_nothing_changes(
    source: SqliteDatabase, target: Database
) -> None:
    recorded(SqlLedger(target), "theirs")
    ours, theirs = all_rows(source), all_rows(target)
    with pytest.raises(ConfigError, match="is not empty, and holds something else"):
        move(source, target)
    assert all_rows(target) == theirs
    assert all_rows(source) == ours
    recorded(SqlLedger(source), "goes on")


def test_a_copy_that_differs_is_taken_back(
    source: SqliteDatabase, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = PostgresTransaction.fill

    def careless(self: PostgresTransaction, table: str, columns: list, rows: Iterator) -> None:
        fill(self, table, columns, rows)
        if table == "raw":
            self.execute("UPDATE raw SET content = :b", {"b": b"other"})

    monkeypatch.setattr(PostgresTransaction, "fill", careless)
    with pytest.raises(CopyDiffers, match=r"^raw \w+ differs in content$"):
        move(source, target)
    assert not any(all_rows(target).values())
    recorded(SqlLedger(source), "goes on")


# --- killed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", [1, 2, 12, 24])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_half_way_nothing_has_changed_and_it_can_be_repeated(
    source: SqliteDatabase, target: Database, nth: int, when: str
) -> None:
    with pytest.raises(Killed), failing_at(PostgresTransaction, "fill", when, nth, Killed()):
        move(source, target)
    assert not any(all_rows(target).values())
    recorded(SqlLedger(source), "since")
    assert move(source, target)["requests"] == len(all_rows(target)["requests"])


def test_killed_between_the_two_commits_it_can_be_repeated(
    source: SqliteDatabase, target: Database
) -> None:
    with (
        pytest.raises(Killed),
        failing_at(SqliteDatabase, "close_for_writing", "before", 1, Killed()),
    ):
        move(source, target)
    moved = all_rows(target)
    assert any(moved.values())
    with source.transaction():
        pass  # the old one does not know yet
    move(source, target)
    assert all_rows(target) == moved
    with pytest.raises(FatalError, match="has moved"), source.transaction():
        pass


MOVE = """
import os, sys
from connector.ledger.care.moving import move
from connector.ledger.postgres_transaction import PostgresTransaction
from connector.ledger.store import open_database
fill = PostgresTransaction.fill
def dying(self, table, columns, rows):
    if table == "journal":
        os.kill(os.getpid(), 9)
    fill(self, table, columns, rows)
PostgresTransaction.fill = dying
move(open_database(sys.argv[1], create=True), open_database(sys.argv[2], create=True))
"""


def test_a_process_that_is_killed_leaves_both_as_they_were(state: str, postgres_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", MOVE, state, postgres_url], check=False)
    assert done.returncode == -9
    with (
        closing(open_database(state, create=True)) as source,
        closing(open_database(postgres_url, create=True)) as target,
    ):
        assert isinstance(source, SqliteDatabase)
        before = all_rows(source)
        assert not any(all_rows(target).values())
        move(source, target)
        assert all_rows(target) == before


# --- the old ledger afterwards ---------------------------------------------------------------


def test_whoever_has_the_old_ledger_open_can_write_no_more(
    source: SqliteDatabase, state: str, target: Database
) -> None:
    with open_ledger(state, create=True) as served:
        recorded(served, "in time")
        move(source, target)
        with pytest.raises(FatalError, match=r"has moved to another database\. Let `state`"):
            recorded(served, "too late")
        assert served.get("in time") is not None
        assert served.get("too late") is None
    assert SqlLedger(target).get("in time") is not None


@pytest.mark.parametrize("create", [True, False])
def test_the_old_ledger_says_where_it_went(
    source: SqliteDatabase, state: str, target: Database, create: bool
) -> None:
    move(source, target)
    with pytest.raises(ConfigError, match=r"has moved to the ledger ledger on 127\.0\.0\.1\. Let"):
        open_database(state, create=create)


# --- a help desk moves -----------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "desk"
    folder.mkdir()
    with help_desk(folder) as running:
        yield running


def test_runs_go_on_in_postgresql_and_back_in_sqlite_and_nothing_is_done_twice(
    desk: Desk, postgres_url: str
) -> None:
    mail = desk.drop_mail("First", name="first.eml").read_bytes()
    desk.sync()
    desk.drop_mail("Second", name="second.eml")
    desk.sync(base_url="http://127.0.0.1:9")  # BMS is down: it waits

    move_ledger(desk.config(), postgres_url, desk.folder)
    desk.state = postgres_url
    desk.drop("again.eml", mail)
    report = desk.sync("intake", "deliver")
    assert {each.outcome for each in report.requests} == {Outcome.CREATED, Outcome.DUPLICATE}

    back = desk.folder / "back.db"
    with desk.ledger() as ledger:
        back_up(ledger.database, back)
    desk.state = f"sqlite:///{back}"
    desk.drop("again.eml", mail)
    report = desk.sync("intake", "deliver")
    assert [each.outcome for each in report.requests] == [Outcome.DUPLICATE]
    assert len(desk.bodies(CREATE)) == 2


def test_no_run_is_disturbed(desk: Desk, postgres_url: str) -> None:
    desk.sync()
    lock = RunLock(desk.folder / "connector.db.lock")
    with lock.held(command="run", now=desk.now), pytest.raises(RunLocked, match=r"\(run\) since"):
        move_ledger(desk.config(), postgres_url, desk.folder)


def test_the_password_comes_from_a_file_and_is_never_told(
    desk: Desk, postgres: Server, postgres_url: str
) -> None:
    desk.sync()
    (desk.folder / "secret").write_text(postgres.password, encoding="utf-8")
    to = postgres.url("ledger", password="${file:secret}")
    label, _ = move_ledger(desk.config(), to, desk.folder)
    assert label == "The ledger ledger on 127.0.0.1"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("sqlite:///other.db", "--to names no PostgreSQL database"),
        ("${NOT_THERE}", "NOT_THERE is not set"),
        ("postgresql://u:se%cret@host/db", "--to is no address of a PostgreSQL database"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(desk: Desk, to: str, words: str) -> None:
    desk.sync()
    with pytest.raises(ConfigError, match=words) as caught:
        move_ledger(desk.config(), to, desk.folder)
    assert "cret" not in str(caught.value)


def test_a_ledger_in_postgresql_is_not_moved(desk: Desk, postgres_url: str) -> None:
    with closing(PostgresDatabase(postgres_url)) as database:
        migrate(database)
    desk.state = postgres_url
    with pytest.raises(ConfigError, match="is in PostgreSQL already"):
        move_ledger(desk.config(), postgres_url, desk.folder)
