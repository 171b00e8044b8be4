"""Creating calls of the step `accounts`, kept as those of requests are."""

import pytest
from support.access_samples import TICKET, opened
from support.ledger_samples import at, stamp

from connector.ledger.store import SqlLedger

CONTACT = "contact ana.lopez@harbordental.example"


def test_an_intent_is_unclear_until_it_is_confirmed(ledger: SqlLedger) -> None:
    opened(ledger)
    book = ledger.access_intents
    book.intend("access 1", CONTACT, stamp=stamp(1))
    again = book.intend("access 1", CONTACT, stamp=stamp(2), remark="once more")
    assert (again.first_attempt_at, again.last_attempt_at) == (at(1), at(2))
    assert (again.is_unclear, again.remark) == (True, "once more")
    book.confirm("access 1", CONTACT, result_id=30010, ticket=None, stamp=stamp(3))
    assert book.intents("access 1")[CONTACT].result_id == 30010
    assert book.intend("access 1", CONTACT, stamp=stamp(9)).last_attempt_at == at(2)


def test_what_was_refused_may_be_tried_again_and_is_unclear_then(ledger: SqlLedger) -> None:
    opened(ledger)
    book = ledger.access_intents
    book.intend("access 1", "note", stamp=stamp(1))
    book.refuse("access 1", "note", reason="no rights", stamp=stamp(2))
    assert book.intents("access 1")["note"].refused == "no rights"
    assert book.intend("access 1", "note", stamp=stamp(3)).is_unclear


def test_what_was_never_carried_out_is_as_if_anew(ledger: SqlLedger) -> None:
    opened(ledger)
    book = ledger.access_intents
    book.intend("access 1", "note", stamp=stamp(1))
    book.withdraw("access 1", "note", reason="not sent", stamp=stamp(2))
    assert book.intents("access 1") == {}


def test_a_second_thing_made_is_told_and_the_first_one_kept(ledger: SqlLedger) -> None:
    opened(ledger)
    book = ledger.access_intents
    book.intend("access 1", "note", stamp=stamp(1))
    for number in (501, 502):
        book.confirm("access 1", "note", result_id=number, ticket=TICKET, stamp=stamp(2))
    assert book.intents("access 1")["note"].result_id == 501
    told = [entry.text for entry in ledger.access_trail(1)][-2:]
    assert told == [
        f"created: note, id 501, on ticket {TICKET.number}",
        "created once more: note, id 502; one too many",
    ]


def test_every_access_request_has_its_own(ledger: SqlLedger) -> None:
    opened(ledger, "k1")
    opened(ledger, "k2")
    ledger.access_intents.intend("access 1", "note", stamp=stamp())
    assert ledger.access_intents.intents("access 2") == {}


def test_what_others_have_begun_is_told_oldest_first(ledger: SqlLedger) -> None:
    for key in ("k1", "k2", "k3"):
        opened(ledger, key)
    book = ledger.access_intents
    book.intend("access 2", CONTACT, stamp=stamp(1))
    book.intend("access 1", CONTACT, stamp=stamp(2))
    book.intend("access 3", "note", stamp=stamp(3))
    assert list(book.everybodys(CONTACT)) == ["access 2", "access 1"]


@pytest.mark.parametrize("key", ["access 9", "k1", "access", "access 1x", "access -1", ""])
def test_a_key_that_is_no_access_requests_is_refused(ledger: SqlLedger, key: str) -> None:
    opened(ledger)
    book = ledger.access_intents
    with pytest.raises(KeyError):
        book.intend(key, "note", stamp=stamp())
    with pytest.raises(KeyError):
        book.confirm(key, "note", result_id=1, ticket=None, stamp=stamp())
    with pytest.raises(KeyError):
        book.refuse(key, "note", reason="", stamp=stamp())
    with pytest.raises(KeyError):
        book.withdraw(key, "note", reason="", stamp=stamp())
