"""Mail that our own people forward on behalf of a client."""

import pytest
from support.correspondence import (
    RECEIVER,
    TECHNICIAN,
    arrives,
    letter,
    open_ticket,
    ticket_of,
)
from support.desk import Desk

from connector.domain.request import Outcome

FORWARDED = """\
For you.

From: Luis Ortega <luis@palmettolegal.example>
Sent: Thursday, November 12, 2026 4:02 PM
To: Ana Ruiz <ana@securenetmsp.com>
Subject: Cannot log in

I cannot log in since Monday.
"""


@pytest.mark.parametrize(
    ("sender", "verdict", "account"),
    [
        (TECHNICIAN, "pass", 2002),
        (TECHNICIAN, None, 2009),
        (TECHNICIAN, "fail", 2009),
        ("Marta Ruiz <marta.ruiz@harbordental.example>", "pass", 2001),
    ],
)
def test_only_our_own_verified_people_forward_on_behalf_of_a_client(
    desk: Desk, sender: str, verdict: str | None, account: int
) -> None:
    desk.source_options = f", receiver: {RECEIVER}"
    mail = letter("FW: Cannot log in", FORWARDED, sender=sender, answers=None, verdict=verdict)

    request = arrives(desk, mail)

    assert request.outcome is Outcome.CREATED
    ticket = ticket_of(desk, request.ticket_id or 0)
    assert ticket["AccountId"] == account
    assert "I cannot log in since Monday." in ticket["Details"]
    is_on_behalf = account == 2002
    assert ("Forwarded by: Ana Ruiz" in ticket["Details"]) == is_on_behalf
    if is_on_behalf:
        assert "From: Luis Ortega &lt;luis@palmettolegal.example&gt;" in ticket["Details"]
        assert ticket["ContactId"] == 30004
        assert any("forwarded" in line.text for line in desk.journal(request.key))


def test_a_forward_that_names_nobody_is_of_who_forwarded_it_and_the_story_says_so(
    desk: Desk,
) -> None:
    desk.source_options = f", receiver: {RECEIVER}"
    text = "He cannot log in since Monday."
    mail = letter("FW: Cannot log in", text, sender=TECHNICIAN, answers=None, verdict="pass")

    request = arrives(desk, mail)

    details = ticket_of(desk, request.ticket_id or 0)["Details"]
    assert "From: Ana Ruiz" in details
    assert "Forwarded by" not in details
    story = [line.text for line in desk.journal(request.key) if line.step == "requester"]
    assert any("whose mail it was does not stand in it" in text for text in story)


def test_the_client_whose_mail_was_forwarded_may_answer_on_the_ticket(desk: Desk) -> None:
    desk.source_options = f", receiver: {RECEIVER}"
    forward = letter(
        "FW: Cannot log in", FORWARDED, sender=TECHNICIAN, answers=None, verdict="pass"
    )
    made = arrives(desk, forward, name="forward.eml")
    answer = letter(
        f"Re: #{made.ticket_number}#",
        sender="luis@palmettolegal.example",
        message_id="luis-2@palmettolegal.example",
        answers=None,
    )
    assert arrives(desk, answer).ticket_id == made.ticket_id


def test_a_forward_in_a_thread_is_a_note_and_is_never_stripped(desk: Desk) -> None:
    desk.source_options = f", receiver: {RECEIVER}"
    ticket = open_ticket(desk)
    forward = letter("FW: Printer jam", FORWARDED, sender=TECHNICIAN, verdict="pass")
    request = arrives(desk, forward)
    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket["Id"])
    [note] = desk.sandbox.notes(ticket["Id"])
    assert "I cannot log in since Monday." in note["Details"]


LABELLED = """\
I am on it.
Mobile: 305 555 0188

From: Luis Ortega <luis@palmettolegal.example>
Sent: Thursday, November 12, 2026 4:02 PM
To: Ana Ruiz <ana@securenetmsp.com>
Subject: Cannot log in

This is urgent, an emergency!
Affected user: Rosa Perez
Mobile: 305 555 0101
Priority: High
Desired resolution: 2026-11-18 15:00

From: Somebody <somebody@elsewhere.example>
Sent: Thursday, November 12, 2026 3:00 PM
To: Luis Ortega <luis@palmettolegal.example>
Subject: Password

Started: yesterday
"""


@pytest.mark.parametrize(("verdict", "is_on_behalf"), [("pass", True), (None, False)])
def test_what_the_client_answered_in_labelled_lines_counts_in_a_forward_on_behalf(
    desk: Desk, verdict: str | None, is_on_behalf: bool
) -> None:
    desk.source_options = f", receiver: {RECEIVER}"
    mail = letter("FW: Cannot log in", LABELLED, sender=TECHNICIAN, answers=None, verdict=verdict)

    request = arrives(desk, mail)

    head, _, _ = ticket_of(desk, request.ticket_id or 0)["Details"].partition("I am on it.")
    assert "0188" in head
    assert ("Affected user: Rosa Perez" in head) == is_on_behalf
    assert ("Desired resolution: 2026-11-18" in head) == is_on_behalf
    assert "Started" not in head
    assert request.result["priority"] == ("High" if is_on_behalf else "Normal")
    assert request.result["emergency"] is False
