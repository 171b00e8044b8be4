"""What waits until it is on the disk: whatever the next step rests on (docs/guarantee.md)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from support.ledger_samples import LEASE, NOON, arrival, at, claimed, leased, stamp

from connector.domain.request import Identity, Outcome
from connector.ledger.budget import SqlCallBudget
from connector.ledger.cache import SqlCache
from connector.ledger.database import Transaction
from connector.ledger.store import SqlLedger
from connector.ports import Claim, Identified, Item
from connector.ports.post import Letter, PostKind

KEY = "k1"
OPERATION = "ticket"
LETTER = 1

Write = Callable[[SqlLedger], object]


def budget(ledger: SqlLedger) -> SqlCallBudget:
    return SqlCallBudget(ledger.database, calls_per_hour=10)


def identify_all(ledger: SqlLedger) -> object:
    claim = Claim(KEY, Identified(Identity("x"), "", ""))
    return ledger.identify_all([claim], stamp=stamp())


MUST_LAST: dict[str, Write] = {
    "raw bytes": lambda ledger: ledger.record_all([Item("k2", arrival(), b"")], stamp=stamp()),
    "what a sender of a webhook hears is taken": lambda ledger: ledger.admit(
        "k2", arrival(), b"", Identified(Identity("x"), "", ""), urgent=False, stamp=stamp()
    ),
    "that a letter is about to be sent": lambda ledger: ledger.begin_post(LETTER, stamp=stamp()),
    "an intent": lambda ledger: ledger.intend(KEY, OPERATION, stamp=stamp()),
    "what BMS answered": lambda ledger: ledger.confirm(
        KEY, OPERATION, result_id=1, ticket=None, stamp=stamp()
    ),
    "an outcome": lambda ledger: ledger.settle(
        KEY, Outcome.PARKED, reason="", remedy="", stamp=stamp()
    ),
    "what a person decided": lambda ledger: ledger.set_aside(KEY, reason="", stamp=stamp()),
}
MAY_BE_LOST: dict[str, Write] = {
    "a counted call": lambda ledger: budget(ledger).take("GET /x", now=NOON, emergency=False),
    "a cached answer": lambda ledger: SqlCache(ledger.database).save(
        "kind", "name", 1, NOON + timedelta(hours=1)
    ),
    "a lease": claimed,
    "what is decided before the intent": lambda ledger: ledger.keep_result(
        KEY, result={}, decisions=[], stamp=stamp()
    ),
    "whose identity it is": identify_all,
}


def with_letter(ledger: SqlLedger) -> None:
    letter = Letter("alert", PostKind.ALERT, KEY, "desk", "", {}, "<a@desk.example>", at(60))
    ledger.post(letter, (), stamp=stamp())
    posted = ledger.claim_post(stamp=stamp(), kinds=[PostKind.ALERT], besides=(), lease=LEASE)
    assert posted is not None
    assert posted.id == LETTER


@pytest.fixture
def flushes(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each transaction that writes waits for the disk, as the database says."""
    seen: list[bool] = []
    original = ledger.database.transaction

    @contextmanager
    def observed(**options: bool) -> Iterator[Transaction]:
        with original(**options) as tx:
            seen.append(waits_for_disk(tx, shared=ledger.database.is_shared))
            yield tx

    leased(ledger, KEY)
    ledger.intend(KEY, OPERATION, stamp=stamp())
    with_letter(ledger)
    monkeypatch.setattr(ledger.database, "transaction", observed)
    return seen


def waits_for_disk(tx: Transaction, *, shared: bool) -> bool:
    row = tx.one("SHOW synchronous_commit" if shared else "PRAGMA synchronous")
    assert row is not None
    return row.get("synchronous_commit") == "on" or row.get("synchronous") == 2


@pytest.mark.parametrize("write", MUST_LAST.values(), ids=MUST_LAST.keys())
def test_what_the_next_step_rests_on_is_on_the_disk_before_it_begins(
    ledger: SqlLedger, flushes: list[bool], write: Write
) -> None:
    write(ledger)
    assert flushes == [True]


@pytest.mark.parametrize("write", MAY_BE_LOST.values(), ids=MAY_BE_LOST.keys())
def test_what_is_counted_or_decided_again_does_not_wait_for_the_disk(
    ledger: SqlLedger, flushes: list[bool], write: Write
) -> None:
    write(ledger)
    assert flushes == [False]


def test_the_transaction_after_one_that_did_not_wait_waits_again(
    ledger: SqlLedger, flushes: list[bool]
) -> None:
    MAY_BE_LOST["a counted call"](ledger)
    MUST_LAST["an intent"](ledger)
    assert flushes == [False, True]
