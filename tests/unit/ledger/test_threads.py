"""Conversations in the ledger: messages, people and troubles, and their tickets."""

from datetime import timedelta

import pytest
from support.ledger_samples import NOON, at, identified, stamp, take

from connector.domain.mail import Verdict
from connector.domain.request import Outcome
from connector.domain.tenant import TicketRef
from connector.ledger.store import SqlLedger
from connector.ports.threads import MessageKind, Part, Participant, Trouble

TROUBLE = Trouble("monitoring", "monitor@x.example", "disk c")
HOUR = timedelta(hours=1)


def on_ticket(ledger: SqlLedger, key: str, ticket_id: int, *, minutes: float = 0) -> str:
    """Record a request that ended on a ticket."""
    identified(ledger, key, received_at=at(minutes))
    take(ledger, key)
    ledger.intend(key, "ticket", stamp=stamp())
    ticket = TicketRef(ticket_id, f"{ticket_id}-1")
    ledger.confirm(key, "ticket", result_id=ticket_id, ticket=ticket, stamp=stamp())
    return key


def test_a_message_leads_to_its_ticket_however_often_it_is_told(ledger: SqlLedger) -> None:
    key = on_ticket(ledger, "k1", 70)
    for spelled in ("first@x.example", "<first@x.example>"):
        ledger.know_message(spelled, 70, key, MessageKind.RECEIVED)
    [known] = ledger.tickets_of_messages(["other@x.example", "first@x.example"])
    assert known.ticket == TicketRef(70, "70-1")
    assert (known.request_key, known.kind) == (key, MessageKind.RECEIVED)


def test_messages_come_in_the_order_asked_for(ledger: SqlLedger) -> None:
    ids = [f"{number}@x.example" for number in range(1200)]
    for ticket_id, key in ((71, "k1"), (72, "k2")):
        on_ticket(ledger, key, ticket_id)
    ledger.know_message(ids[0], 71, "k1", MessageKind.RECEIVED)
    ledger.know_message(ids[1100], 72, "k2", MessageKind.SENT)
    assert [each.ticket.id for each in ledger.tickets_of_messages(ids)] == [71, 72]
    assert [each.ticket.id for each in ledger.tickets_of_messages(ids[::-1])] == [72, 71]
    assert ledger.tickets_of_messages([]) == []


def test_a_message_id_that_a_device_repeats_leads_to_each_ticket(ledger: SqlLedger) -> None:
    for ticket_id, key in ((72, "k2"), (71, "k1")):
        on_ticket(ledger, key, ticket_id)
        ledger.know_message("scanner@x.example", ticket_id, key, MessageKind.RECEIVED)
    assert [each.ticket.id for each in ledger.tickets_of_messages(["scanner@x.example"])] == [
        71,
        72,
    ]


def test_people_are_kept_once_by_their_part(ledger: SqlLedger) -> None:
    people = [Participant("a@x.example", Part.REQUESTER), Participant("b@x.example", Part.CC)]
    for _ in range(2):
        ledger.know_participants(70, people)
    assert ledger.participants(70) == people
    assert ledger.participants(71) == []


@pytest.mark.parametrize(
    ("since", "besides", "found"),
    [(at(0), "", 71), (at(10), "", 71), (at(11), "", None), (at(0), "k2", 70)],
)
def test_a_trouble_leads_to_the_ticket_of_its_last_mail(
    ledger: SqlLedger, since: object, besides: str, found: int | None
) -> None:
    for key, ticket_id, minutes in (("k1", 70, 0), ("k2", 71, 10)):
        on_ticket(ledger, key, ticket_id, minutes=minutes)
        for _ in range(2):
            ledger.know_trouble(TROUBLE, key, at(minutes))
    ticket = ledger.ticket_of_trouble(TROUBLE, since=since, besides=besides)  # type: ignore[arg-type]
    assert (ticket.id if ticket else None) == found
    for other in (
        Trouble("backup", TROUBLE.sender, TROUBLE.key),
        Trouble(TROUBLE.rule, "else@x.example", TROUBLE.key),
        Trouble(TROUBLE.rule, TROUBLE.sender, "disk d"),
    ):
        assert ledger.ticket_of_trouble(other, since=NOON - HOUR, besides="") is None


def test_uploads_of_others_on_a_ticket(ledger: SqlLedger) -> None:
    for number, key in enumerate(("k1", "k2"), start=1):
        on_ticket(ledger, key, 70)
        ledger.intend(key, "attachment a.png", stamp=stamp())
        ledger.confirm(key, "attachment a.png", result_id=900 + number, ticket=None, stamp=stamp())
        ledger.intend(key, "internal note", stamp=stamp())
        ledger.confirm(key, "internal note", result_id=800 + number, ticket=None, stamp=stamp())
    ledger.intend("k2", "attachment lost.png", stamp=stamp())
    assert ledger.uploads_of_others(70, "k1") == {902}
    assert ledger.uploads_of_others(70, "k3") == {901, 902}
    assert ledger.uploads_of_others(71, "k1") == set()


def test_verdicts_are_those_of_the_newest_mails_of_a_source(ledger: SqlLedger) -> None:
    for number, verdict in enumerate((Verdict.NONE, Verdict.VERIFIED, Verdict.FAILED)):
        key = f"k{number}"
        identified(ledger, key, received_at=at(number))
        take(ledger, key)
        ledger.keep_result(key, result={"verdict": verdict}, decisions=(), stamp=stamp())
        ledger.settle(key, Outcome.CREATED, reason="", remedy="", stamp=stamp())
    identified(ledger, "undecided")
    identified(ledger, "elsewhere", source="web")
    assert ledger.verdicts("drop", 2) == [Verdict.FAILED, Verdict.VERIFIED]
    assert ledger.verdicts("web", 9) == []
