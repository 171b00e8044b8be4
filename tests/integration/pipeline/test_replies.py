"""Answers: onto which ticket, from whom, and what they do to it (DESIGN section 6, "Replies")."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.correspondence import (
    DANA,
    FIRST,
    OWEN,
    RECEIVER,
    STRANGER,
    TECHNICIAN,
    arrives,
    internal_notes,
    letter,
    open_ticket,
    public_notes,
    status_of,
    ticket_of,
    with_file,
)
from support.desk import Desk
from support.endpoints import ADD_NOTE, CREATE, READ, SEARCH
from support.submissions import MARTA, UNKNOWN_TEMPLATE, form

from connector.domain.request import Outcome
from connector.ports.threads import MessageKind

MAILS = Path(__file__).parents[2] / "fixtures" / "mail"


def with_receiver(desk: Desk) -> Desk:
    desk.source_options = f", receiver: {RECEIVER}"
    return desk


QUOTED = """\
On Mon, Nov 16, 2026 at 9:58 AM Ana Ruiz <ana@securenetmsp.com> wrote:

> Did you try the other tray?
"""


# --- a note on the right ticket --------------------------------------------------------------


def test_an_answer_becomes_one_public_note_and_no_ticket(desk: Desk) -> None:
    ticket = open_ticket(desk)
    answer = letter(text=f"It still jams.\n\n{QUOTED}")

    request = arrives(desk, answer)

    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket["Id"])
    assert request.ticket_number == ticket["TicketNumber"]
    assert request.result["account"] == "Harbor Dental Group"
    assert request.result["due"] is None
    assert len(desk.sandbox.tickets) == 1
    [note] = desk.sandbox.notes(ticket["Id"])
    assert (note["IsInternal"], note["TypeName"]) == (False, "Client Communication")
    assert "It still jams." in note["Details"]
    assert "other tray" not in note["Details"]
    assert note["Details"].endswith(f"Ref: {request.key}")
    assert "Marta Ruiz" in note["Details"]
    assert desk.sandbox.calls[READ] == 1
    assert desk.sandbox.calls[SEARCH] == 0
    assert status_of(desk, ticket["Id"]) == "New"


def test_an_answer_that_says_all_in_its_subject_is_read_in_the_note(desk: Desk) -> None:
    ticket = open_ticket(desk)
    arrives(desk, letter("Re: Printer jam - please call 305 555 0101", text=""))
    [note] = public_notes(desk, ticket["Id"])
    assert "Subject: Re: Printer jam - please call 305 555 0101" in note["Details"]


def test_an_answer_to_an_answer_is_found_by_its_identifier_alone(desk: Desk) -> None:
    ticket = open_ticket(desk)
    arrives(desk, letter(), name="second.eml")

    second = "answer-1@harbordental.example"
    third = letter("Something else", message_id="third@x.example", answers=second)

    assert arrives(desk, third).ticket_id == ticket["Id"]


def test_the_number_in_the_subject_finds_the_ticket(desk: Desk) -> None:
    ticket = open_ticket(desk)

    answer = letter(f"RE: #{ticket['TicketNumber']}# Printer jam", answers="unknown@x.example")

    assert arrives(desk, answer).ticket_id == ticket["Id"]
    assert desk.sandbox.calls[SEARCH] == 0


def test_a_ticket_born_in_bms_is_looked_up_once(desk: Desk) -> None:
    ticket_id = desk.sandbox.person.create_ticket("Toner")
    number = ticket_of(desk, ticket_id)["TicketNumber"]

    request = arrives(desk, letter(f"Re: #{number}# Toner", answers=None))

    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket_id)
    assert (desk.sandbox.calls[SEARCH], desk.sandbox.calls[READ]) == (1, 0)
    assert desk.sandbox.calls[CREATE] == 0


def test_a_number_that_no_ticket_has_is_a_new_request(desk: Desk) -> None:
    request = arrives(desk, letter("Re: #9999-01012026# Toner", answers=None))
    assert request.outcome is Outcome.CREATED
    assert desk.sandbox.notes(request.ticket_id or 0) == []


def test_an_answer_in_the_same_run_as_its_first_mail_is_a_note(desk: Desk) -> None:
    desk.drop("a.eml", letter("Printer jam", message_id=FIRST, answers=None))
    desk.pass_by(minutes=1)
    desk.drop("b.eml", letter(sender=OWEN))
    preview = desk.sync(dry_run=True)
    report = desk.sync()
    assert (report.counts["created"], report.counts["appended"]) == (1, 1)
    assert report.conserved
    assert preview.counts == report.counts
    assert [call["call"] for call in preview.planned_calls] == [CREATE, ADD_NOTE]


def test_an_answer_that_comes_to_another_mailbox_is_a_note_all_the_same(desk: Desk) -> None:
    desk.sources["sales"] = "sales"
    ticket = open_ticket(desk)
    desk.drop("answer.eml", letter(), into="sales")
    [request] = desk.sync().requests
    assert (request.outcome, request.ticket_id) == ("appended", ticket["Id"])


@pytest.mark.parametrize(
    "alike",
    [
        {"message_id": "", "answers": None},
        {"answers": None, "Thread_Index": "AQHc", "Thread_Topic": "Printer jam"},
        {"answers": None, "References": "<> <0>", "In_Reply_To": "<>"},
    ],
)
def test_mails_that_only_look_alike_are_strangers_to_each_other(
    desk: Desk, alike: dict[str, Any]
) -> None:
    open_ticket(desk, message_id="0", Thread_Index="AQHc", Thread_Topic="Printer jam")
    request = arrives(desk, letter(text="Another one.", **{"message_id": "b@x.example", **alike}))
    assert request.outcome is Outcome.CREATED


# --- who is bound ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "verdict", "outcome"),
    [
        (MARTA, None, "appended"),
        (MARTA, "fail", "created"),
        (OWEN, None, "appended"),
        (OWEN, "fail", "created"),
        (DANA, None, "created"),
        (STRANGER, None, "created"),
        (STRANGER, "pass", "created"),
        ("Carl Cc <carl@supplier.example>", None, "appended"),
        ("Carl Cc <carl@supplier.example>", "fail", "created"),
        (TECHNICIAN, "pass", "appended"),
        (TECHNICIAN, None, "created"),
        ("New Hire <new.hire@harbordental.example>", None, "created"),
    ],
)
def test_only_who_is_bound_to_a_ticket_may_write_on_it(
    desk: Desk, sender: str, verdict: str | None, outcome: str
) -> None:
    with_receiver(desk)
    ticket = open_ticket(desk, Cc="carl@supplier.example")

    request = arrives(desk, letter(sender=sender, verdict=verdict))

    assert request.outcome == outcome
    assert len(public_notes(desk, ticket["Id"])) == (outcome == "appended")
    if outcome == "created":
        [note] = internal_notes(desk, request.ticket_id or 0)
        assert ticket["TicketNumber"] in note["Details"]
        assert ("disowns" in note["Details"]) == (verdict == "fail")
        assert internal_notes(desk, ticket["Id"]) == []


@pytest.mark.parametrize(
    ("sender", "outcome"),
    [
        (STRANGER, "appended"),
        ("Unmatched <unmatched@securenetmsp.com>", "created"),
        ("Carl Cc <carl@supplier.example>", "created"),
        (MARTA, "created"),
    ],
)
def test_the_catch_all_account_binds_nobody_but_the_requester(
    desk: Desk, sender: str, outcome: str
) -> None:
    ticket = open_ticket(desk, sender=STRANGER, Cc="carl@supplier.example")
    assert ticket["AccountId"] == 2009
    assert arrives(desk, letter(sender=sender)).outcome == outcome


def test_a_cc_of_a_ticket_born_in_bms_is_bound(desk: Desk) -> None:
    ticket_id = desk.sandbox.person.create_ticket("Toner", ccs=("carl@supplier.example",))
    number = ticket_of(desk, ticket_id)["TicketNumber"]
    request = arrives(desk, letter(f"Re: #{number}#", sender="carl@supplier.example", answers=None))
    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket_id)


def test_our_own_people_are_not_bound_by_an_earlier_answer(desk: Desk) -> None:
    with_receiver(desk)
    open_ticket(desk)
    arrives(desk, letter(sender=TECHNICIAN, verdict="pass"), name="true.eml")
    forged = letter(sender=TECHNICIAN, message_id="forged@x.example")
    assert arrives(desk, forged).outcome is Outcome.CREATED


def test_who_was_the_requester_of_a_form_may_answer(desk: Desk) -> None:
    desk.drop("form.json", form(**UNKNOWN_TEMPLATE))
    [made] = desk.sync().requests
    answer = letter(f"Re: #{made.ticket_number}#", sender="luis@palmettolegal.example")
    assert arrives(desk, answer).ticket_id == made.ticket_id


# --- the status ------------------------------------------------------------------------------

THANKS = "Thank you so much!"
MORE = "Thank you, but it still jams."


@pytest.mark.parametrize(
    ("status", "sender", "text", "after"),
    [
        ("New", MARTA, MORE, "New"),
        ("In Progress", MARTA, MORE, "In Progress"),
        ("Waiting for Customer", MARTA, MORE, "Customer Responded"),
        ("Waiting for Customer", OWEN, MORE, "Customer Responded"),
        ("Waiting for Customer", MARTA, THANKS, "Waiting for Customer"),
        ("Waiting for Customer", TECHNICIAN, MORE, "Waiting for Customer"),
        ("Completed", MARTA, MORE, "Customer Responded"),
        ("Completed", MARTA, THANKS, "Completed"),
        ("Completed", TECHNICIAN, MORE, "Completed"),
    ],
)
def test_what_an_answer_does_to_the_status(
    desk: Desk, status: str, sender: str, text: str, after: str
) -> None:
    with_receiver(desk)
    ticket = open_ticket(desk)
    desk.sandbox.person.change_status(ticket["Id"], status)
    desk.pass_by(days=13)

    request = arrives(desk, letter(text=text, sender=sender, verdict="pass"))

    assert request.outcome is Outcome.APPENDED
    assert len(desk.bodies(ADD_NOTE)) == 1
    assert status_of(desk, ticket["Id"]) == after
    assert ("StatusId" in desk.bodies(ADD_NOTE)[0]) == (after != status)


@pytest.mark.parametrize(("days", "outcome"), [(14, "appended"), (14.01, "created")])
def test_a_ticket_completed_long_ago_is_not_taken_up_again(
    desk: Desk, days: float, outcome: str
) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.complete(ticket["Id"])
    desk.pass_by(days=days)

    request = arrives(desk, letter())

    assert request.outcome == outcome
    if outcome == "created":
        [note] = internal_notes(desk, request.ticket_id or 0)
        assert f"{ticket['TicketNumber']} (" in note["Details"]
        assert "completed 14 days before" in note["Details"]
        assert public_notes(desk, ticket["Id"]) == []


def test_an_answer_on_a_merged_ticket_is_a_new_one(desk: Desk) -> None:
    ticket = open_ticket(desk)
    other = desk.sandbox.person.create_ticket("The same")
    desk.sandbox.person.merge(ticket["Id"], into=other)

    request = arrives(desk, letter())

    assert request.outcome is Outcome.CREATED
    [note] = internal_notes(desk, request.ticket_id or 0)
    assert "merged" in note["Details"]
    assert public_notes(desk, ticket["Id"]) == []


def test_an_answer_on_a_deleted_ticket_is_a_new_one(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.delete(ticket["Id"])
    assert arrives(desk, letter()).outcome is Outcome.CREATED


def test_thanks_with_a_file_is_more_than_thanks(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.change_status(ticket["Id"], "Waiting for Customer")
    arrives(desk, with_file(THANKS))
    assert status_of(desk, ticket["Id"]) == "Customer Responded"


def test_a_status_that_bms_does_not_know_stops_no_note(desk: Desk) -> None:
    desk.more = "statuses: {responded: Answered}"
    ticket = open_ticket(desk)
    desk.sandbox.person.change_status(ticket["Id"], "Waiting for Customer")

    assert arrives(desk, letter()).outcome is Outcome.APPENDED

    assert len(public_notes(desk, ticket["Id"])) == 1
    assert status_of(desk, ticket["Id"]) == "Waiting for Customer"
    [note] = internal_notes(desk, ticket["Id"])
    assert "Answered" in note["Details"]


def test_a_status_that_somebody_removed_in_bms_is_told_of_once(desk: Desk) -> None:
    ticket = open_ticket(desk)
    told = []
    for number in range(3):
        desk.sandbox.person.change_status(ticket["Id"], "Waiting for Customer")
        desk.drop(f"{number}.eml", letter(message_id=f"{number}@harbordental.example"))
        told.append([each for each in desk.sync().problems if "Customer Responded" in each])
        statuses = desk.sandbox.tenant.statuses
        statuses[:] = [each for each in statuses if each.name != "Customer Responded"]
        desk.pass_by(days=2)
    assert [len(each) for each in told] == [0, 1, 0]
    assert "used to be found" in told[1][0]
    assert len(public_notes(desk, ticket["Id"])) == 3


# --- raw mails of the suite ------------------------------------------------------------------


def answers_of_the_suite() -> list[Path]:
    return sorted(
        path
        for path in MAILS.glob("reply-*.eml")
        if b"<note-77@securenet.example>" in path.read_bytes()
        and b"From: Dana Marsh <dana@harbordental.example>" in path.read_bytes()
    )


@pytest.mark.parametrize("path", answers_of_the_suite(), ids=lambda path: path.stem)
def test_answers_of_real_programs_are_notes_on_the_ticket(desk: Desk, path: Path) -> None:
    ticket = open_ticket(desk, sender="Dana Marsh <dana@harbordental.example>")
    with desk.ledger() as ledger:
        key = desk.requests()[0].key
        ledger.know_message("<note-77@securenet.example>", ticket["Id"], key, MessageKind.SENT)

    request = arrives(desk, path.read_bytes())

    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket["Id"])
    assert len(public_notes(desk, ticket["Id"])) == 1
    assert len(desk.sandbox.tickets) == 1


def test_long_ago_is_counted_from_the_answers_receipt(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.complete(ticket["Id"])
    came = desk.now + timedelta(days=13)
    desk.pass_by(days=16)
    assert arrives(desk, letter(), at=came).outcome is Outcome.APPENDED
