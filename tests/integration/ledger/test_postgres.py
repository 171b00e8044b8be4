"""PostgreSQL: one ledger for several hosts, and a server that may go away at any moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest
from support.ledger_samples import NOON, identified, stamp
from support.ledger_workers import Start, go, line_of
from support.postgres import Server

from connector.domain.request import Outcome
from connector.errors import LeaseLost, LedgerClosed, Unreachable
from connector.ledger.store import SqlLedger, open_ledger

pytestmark = pytest.mark.service

WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
"""Finds connections that wait for another's transaction."""

SESSIONS = "SELECT pid FROM pg_stat_activity WHERE datname = 'ledger' ORDER BY pid"

A_LEASE = timedelta(minutes=5)
NO_TIME = timedelta(0)
"""A lease that has run out by the time somebody looks."""


@pytest.fixture
def ledger(postgres_url: str) -> Iterator[SqlLedger]:
    with open_ledger(postgres_url, create=True) as opened:
        yield opened


@pytest.fixture
def other(postgres_url: str) -> Iterator[SqlLedger]:
    """The same ledger on another host."""
    with open_ledger(postgres_url, create=True) as opened:
        yield opened


def claim(
    ledger: SqlLedger, holder: str, *, lease: timedelta = A_LEASE, now: datetime = NOON
) -> str | None:
    record = ledger.claim(now=now, holder=holder, lease=lease, sources=None, besides=[])
    return None if record is None else record.key


def cut_connections(postgres: Server) -> None:
    """End every connection but our own, as a restart or an administrator does."""
    postgres.run(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


# --- several hosts ---------------------------------------------------------------------------


def test_a_request_that_another_is_just_taking_is_passed_over_without_waiting(
    ledger: SqlLedger, other: SqlLedger
) -> None:
    identified(ledger, "k1")
    identified(ledger, "k2")
    with other.database.transaction() as tx:
        tx.execute("UPDATE requests SET reason = 'mine' WHERE key = 'k1'")
        assert claim(ledger, "run-1") == "k2"
        assert claim(ledger, "run-1") is None
    assert claim(ledger, "run-1") == "k1"


def test_a_lease_runs_out_by_the_servers_clock_and_not_by_that_of_a_host(
    ledger: SqlLedger, other: SqlLedger
) -> None:
    identified(ledger, "k1")
    assert claim(ledger, "run-1") == "k1"
    assert claim(other, "run-2", now=NOON + timedelta(days=9999)) is None


def test_the_work_of_a_host_whose_lease_ran_out_is_taken_over(
    ledger: SqlLedger, other: SqlLedger
) -> None:
    identified(ledger, "k1")
    assert claim(ledger, "run-1", lease=NO_TIME) == "k1"
    assert claim(other, "run-2") == "k1"
    with pytest.raises(LeaseLost):
        ledger.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp(run="run-1"))
    other.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp(run="run-2"))


def test_a_run_does_not_free_what_others_have_leased(ledger: SqlLedger, other: SqlLedger) -> None:
    identified(ledger, "k1")
    assert claim(ledger, "run-1") == "k1"
    other.take_over_leases()
    assert claim(other, "run-2") is None


def test_what_another_host_works_on_cannot_be_set_aside(
    ledger: SqlLedger, other: SqlLedger
) -> None:
    identified(ledger, "k1")
    assert claim(ledger, "run-1") == "k1"
    assert not other.set_aside("k1", reason="", stamp=stamp())


def test_what_another_host_is_just_taking_is_not_set_aside_either(
    ledger: SqlLedger, other: SqlLedger, postgres: Server
) -> None:
    identified(ledger, "k1")
    with ThreadPoolExecutor() as pool:
        with other.database.transaction() as tx:
            tx.execute(
                "UPDATE requests SET lease_holder = 'run-2', lease_until = '9999' WHERE key = 'k1'"
            )
            ignored = pool.submit(ledger.set_aside, "k1", reason="", stamp=stamp())
            while not postgres.run(WAITING):
                pass
        assert ignored.result(timeout=30) is False
    assert ledger.get("k1").state is Outcome.PENDING


def test_only_one_process_at_a_time_is_the_only_one(ledger: SqlLedger, other: SqlLedger) -> None:
    with (
        ledger.exclusive("source drop") as first,
        other.exclusive("source drop") as second,
        other.exclusive("source web") as elsewhere,
    ):
        assert (first, second, elsewhere) == (True, False, True)
    with other.exclusive("source drop") as later:
        assert later


def test_being_the_only_one_again_and_again_needs_no_further_connection(
    ledger: SqlLedger, postgres: Server
) -> None:
    sessions = []
    for _ in range(3):
        with ledger.exclusive("source drop") as ours, ledger.exclusive("sla") as also:
            assert (ours, also) == (True, True)
        sessions.append(postgres.run(SESSIONS))
    assert sessions[0] == sessions[1] == sessions[2]
    assert len(sessions[0]) == 2


def test_a_connection_that_was_cut_while_it_was_idle_keeps_nobody_from_being_the_only_one(
    ledger: SqlLedger, other: SqlLedger, postgres: Server
) -> None:
    cut_connections(postgres)
    with ledger.exclusive("source drop") as ours, other.exclusive("source drop") as also:
        assert (ours, also) == (True, False)


def test_a_server_that_goes_away_while_we_are_the_only_one_fails_nothing_more(
    ledger: SqlLedger, postgres: Server
) -> None:
    with ledger.exclusive("source drop") as ours:
        assert ours
        cut_connections(postgres)
    with ledger.exclusive("source drop") as ours:
        assert ours


def test_a_ledger_that_was_closed_is_closed_for_whoever_comes_late(
    postgres_url: str,
) -> None:
    with open_ledger(postgres_url, create=True) as ledger, ledger.database.transaction():
        ledger.database.close()
    with pytest.raises(LedgerClosed):
        ledger.get("k1")


@pytest.mark.parametrize("ledger_url", ["postgresql"], indirect=True)
def test_being_the_only_one_ends_with_the_process(ledger_url: str, start: Start) -> None:
    worker = start("be_alone", "w")
    go(worker)
    assert line_of(worker) == "True"
    with open_ledger(ledger_url, create=True) as ledger:
        with ledger.exclusive("source drop") as ours:
            assert not ours
        worker.kill()
        worker.wait()
        _wait_for_the_lock(ledger_url)
        with ledger.exclusive("source drop") as ours:
            assert ours


def _wait_for_the_lock(url: str) -> None:
    """Wait until the server has noticed that the holder of the one advisory lock is gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '30s'")
        connection.execute(
            """
            SELECT pg_advisory_lock((classid::bigint << 32) | objid::bigint)
            FROM pg_locks WHERE locktype = 'advisory'
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        )


def test_a_host_that_is_unplugged_is_noticed_and_lets_go(ledger: SqlLedger) -> None:
    with ledger.database.snapshot() as tx:
        rows = tx.all(
            """
            SELECT name, setting FROM pg_settings
            WHERE name IN ('tcp_keepalives_idle', 'idle_in_transaction_session_timeout')
            ORDER BY name
            """
        )
    assert [row["setting"] for row in rows] == ["30000", "30"]


# --- connections that are lost ---------------------------------------------------------------


def test_a_connection_lost_in_the_middle_is_a_passing_fault_and_the_next_transaction_works(
    ledger: SqlLedger, postgres: Server
) -> None:
    identified(ledger, "k1")

    def change() -> None:
        with ledger.database.transaction() as tx:
            tx.execute("UPDATE requests SET reason = 'changed'")
            cut_connections(postgres)
            tx.execute("UPDATE requests SET reason = 'changed again'")

    with pytest.raises(Unreachable, match=r"was cut off.*may or may not") as caught:
        change()
    assert postgres.password not in str(caught.value)
    assert ledger.get("k1").reason == ""


def test_a_commit_that_is_never_answered_is_a_passing_fault(
    ledger: SqlLedger, postgres: Server
) -> None:
    identified(ledger, "k1")

    def change() -> None:
        with ledger.database.transaction() as tx:
            tx.execute("UPDATE requests SET reason = 'changed'")
            cut_connections(postgres)

    with pytest.raises(Unreachable, match="may or may not"):
        change()
    assert ledger.get("k1").key == "k1"


def test_a_connection_cut_while_nobody_used_it_is_replaced_unnoticed(
    ledger: SqlLedger, postgres: Server
) -> None:
    identified(ledger, "k1")
    cut_connections(postgres)
    assert ledger.get("k1").key == "k1"


def test_work_goes_on_once_the_server_is_back(ledger: SqlLedger, postgres: Server) -> None:
    identified(ledger, "k1")
    postgres.stop()
    try:
        with pytest.raises(Unreachable, match=r"ledger on 127\.0\.0\.1 cannot be reached"):
            ledger.get("k1")
    finally:
        postgres.start()
    assert ledger.get("k1").key == "k1"


def test_a_transaction_that_failed_is_undone_and_its_connection_is_used_again(
    ledger: SqlLedger, postgres: Server
) -> None:
    def fail() -> None:
        with ledger.database.transaction() as tx:
            tx.execute("INSERT INTO runs (run, started_at) VALUES ('r', 't')")
            tx.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(psycopg.errors.UndefinedTable):
        fail()
    with ledger.database.snapshot() as tx:
        assert tx.all("SELECT * FROM runs") == []
    ((count,),) = postgres.run(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bms-connector'"
    )
    assert count == 1


def test_a_host_goes_on_when_another_one_brings_the_tables_up_to_date(
    new_database: str, postgres: Server
) -> None:
    with open_ledger(new_database, create=True) as ledger:
        identified(ledger, "k1")
        for _ in range(10):
            ledger.get("k1")
        postgres.run("ALTER TABLE requests ADD COLUMN later TEXT", new_database.rpartition("/")[2])
        assert ledger.get("k1").key == "k1"


def test_whoever_waits_too_long_for_another_gives_up(ledger: SqlLedger, other: SqlLedger) -> None:
    identified(ledger, "k1")

    def change() -> None:
        with ledger.database.transaction() as ours:
            ours.execute("SET LOCAL lock_timeout = '1ms'")
            ours.execute("UPDATE requests SET reason = 'mine'")

    with other.database.transaction() as theirs:
        theirs.execute("UPDATE requests SET reason = 'mine'")
        with pytest.raises(Unreachable, match="kept locked by another"):
            change()


# --- values ----------------------------------------------------------------------------------


def test_text_of_every_kind_comes_back(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    text = "100% of :names, %(key)s, 'quoted' \"twice\", \\ back, é 漢 🖨"
    ledger.note("k1", step="s", rule="r", text=text, stamp=stamp())
    assert ledger.journal("k1")[-1].text == text


def test_text_is_compared_by_code_points_whatever_the_servers_language(ledger: SqlLedger) -> None:
    with ledger.database.snapshot() as tx:
        rows = tx.all(
            """
            SELECT table_name, column_name, collation_name FROM information_schema.columns
            WHERE table_schema = 'public' AND data_type = 'text'
            """
        )
    assert len(rows) > 50
    assert [row for row in rows if row["collation_name"] != "C"] == []


def test_commits_are_on_the_disk_even_where_the_server_is_told_otherwise(
    new_database: str, postgres: Server
) -> None:
    name = new_database.rpartition("/")[2]
    postgres.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with open_ledger(new_database, create=True) as ledger, ledger.database.snapshot() as tx:
        assert tx.one("SHOW synchronous_commit") == {"synchronous_commit": "on"}


def test_two_ledgers_in_schemas_of_one_database_do_not_get_in_each_others_way(
    new_database: str, postgres: Server
) -> None:
    postgres.run("CREATE SCHEMA second", new_database.rpartition("/")[2])
    with (
        open_ledger(new_database, create=True) as ledger,
        open_ledger(f"{new_database}?options=-csearch_path%3Dsecond", create=True) as second,
    ):
        identified(ledger, "k1")
        assert second.get("k1") is None
        with ledger.exclusive("source drop") as first, second.exclusive("source drop") as also:
            assert (first, also) == (True, True)


def test_several_runs_may_share_it(ledger: SqlLedger) -> None:
    assert ledger.database.lock_path is None
