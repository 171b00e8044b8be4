"""Which items their sources have yet to file away."""

import pytest
from support.ledger_samples import identified, stamp, take

from connector.domain.request import Outcome
from connector.ledger.store import SqlLedger
from connector.ports import Mark


def settle(ledger: SqlLedger, key: str, outcome: Outcome, minutes: float = 0) -> None:
    take(ledger, key)
    ledger.settle(key, outcome, reason="", remedy="", stamp=stamp(minutes))


def test_a_pending_item_is_not_to_be_filed_away(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    assert ledger.unmarked(None) == []


def test_a_settled_item_is_to_be_filed_away_once(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    settle(ledger, "k1", Outcome.CREATED)
    assert ledger.unmarked(None) == [Mark("k1", "drop", "k1.eml", Outcome.CREATED)]
    ledger.marked("k1", Outcome.CREATED)
    assert ledger.unmarked(None) == []


def test_items_settled_first_are_filed_first_and_by_source(ledger: SqlLedger) -> None:
    identified(ledger, "k1", source="web")
    identified(ledger, "k2")
    identified(ledger, "k3")
    for minutes, key in enumerate(("k3", "k1", "k2")):
        settle(ledger, key, Outcome.CREATED, minutes)
    assert [mark.key for mark in ledger.unmarked(None)] == ["k3", "k1", "k2"]
    assert [mark.key for mark in ledger.unmarked(["drop"])] == ["k3", "k2"]
    assert ledger.unmarked([]) == []


@pytest.mark.parametrize(
    ("first", "then", "again"),
    [
        (Outcome.PARKED, Outcome.CREATED, True),
        (Outcome.PARKED, Outcome.IGNORED, True),
        (Outcome.PARKED, Outcome.PARKED, False),
        (Outcome.IGNORED, Outcome.CREATED, False),
        (Outcome.IGNORED, Outcome.PARKED, True),
    ],
)
def test_a_released_item_is_filed_anew_only_if_its_place_changes(
    ledger: SqlLedger, first: Outcome, then: Outcome, *, again: bool
) -> None:
    identified(ledger, "k1")
    settle(ledger, "k1", first)
    ledger.marked("k1", first)
    ledger.reopen("k1", states=[first], step="release", stamp=stamp(1))
    assert ledger.unmarked(None) == []
    settle(ledger, "k1", then, 2)
    assert bool(ledger.unmarked(None)) is again


def test_an_item_released_before_it_was_filed_waits_at_its_source(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    settle(ledger, "k1", Outcome.PARKED)
    ledger.reopen("k1", states=[Outcome.PARKED], step="release", stamp=stamp(1))
    assert ledger.unmarked(None) == []
    assert ledger.waiting_item("drop", "k1.eml") is not None


def test_an_outcome_that_changes_while_the_item_is_being_filed_is_not_lost(
    ledger: SqlLedger,
) -> None:
    identified(ledger, "k1")
    settle(ledger, "k1", Outcome.PARKED)
    settle(ledger, "k1", Outcome.IGNORED)
    ledger.marked("k1", Outcome.PARKED)
    assert [mark.outcome for mark in ledger.unmarked(None)] == [Outcome.IGNORED]


def test_marking_an_unknown_item_is_an_error(ledger: SqlLedger) -> None:
    with pytest.raises(KeyError):
        ledger.marked("nobody", Outcome.CREATED)
