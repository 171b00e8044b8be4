"""Transactions, and lists as parameters."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from support.ledger_samples import NOON

from connector.errors import FatalError, Unreachable
from connector.ledger.cache import SqlCache
from connector.ledger.database import expand_lists
from connector.ledger.store import SqlLedger, open_ledger


@pytest.mark.parametrize(
    ("sql", "params", "expected"),
    [
        ("a = :a", {"a": 1}, ("a = :a", {"a": 1})),
        (
            "x IN :xs AND y = :y",
            {"xs": ["p", "q"], "y": 2},
            ("x IN (:xs_0, :xs_1) AND y = :y", {"xs_0": "p", "xs_1": "q", "y": 2}),
        ),
        ("x IN :xs", {"xs": []}, ("x IN (NULL)", {})),
        (
            "x IN :x AND z IN :xs",
            {"x": [1], "xs": [2]},
            ("x IN (:x_0) AND z IN (:xs_0)", {"x_0": 1, "xs_0": 2}),
        ),
    ],
)
def test_a_list_stands_for_a_set(sql: str, params: dict, expected: tuple[str, dict]) -> None:
    assert expand_lists(sql, params) == expected


def test_a_transaction_that_fails_leaves_nothing_behind(ledger: SqlLedger) -> None:
    def fail() -> None:
        with ledger.database.transaction() as tx:
            tx.execute("INSERT INTO runs (run, started_at) VALUES ('r', 't')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with ledger.database.transaction() as tx:
        assert tx.one("SELECT * FROM runs") is None


def test_an_interrupt_leaves_no_transaction_open(ledger: SqlLedger) -> None:
    with pytest.raises(KeyboardInterrupt), ledger.database.transaction():
        raise KeyboardInterrupt
    with ledger.database.transaction() as tx:
        assert tx.all("SELECT * FROM runs") == []


def test_a_ledger_in_sqlite_needs_nothing_of_postgresql() -> None:
    script = (
        "import sys; from connector.ledger.store import open_database; "
        "open_database('sqlite:///:memory:', create=True); sys.exit('psycopg' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.fixture
def sqlite() -> Iterator[SqlLedger]:
    with open_ledger("sqlite:///:memory:", create=False) as opened:
        yield opened


def test_a_full_disk_is_a_passing_fault(sqlite: SqlLedger) -> None:
    with sqlite.database.snapshot() as tx:
        tx.execute("PRAGMA max_page_count = 1")
    with pytest.raises(Unreachable, match=r"disk is full\. Make room"):
        SqlCache(sqlite.database).save("queue", "Help Desk", "x" * 1_000_000, NOON)
    with sqlite.database.snapshot() as tx:
        assert tx.all("SELECT * FROM cache") == []


def test_a_ledger_that_becomes_read_only_stops_the_run(sqlite: SqlLedger) -> None:
    with sqlite.database.snapshot() as tx:
        tx.execute("PRAGMA query_only = ON")
    with pytest.raises(FatalError, match=r"is read-only\. .*right to write"):
        SqlCache(sqlite.database).drop("queue")


def test_transactions_that_hold_the_same_name_take_turns(ledger: SqlLedger) -> None:
    with ledger.database.transaction() as tx:
        tx.execute("INSERT INTO calls VALUES ('e', 'm', 0)")

    def count() -> None:
        for _ in range(50):
            with ledger.database.transaction() as tx:
                tx.hold("calls")
                row = tx.one("SELECT count FROM calls")
                assert row is not None
                tx.execute("UPDATE calls SET count = :n", {"n": row["count"] + 1})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.database.snapshot() as tx:
        assert tx.all("SELECT count FROM calls") == [{"count": 200}]
