"""Transactions, and lists as parameters."""

import threading

import pytest
from support.ledger_samples import NOON

from connector.errors import FatalError, Unreachable
from connector.ledger.cache import SqlCache
from connector.ledger.database import expand_lists
from connector.ledger.store import SqlLedger


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


def test_a_full_disk_is_a_passing_fault(ledger: SqlLedger) -> None:
    with ledger.database.snapshot() as tx:
        tx.execute("PRAGMA max_page_count = 1")
    with pytest.raises(Unreachable, match=r"disk is full\. Make room"):
        SqlCache(ledger.database).save("queue", "Help Desk", "x" * 1_000_000, NOON)
    with ledger.database.snapshot() as tx:
        assert tx.all("SELECT * FROM cache") == []


def test_a_ledger_that_becomes_read_only_stops_the_run(ledger: SqlLedger) -> None:
    with ledger.database.snapshot() as tx:
        tx.execute("PRAGMA query_only = ON")
    with pytest.raises(FatalError, match=r"is read-only\. .*right to write"):
        SqlCache(ledger.database).drop("queue")


def test_threads_take_turns(ledger: SqlLedger) -> None:
    with ledger.database.transaction() as tx:
        tx.execute("INSERT INTO calls VALUES ('e', 'm', 0)")

    def count() -> None:
        for _ in range(50):
            with ledger.database.transaction() as tx:
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
