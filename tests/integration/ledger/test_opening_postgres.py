"""Opening a ledger in PostgreSQL, or saying in one line why that cannot be."""

import sys

import pytest
from support.postgres import USER, Server

from connector.errors import ConfigError, Unreachable
from connector.ledger import migrations, store
from connector.ledger.store import open_database, open_ledger

pytestmark = pytest.mark.service


def tables_of(url: str, postgres: Server) -> set[str]:
    found = postgres.run(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'", url.rpartition("/")[2]
    )
    return {str(name) for (name,) in found}


def open_and_close(url: str, *, create: bool = True) -> None:
    with open_ledger(url, create=create):
        pass


def test_the_label_tells_where_it_is_and_no_secret(postgres_url: str, postgres: Server) -> None:
    with open_ledger(postgres_url, create=True) as ledger:
        assert ledger.database.label == "The ledger ledger on 127.0.0.1"


def test_a_dry_run_on_a_database_without_tables_makes_none(
    new_database: str, postgres: Server
) -> None:
    with open_ledger(new_database, create=False) as ledger:
        assert ledger.pending(None) == []
        assert not ledger.database.is_shared
    assert tables_of(new_database, postgres) == set()


def test_a_dry_run_on_a_ledger_reads_it(postgres_url: str) -> None:
    with open_ledger(postgres_url, create=False) as ledger:
        assert ledger.database.is_shared


def test_a_dry_run_leaves_an_older_ledger_as_it_is(
    new_database: str, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = migrations.MIGRATIONS[:1]
    monkeypatch.setattr(migrations.migrate, "__defaults__", (older,))
    open_and_close(new_database)
    monkeypatch.undo()
    before = tables_of(new_database, postgres)

    with pytest.raises(ConfigError, match="older version of the connector"):
        open_and_close(new_database, create=False)

    assert tables_of(new_database, postgres) == before
    open_and_close(new_database)
    assert "watched_tickets" in tables_of(new_database, postgres)
    open_and_close(new_database, create=False)


def test_a_ledger_of_a_newer_version_is_refused(new_database: str, postgres: Server) -> None:
    open_and_close(new_database)
    postgres.run(
        "INSERT INTO ledger_migrations VALUES ('9999_future')", new_database.rpartition("/")[2]
    )
    for create in (True, False):
        with pytest.raises(ConfigError, match=r"newer version \(it has 9999_future\)"):
            open_and_close(new_database, create=create)


def test_a_database_of_another_program_is_refused(new_database: str, postgres: Server) -> None:
    postgres.run("CREATE TABLE customers (id INTEGER)", new_database.rpartition("/")[2])
    with pytest.raises(ConfigError, match="tables of another program"):
        open_and_close(new_database)
    assert tables_of(new_database, postgres) == {"customers"}


def test_a_wrong_password_is_a_wrong_setting_and_is_not_told(postgres: Server) -> None:
    wrong = "Tr0ub4dor"
    with pytest.raises(ConfigError, match="password authentication failed") as caught:
        open_and_close(postgres.url("postgres", password=wrong))
    assert wrong not in str(caught.value)


def test_a_database_that_does_not_exist_is_a_wrong_setting(postgres: Server) -> None:
    with pytest.raises(ConfigError, match='database "nowhere" does not exist'):
        open_and_close(postgres.url("nowhere"))


def test_a_server_that_does_not_answer_is_a_passing_fault(postgres: Server) -> None:
    url = postgres.url("ledger").replace(f":{postgres.port}/", ":1/")
    with pytest.raises(Unreachable, match="cannot be reached") as caught:
        open_and_close(url)
    assert "\n" not in str(caught.value)
    assert postgres.password not in str(caught.value)


def test_an_address_that_cannot_be_read_is_not_repeated(postgres: Server) -> None:
    with pytest.raises(ConfigError, match="%25, %40, %2F") as caught:
        open_and_close("postgresql://u:s3cr%zzet@127.0.0.1/ledger")
    assert "s3cr" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_database_that_cannot_hold_every_name_is_refused(postgres: Server) -> None:
    url = postgres.create_new("LATIN1")
    with pytest.raises(ConfigError, match=r"encoding LATIN1.*ENCODING 'UTF8'"):
        open_and_close(url)


def test_a_user_who_may_not_create_tables_is_refused(new_database: str, postgres: Server) -> None:
    name = new_database.rpartition("/")[2]
    postgres.run(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {USER}", name)
    postgres.run("DROP ROLE IF EXISTS guest")
    postgres.run("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    url = new_database.replace(f"{USER}:{postgres.password}", "guest:guest")
    with pytest.raises(ConfigError, match="does not let its user create"):
        open_and_close(url)


def test_a_secret_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(ConfigError, match="refers to a secret that is not there"):
        open_database("postgresql://u:${PW}@127.0.0.1/ledger", create=True)


def test_without_the_extra_the_command_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "connector.ledger.postgres")
    monkeypatch.delattr("connector.ledger.postgres")
    with pytest.raises(ConfigError, match=r"pip install 'bms-connector\[postgres\]'"):
        open_database("postgresql://127.0.0.1/ledger", create=True)


def test_an_unknown_kind_of_database_is_refused_and_both_kinds_are_named() -> None:
    with pytest.raises(ConfigError, match=rf"{store.sqlite.SCHEME}.*{store.POSTGRES}"):
        open_database("mysql://127.0.0.1/ledger", create=True)
