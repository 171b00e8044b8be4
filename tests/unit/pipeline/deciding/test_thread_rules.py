"""Who is bound to a ticket, and what an answer does to it: the pure tables."""

from datetime import UTC, datetime, timedelta

import pytest
from support.rulebooks import CATCH_ALL_CONTACT, shipped_rulebook
from support.watched import an_open_ticket

from connector.domain.mail import Mailbox, MailFacts, Verdict
from connector.domain.request import Attachment, Request, RequestKind
from connector.domain.tenant import Contact, Named
from connector.pipeline.deciding.thread_rules import (
    bound_as,
    effect_on,
    new_emergency_word,
    says_only_thanks,
)
from connector.pipeline.rulebook import TicketStatuses
from connector.ports.threads import Part, Participant
from connector.ports.watch import OpenTicket

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
HARBOR = Named(2001, "Harbor Dental Group")
UNMATCHED = Named(2009, "Unmatched Requests")
MARTA = "marta.ruiz@harbordental.example"
OWEN = "owen.price@harbordental.example"
STAFF = "ana@securenetmsp.com"
BOOK = shipped_rulebook()


def answer(
    sender: str | None = MARTA,
    *,
    verdict: Verdict = Verdict.NONE,
    text: str = "Still broken",
    subject: str = "Re: Printer",
    numbers: tuple[str, ...] = (),
    files: tuple[Attachment, ...] = (),
) -> Request:
    mail = MailFacts(verdict=verdict, new_text=text, ticket_numbers=numbers)
    mailbox = Mailbox("", sender) if sender is not None else None
    return Request(RequestKind.EMAIL, "drop", NOW, mailbox, subject, text, files, mail=mail)


def contact(address: str, account: Named = HARBOR) -> Contact:
    return Contact(1, "", address, account, 1)


def bound(
    request: Request,
    ticket: OpenTicket,
    *people: Participant,
    contacts: tuple[Contact, ...] = (),
) -> str | None:
    return bound_as(request, ticket, people, contacts, BOOK)


REQUESTER = Participant(MARTA, Part.REQUESTER)
CC = Participant(MARTA, Part.CC)


@pytest.mark.parametrize(
    ("account", "people", "contacts", "ticket", "expected"),
    [
        (HARBOR, (), (), {}, None),
        (HARBOR, (REQUESTER,), (), {}, "its requester"),
        (HARBOR, (CC,), (), {}, "one of its CCs"),
        (HARBOR, (), (), {"ccs": (MARTA,)}, "one of its CCs"),
        (HARBOR, (), (), {"contact_address": MARTA}, "its requester"),
        (HARBOR, (), (contact(MARTA),), {}, "a contact of Harbor Dental Group"),
        (HARBOR, (), (contact(MARTA, Named(2002, "Palmetto")),), {}, None),
        (UNMATCHED, (REQUESTER,), (), {}, "its requester"),
        (UNMATCHED, (CC,), (), {}, None),
        (UNMATCHED, (), (contact(MARTA, UNMATCHED),), {}, None),
        (UNMATCHED, (), (), {"contact_address": MARTA}, "its requester"),
        (None, (), (contact(MARTA),), {}, None),
        (HARBOR, (Participant(MARTA.upper(), Part.REQUESTER),), (), {}, "its requester"),
    ],
)
def test_what_binds_a_sender(
    account: Named | None,
    people: tuple[Participant, ...],
    contacts: tuple[Contact, ...],
    ticket: dict[str, object],
    expected: str | None,
) -> None:
    on = an_open_ticket(account=account, **ticket)
    assert bound(answer(), on, *people, contacts=contacts) == expected
    forged = answer(verdict=Verdict.FAILED)
    assert bound(forged, on, *people, contacts=contacts) is None
    assert bound(answer(None), on, *people, contacts=contacts) is None


@pytest.mark.parametrize(
    ("sender", "verdict", "is_bound"),
    [
        (STAFF, Verdict.VERIFIED, True),
        (STAFF, Verdict.NONE, False),
        (STAFF, Verdict.FAILED, False),
        ("zed@elsewhere.example", Verdict.VERIFIED, False),
        ("ana@securenetmsp.com.elsewhere.example", Verdict.VERIFIED, False),
    ],
)
def test_our_own_people_are_bound_once_verified(
    sender: str, verdict: Verdict, is_bound: bool
) -> None:
    on = an_open_ticket(account=UNMATCHED)
    assert (bound(answer(sender, verdict=verdict), on) is not None) == is_bound


def test_the_contact_that_stands_for_strangers_is_no_requester() -> None:
    on = an_open_ticket(account=UNMATCHED, contact_address=CATCH_ALL_CONTACT)
    assert bound(answer(CATCH_ALL_CONTACT), on) is None


@pytest.mark.parametrize(
    ("status", "ago", "sender", "text", "responds", "new_ticket"),
    [
        ("New", None, MARTA, "More", False, None),
        ("waiting FOR customer", None, MARTA, "More", True, None),
        ("Waiting for Customer", None, MARTA, "Thanks!", False, None),
        ("Waiting for Customer", None, STAFF, "More", False, None),
        ("Completed", timedelta(days=14), MARTA, "More", True, None),
        ("Completed", timedelta(days=14), MARTA, "Gracias", False, None),
        ("Completed", timedelta(days=14, seconds=1), MARTA, "More", False, "14 days before"),
        ("Completed", timedelta(days=40), MARTA, "Thanks", False, "40 days before"),
        ("Completed", timedelta(days=-1), MARTA, "More", True, None),
        ("Completed", None, MARTA, "More", True, None),
        ("Merged", timedelta(0), MARTA, "More", False, "merged"),
        ("Customer Responded", None, MARTA, "More", False, None),
    ],
)
def test_what_an_answer_does(
    status: str,
    ago: timedelta | None,
    sender: str,
    text: str,
    responds: bool,
    new_ticket: str | None,
) -> None:
    on = an_open_ticket(status=Named(7, status), completed_at=None if ago is None else NOW - ago)
    request = answer(sender, text=text)
    assert request.mail is not None
    effect = effect_on(on, request, request.mail, BOOK)
    assert effect.responds == responds
    assert (new_ticket or "") in (effect.new_ticket or "")
    assert (effect.new_ticket is None) == (new_ticket is None)


def test_statuses_may_be_named_by_their_ids() -> None:
    statuses = TicketStatuses(waiting=49961, merged="Fusionada")
    assert statuses.is_waiting(Named(49961, "En espera"))
    assert not statuses.is_waiting(Named(1, "Waiting for Customer"))
    assert statuses.is_merged(Named(2, "fusionada"))


@pytest.mark.parametrize(
    ("inline", "only_thanks"), [(True, True), (False, False)], ids=["a logo", "a file"]
)
def test_a_file_is_more_than_thanks(inline: bool, only_thanks: bool) -> None:
    request = answer(text="Thanks", files=(Attachment("x", "image/png", b"", inline=inline),))
    assert request.mail is not None
    assert says_only_thanks(request, request.mail) == only_thanks


@pytest.mark.parametrize(
    ("subject", "title", "numbers", "word"),
    [
        ("Re: Printer", "Printer", (), None),
        ("URGENT Re: Printer", "Printer", (), "urgent"),
        ("Re: Urgent: printer", "Urgent: printer", (), None),
        ("911 Re: Urgent: printer", "Urgent: printer", (), "911"),
        ("Re: not urgent printer", "Printer", (), None),
        ("URGENT Re: not urgent printer", "Not urgent: printer", (), "urgent"),
        ("Re: #911# printer", "printer", ("911",), None),
        ("911 Re: #911# printer", "printer", ("911",), "911"),
    ],
)
def test_only_a_word_that_the_title_has_not_is_a_new_emergency(
    subject: str, title: str, numbers: tuple[str, ...], word: str | None
) -> None:
    request = answer(subject=subject, numbers=numbers)
    assert request.mail is not None
    found = new_emergency_word(request, request.mail, title, BOOK.priorities.emergency)
    assert (found.word if found else None) == word
