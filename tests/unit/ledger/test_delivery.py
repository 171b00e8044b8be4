"""The intent of a creating call, and what became of it."""

import pytest
from support.ledger_samples import at, leased, stamp

from connector.domain.request import Outcome
from connector.domain.tenant import TicketRef
from connector.ledger.store import SqlLedger
from connector.ports import Intent

TICKET = TicketRef(id=3_000_000_000, number="T-2026/7")


def test_an_intent_is_unclear_until_something_is_known_of_it(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    intent = ledger.intend("k1", "ticket", stamp=stamp(1))
    assert intent == Intent("ticket", first_attempt_at=at(1), last_attempt_at=at(1))
    assert intent.is_unclear
    assert ledger.intents("k1") == {"ticket": intent}


def test_a_repeated_intent_moves_only_the_last_attempt(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.intend("k1", "ticket", stamp=stamp(1))
    intent = ledger.intend("k1", "ticket", stamp=stamp(8))
    assert (intent.first_attempt_at, intent.last_attempt_at) == (at(1), at(8))


def test_operations_of_one_request_have_intents_of_their_own(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    names = ["ticket", "attachment caf\udce9.png", "attachment café.png"]
    for name in names:
        ledger.intend("k1", name, stamp=stamp())
    ledger.confirm("k1", names[1], result_id=5, ticket=None, stamp=stamp())
    intents = ledger.intents("k1")
    assert set(intents) == set(names)
    assert [intents[name].result_id for name in names] == [None, 5, None]


def test_a_confirmed_call_is_known_by_its_id(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.intend("k1", "internal note", stamp=stamp())
    ledger.confirm("k1", "internal note", result_id=77, ticket=None, stamp=stamp())
    intent = ledger.intents("k1")["internal note"]
    assert (intent.result_id, intent.is_unclear) == (77, False)
    record = ledger.get("k1")
    assert record is not None
    assert (record.ticket_id, record.ticket_number) == (None, None)


def test_confirming_the_ticket_gives_the_request_its_ticket(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.intend("k1", "ticket", stamp=stamp())
    ledger.confirm("k1", "ticket", result_id=TICKET.id, ticket=TICKET, stamp=stamp())
    record = ledger.get("k1")
    assert record is not None
    assert (record.ticket_id, record.ticket_number) == (TICKET.id, TICKET.number)
    assert TICKET.number in ledger.journal("k1")[-1].text


def test_a_call_that_took_effect_cannot_become_unclear_again(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.intend("k1", "ticket", stamp=stamp(1))
    ledger.confirm("k1", "ticket", result_id=TICKET.id, ticket=TICKET, stamp=stamp(1))
    lines = len(ledger.journal("k1"))
    intent = ledger.intend("k1", "ticket", stamp=stamp(9))
    assert (intent.result_id, intent.last_attempt_at) == (TICKET.id, at(1))
    assert len(ledger.journal("k1")) == lines


def test_a_refusal_is_a_certain_outcome(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.intend("k1", "ticket", stamp=stamp())
    ledger.refuse("k1", "ticket", reason="Queue is inactive", stamp=stamp())
    intent = ledger.intents("k1")["ticket"]
    assert (intent.refused, intent.is_unclear) == ("Queue is inactive", False)
    assert "Queue is inactive" in ledger.journal("k1")[-1].text


def test_an_intent_after_a_refusal_is_unclear_anew(ledger: SqlLedger) -> None:
    # A crash during the second call must lead to a search, though the first was refused.
    leased(ledger, "k1")
    ledger.intend("k1", "ticket", stamp=stamp(1))
    ledger.refuse("k1", "ticket", reason="Queue is inactive", stamp=stamp(1))
    assert ledger.intend("k1", "ticket", stamp=stamp(2)).is_unclear


@pytest.mark.parametrize("operation", ["ticket", "internal note"])
def test_no_outcome_without_an_intent(ledger: SqlLedger, operation: str) -> None:
    leased(ledger, "k1")
    with pytest.raises(KeyError):
        ledger.confirm("k1", operation, result_id=1, ticket=None, stamp=stamp())
    with pytest.raises(KeyError):
        ledger.refuse("k1", operation, reason="no", stamp=stamp())


def test_intents_survive_a_release(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.intend("k1", "ticket", stamp=stamp())
    ledger.confirm("k1", "ticket", result_id=TICKET.id, ticket=TICKET, stamp=stamp())
    ledger.settle("k1", Outcome.PARKED, reason="attachment refused", remedy="", stamp=stamp())
    before = ledger.intents("k1")
    ledger.reopen("k1", states=[Outcome.PARKED], step="release", stamp=stamp(5))
    assert ledger.intents("k1") == before
    record = ledger.get("k1")
    assert record is not None
    assert record.ticket_id == TICKET.id


def test_an_intent_keeps_the_remark_of_its_last_call(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.intend("k1", "ticket", stamp=stamp(1))
    ledger.refuse("k1", "ticket", reason="no", stamp=stamp(2))
    ledger.intend("k1", "ticket", stamp=stamp(3), remark="sent again with less")
    assert ledger.intents("k1")["ticket"].remark == "sent again with less"
    ledger.confirm("k1", "ticket", result_id=7, ticket=None, stamp=stamp(4))
    assert ledger.intents("k1")["ticket"].remark == "sent again with less"
