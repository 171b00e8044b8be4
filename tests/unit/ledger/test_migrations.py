"""The tables come step by step, each step once."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from connector.errors import ConfigError
from connector.ledger.database import Database
from connector.ledger.migrations import MIGRATIONS, Migration, migrate
from connector.ledger.sqlite import SqliteDatabase

FIRST = Migration("0001_first", ("CREATE TABLE first (id {serial}, content {bytes})",))
SECOND = Migration("0002_second", ("CREATE TABLE second (id BIGINT)",))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of either kind without any tables."""
    if request.param == "sqlite":
        new: Database = SqliteDatabase(None)
    else:
        from connector.ledger.postgres import PostgresDatabase

        new = PostgresDatabase(request.getfixturevalue("postgres").create_new())
    with closing(new) as opened:
        yield opened


def test_every_migration_is_applied_in_order(database: Database) -> None:
    migrate(database, (FIRST, SECOND))
    assert database.tables() == {"first", "second", "ledger_migrations"}


def test_a_migration_is_applied_only_once(database: Database) -> None:
    migrate(database, (FIRST,))
    migrate(database, (FIRST,))
    migrate(database, (FIRST, SECOND))
    migrate(database, (FIRST, SECOND))
    assert "second" in database.tables()


def test_a_migration_that_fails_leaves_nothing_and_can_be_repeated(
    database: Database,
) -> None:
    broken = Migration("0002_second", (*SECOND.statements, "CREATE TABLE first (id BIGINT)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(database, (FIRST, broken))
    assert "second" not in database.tables()
    migrate(database, (FIRST, SECOND))
    assert "second" in database.tables()


def test_of_two_processes_that_open_at_once_only_one_migrates(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database, (FIRST,))
    monkeypatch.setattr(database, "tables", frozenset)  # what the slower one saw before
    migrate(database, (FIRST, SECOND))
    monkeypatch.undo()
    assert database.tables() == {"first", "second", "ledger_migrations"}


def test_a_ledger_of_a_newer_version_is_refused_untouched(database: Database) -> None:
    migrate(database, (FIRST, SECOND))
    with pytest.raises(ConfigError, match=r"newer version \(it has 0002_second\)"):
        migrate(database, (FIRST,))


def test_a_database_of_another_program_is_refused_untouched(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute("CREATE TABLE requests (id BIGINT)")
    with pytest.raises(ConfigError, match="another program"):
        migrate(database)
    assert database.tables() == {"requests"}


def test_names_of_migrations_are_unique_and_in_order() -> None:
    names = [migration.name for migration in MIGRATIONS]
    assert names == sorted(set(names))
