"""Carrying out answers: emergencies and dates in them, their files, and what goes wrong."""

import pytest
from support.correspondence import (
    arrives,
    internal_notes,
    letter,
    open_ticket,
    public_notes,
    ticket_of,
    with_file,
)
from support.desk import Desk, local
from support.endpoints import ADD_NOTE, CREATE, PATCH, UPLOAD

from connector.domain.request import Outcome
from connector.pipeline.steps import DELIVER, INTAKE, SLA

# --- emergencies and dates in an answer ------------------------------------------------------


def test_an_emergency_in_an_answer_raises_the_ticket_from_the_answer_on(desk: Desk) -> None:
    desk.steps = (INTAKE, DELIVER, SLA)
    ticket = open_ticket(desk)
    desk.clock.now = local("17 09:30")

    request = arrives(desk, letter("URGENT! Re: Printer jam"), at=local("17 09:00"))

    assert request.outcome is Outcome.APPENDED
    assert (request.result["emergency"], request.result["priority"]) == (True, "Critical")
    due = request.result["due"]
    assert isinstance(due, dict)
    assert due["remote_response"] == "2026-11-17T09:15:00-05:00"
    [note] = public_notes(desk, ticket["Id"])
    assert note["Details"].startswith("EMERGENCY: the subject of this answer says “urgent”")
    assert ticket_of(desk, ticket["Id"])["PriorityId"] == 40484
    assert desk.bodies(PATCH)[0] == [{"op": "replace", "path": "priorityId", "value": 40484}]
    assert desk.due(ticket["Id"]) == local("17 10:15")
    calls = dict(desk.sandbox.calls)
    desk.sync()
    assert desk.sandbox.calls[PATCH] == calls[PATCH]
    assert desk.due(ticket["Id"]) == local("17 10:15")


def test_an_emergency_word_that_the_title_has_is_old_news(desk: Desk) -> None:
    ticket = open_ticket(desk, "Urgent: printer jam")
    desk.sandbox.person.change_priority(ticket["Id"], "Medium")
    request = arrives(desk, letter("Re: Urgent: printer jam"))
    assert request.result["emergency"] is False
    assert desk.sandbox.calls[PATCH] == 0


@pytest.mark.parametrize("born_in_bms", [False, True])
def test_the_times_of_an_emergency_run_from_the_answer_also_where_bms_was_told_later(
    desk: Desk, born_in_bms: bool
) -> None:
    desk.steps = (INTAKE, DELIVER, SLA)
    person = desk.sandbox.person
    if born_in_bms:
        desk.sync()
        ticket_id = person.create_ticket("Printer jam")
        number = ticket_of(desk, ticket_id)["TicketNumber"]
    else:
        ticket = open_ticket(desk)
        ticket_id, number = ticket["Id"], ticket["TicketNumber"]
    desk.clock.now = local("17 09:00")
    desk.sandbox.faults.add("status", PATCH, status=503, times=1)
    desk.drop("urgent.eml", letter(f"911 Re: #{number}#", answers=None))
    desk.sync()
    desk.clock.now = local("17 11:00")
    desk.sync()
    assert desk.due(ticket_id) == local("17 10:15")


def test_a_priority_that_bms_does_not_take_is_told(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.behaviour.change({"patch_ignores": ["*riorityId"]})
    assert arrives(desk, letter("URGENT Re: Printer jam")).outcome is Outcome.APPENDED
    [note] = internal_notes(desk, ticket["Id"])
    assert "could not be set to Critical" in note["Details"]
    assert len(desk.bodies(PATCH)) == 2


def test_a_desired_date_in_an_answer_moves_the_resolution(desk: Desk) -> None:
    desk.steps = (INTAKE, DELIVER, SLA)
    ticket = open_ticket(desk)
    before = desk.due(ticket["Id"])
    desk.pass_by(hours=1)

    text = "Desired resolution: 2026-11-18 15:00\nMobile: 305 555 0109"
    request = arrives(desk, letter(text=text))

    assert request.outcome is Outcome.APPENDED
    assert desk.due(ticket["Id"]) == local("18 15:00") != before
    values = desk.sandbox.custom_values(ticket["Id"])
    assert "2026-11-18T15:00" in (values.get("Desired Resolution") or "")
    [note] = public_notes(desk, ticket["Id"])
    assert "Mobile: " in note["Details"]
    with desk.ledger() as ledger:
        assert "names a desired resolution" in str(ledger.ticket_journal(ticket["Id"]))


def test_a_priority_that_an_answer_names_is_told_and_not_set(desk: Desk) -> None:
    ticket = open_ticket(desk)
    request = arrives(desk, letter(text="Priority: High\nIt still jams."))
    assert (request.outcome, request.result["priority"]) == (Outcome.APPENDED, "Normal")
    [note] = internal_notes(desk, ticket["Id"])
    assert "names the priority High; the ticket's was left" in note["Details"]
    assert desk.sandbox.calls[PATCH] == 0


# --- files -----------------------------------------------------------------------------------


def test_files_of_an_answer_are_on_the_ticket(desk: Desk) -> None:
    ticket = open_ticket(desk)
    arrives(desk, with_file("Here it is."))
    assert [each["OriginalFileName"] for each in desk.sandbox.attachments(ticket["Id"])] == [
        "scan.pdf"
    ]


def test_an_answer_that_is_only_a_file_names_it(desk: Desk) -> None:
    ticket = open_ticket(desk)
    arrives(desk, with_file(""))
    [note] = public_notes(desk, ticket["Id"])
    assert "There is no text. Attached: scan.pdf" in note["Details"]


@pytest.mark.parametrize("after_commit", [True, False])
def test_a_lost_upload_is_told_from_a_file_of_the_same_name(desk: Desk, after_commit: bool) -> None:
    ticket = open_ticket(desk)
    arrives(desk, with_file("one", message_id="one@long.example"), name="one.eml")
    desk.pass_by(minutes=2)
    desk.drop("two.eml", with_file("two", message_id="two@long.example"))
    desk.sandbox.faults.add("drop", UPLOAD, after_commit=after_commit)
    desk.sync()
    desk.pass_by(minutes=5)
    assert desk.sync().counts["appended"] == 1
    contents = [each["Content"] for each in desk.sandbox.attachments(ticket["Id"])]
    assert sorted(contents) == [b"%PDF one@long.example", b"%PDF two@long.example"]


# --- faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize("after_commit", [True, False])
def test_a_note_whose_answer_was_lost_is_there_once(desk: Desk, after_commit: bool) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.change_status(ticket["Id"], "Waiting for Customer")
    desk.drop("answer.eml", letter())
    desk.sandbox.faults.add("drop", ADD_NOTE, after_commit=after_commit)
    assert desk.sync().counts["pending"] == 1
    desk.sandbox.person.change_status(ticket["Id"], "In Progress")
    desk.pass_by(minutes=5)

    assert desk.sync().counts["appended"] == 1

    assert len(public_notes(desk, ticket["Id"])) == 1
    assert len(desk.sandbox.tickets) == 1


def test_a_note_that_was_begun_stays_a_note_whatever_became_of_the_ticket(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.drop("answer.eml", letter())
    desk.sandbox.faults.add("drop", ADD_NOTE, after_commit=True)
    desk.sync()
    other = desk.sandbox.person.create_ticket("The same")
    desk.sandbox.person.merge(ticket["Id"], into=other)
    desk.pass_by(minutes=5)

    [request] = desk.sync().requests

    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket["Id"])
    assert len(public_notes(desk, ticket["Id"])) == 1
    assert len(desk.sandbox.tickets) == 2


def test_a_note_that_was_begun_on_a_ticket_that_is_gone_becomes_a_ticket(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.drop("answer.eml", letter())
    desk.sandbox.faults.add("drop", ADD_NOTE)
    desk.sync()
    desk.sandbox.person.delete(ticket["Id"])
    desk.pass_by(minutes=5)

    [request] = desk.sync().requests

    assert request.outcome is Outcome.CREATED
    assert "It still jams." in ticket_of(desk, request.ticket_id or 0)["Details"]


def test_a_ticket_that_was_begun_stays_a_ticket(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.complete(ticket["Id"])
    desk.pass_by(days=20)
    desk.drop("answer.eml", letter())
    desk.sandbox.faults.add("drop", CREATE, after_commit=True)
    desk.sync()
    desk.sandbox.person.reopen(ticket["Id"])
    desk.pass_by(minutes=5)

    [request] = desk.sync().requests

    assert request.outcome is Outcome.CREATED
    assert len(desk.sandbox.tickets) == 2
    assert public_notes(desk, ticket["Id"]) == []


def test_a_note_that_bms_refuses_is_tried_without_a_status_then_parked(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.change_status(ticket["Id"], "Waiting for Customer")
    desk.sandbox.faults.add("status", ADD_NOTE, status=400, times=1)
    assert arrives(desk, letter()).outcome is Outcome.APPENDED
    assert ["StatusId" in body for body in desk.bodies(ADD_NOTE)][:2] == [True, False]
    assert "status was not set" in internal_notes(desk, ticket["Id"])[0]["Details"]


@pytest.mark.parametrize(("status", "tries"), [("New", 1), ("Waiting for Customer", 2)])
def test_an_answer_whose_note_bms_refuses_waits_for_a_person_with_bms_words(
    desk: Desk, status: str, tries: int
) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.change_status(ticket["Id"], status)
    words = "No notes today"
    desk.sandbox.faults.add("status", ADD_NOTE, status=400, message=words, times=None)
    request = arrives(desk, letter())
    assert request.outcome is Outcome.PARKED
    assert words in request.reason
    assert len(desk.bodies(ADD_NOTE)) == tries


def test_an_answer_waits_for_a_person_where_bms_has_no_type_for_its_note(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.tenant.note_types.clear()
    request = arrives(desk, letter())
    assert request.outcome is Outcome.PARKED
    assert "Client Communication" in request.reason
    assert "internal error" not in request.reason
    assert desk.sandbox.notes(ticket["Id"]) == []


def test_the_story_tells_what_was_appended_and_why(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.pass_by(minutes=1)
    request = arrives(desk, letter())
    story = {line.step: line.text for line in desk.journal(request.key)}
    assert ticket["TicketNumber"] in story["reply"]
    assert "its requester" in story["reply"]
    assert "verdict" in story
    with desk.ledger() as ledger:
        records = ledger.by_ticket(number=ticket["TicketNumber"], ticket_id=None)
    assert [record.state for record in records] == [Outcome.CREATED, Outcome.APPENDED]
