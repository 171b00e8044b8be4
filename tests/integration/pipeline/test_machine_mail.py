"""Mail that no person wrote: answers of machines, bounces, monitoring (DESIGN section 6)."""

from pathlib import Path

import pytest
from support.correspondence import (
    DANA,
    FIRST,
    STRANGER,
    arrives,
    internal_notes,
    letter,
    open_ticket,
    public_notes,
    status_of,
    ticket_of,
)
from support.desk import Desk
from support.endpoints import ADD_NOTE, CREATE

from connector.domain.request import Outcome
from connector.ports.threads import MessageKind

MAILS = Path(__file__).parents[2] / "fixtures" / "mail"
MONITOR = "Monitoring <monitoring@securenetmsp.com>"
AUTO = {"Auto_Submitted": "auto-replied"}


# --- automatic replies -----------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Waiting for Customer", "Completed", "New"])
def test_an_automatic_reply_is_an_internal_note_and_changes_no_status(
    desk: Desk, status: str
) -> None:
    ticket = open_ticket(desk)
    desk.sandbox.person.change_status(ticket["Id"], status)
    desk.pass_by(days=20)

    request = arrives(desk, letter("Automatic reply: URGENT", "I am away.", **AUTO))

    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket["Id"])
    [note] = internal_notes(desk, ticket["Id"])
    assert "Automatic reply. From: Marta Ruiz" in note["Details"]
    assert "I am away." in note["Details"]
    assert public_notes(desk, ticket["Id"]) == []
    assert status_of(desk, ticket["Id"]) == status
    assert ticket_of(desk, ticket["Id"])["PriorityId"] == ticket["PriorityId"]


def test_an_automatic_reply_to_nothing_we_know_is_ignored_and_can_be_released(desk: Desk) -> None:
    request = arrives(desk, letter("Automatic reply", "I am away.", answers="x@y.example", **AUTO))
    assert request.outcome is Outcome.IGNORED
    assert "answers no mail on a ticket" in request.reason
    assert desk.names("processed") == ["next.eml"]
    assert desk.sandbox.tickets == []

    assert desk.release(request.key)
    [released] = desk.sync().requests

    assert released.outcome is Outcome.CREATED


@pytest.mark.parametrize(
    ("sender", "outcome"), [(None, "appended"), (DANA, "ignored"), (STRANGER, "ignored")]
)
def test_an_automatic_reply_that_only_names_a_number_counts_from_who_is_bound(
    desk: Desk, sender: str | None, outcome: str
) -> None:
    ticket = open_ticket(desk)
    subject = f"Automatic reply: #{ticket['TicketNumber']}#"
    mail = letter(subject, "Away", answers=None, **({"sender": sender} if sender else {}), **AUTO)
    assert arrives(desk, mail).outcome == outcome


def test_an_automatic_reply_of_a_forged_sender_is_ignored(desk: Desk) -> None:
    desk.source_options = ", receiver: mx.securenetmsp.example"
    ticket = open_ticket(desk)
    subject = f"Automatic reply: #{ticket['TicketNumber']}#"
    mail = letter(subject, "Away", answers=None, verdict="fail", **AUTO)
    assert arrives(desk, mail).outcome is Outcome.IGNORED


def test_a_lost_note_of_a_machine_is_made_once(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.drop("away.eml", letter("Automatic reply", "Away", **AUTO))
    desk.sandbox.faults.add("drop", ADD_NOTE, after_commit=True)
    desk.sync()
    desk.pass_by(minutes=5)
    assert desk.sync().counts["appended"] == 1
    assert len(internal_notes(desk, ticket["Id"])) == 1


# --- bounces ---------------------------------------------------------------------------------


def test_a_bounce_of_our_own_mail_is_an_internal_note_on_its_ticket(desk: Desk) -> None:
    ticket = open_ticket(desk)
    with desk.ledger() as ledger:
        key = desk.requests()[0].key
        ledger.know_message("<ack-5@securenet.example>", ticket["Id"], key, MessageKind.SENT)

    request = arrives(desk, (MAILS / "machine-bounce.eml").read_bytes())

    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket["Id"])
    [note] = internal_notes(desk, ticket["Id"])
    assert "A mail of ours was not delivered" in note["Details"]
    assert status_of(desk, ticket["Id"]) == "New"


def test_a_bounce_that_quotes_no_mail_of_ours_is_ignored(desk: Desk) -> None:
    open_ticket(desk, message_id="ack-5@securenet.example")
    request = arrives(desk, (MAILS / "machine-bounce.eml").read_bytes())
    assert request.outcome is Outcome.IGNORED
    assert "quotes no mail that we sent" in request.reason
    assert request.result["rules"] != []


# --- our own mail ----------------------------------------------------------------------------


def test_our_own_mail_come_back_is_ignored(desk: Desk) -> None:
    ticket = open_ticket(desk)
    own = letter(sender="helpdesk@securenetmsp.com")
    request = arrives(desk, own)
    assert request.outcome is Outcome.IGNORED
    assert desk.sandbox.notes(ticket["Id"]) == []


def test_our_own_mail_that_a_list_sent_on_is_known_by_its_message_id(desk: Desk) -> None:
    ticket = open_ticket(desk)
    with desk.ledger() as ledger:
        key = desk.requests()[0].key
        ledger.know_message("ack-9@securenet.example", ticket["Id"], key, MessageKind.SENT)
    mail = letter(message_id="ack-9@securenet.example")
    assert arrives(desk, mail).outcome is Outcome.IGNORED


# --- machines of their own accord ------------------------------------------------------------


def monitor(subject: str, number: int, **options: str) -> bytes:
    return letter(
        subject,
        f"mail {number}",
        sender=MONITOR,
        message_id=f"monitor-{number}@x.example",
        answers=None,
        **options,
    )


def test_mails_about_one_trouble_are_one_ticket_and_its_recovery_a_note(desk: Desk) -> None:
    desk.workers = 4
    for number in range(5):
        desk.drop(f"{number}.eml", monitor("PROBLEM: hdg-fs01 disk C", number))
        desk.pass_by(minutes=1)
    desk.drop("over.eml", monitor("RECOVERY: hdg-fs01 disk C", 9))
    desk.drop("other.eml", monitor("PROBLEM: hdg-fs02 disk C", 10))

    preview, report = desk.sync(dry_run=True), desk.sync()

    assert (report.counts["created"], report.counts["appended"]) == (2, 5)
    assert preview.counts == report.counts
    first = next(t for t in desk.sandbox.tickets if t["Title"] == "PROBLEM: hdg-fs01 disk C")
    notes = internal_notes(desk, first["Id"])
    texts = [note["Details"] for note in notes if "mail " in note["Details"]]
    assert "mail 0" in first["Details"]
    assert [text.split("mail ")[1][0] for text in texts] == list("12349")
    assert "It is over" in texts[-1]
    assert public_notes(desk, first["Id"]) == []


RACK = """\
rules:
  - name: rack
    match:
      headers: {Auto-Submitted: auto-generated}
    action: merge
    key: 'sensor (\\w+)'
    look_in: text
    recovery: [normal again]
"""


def rack(text: str, number: int) -> bytes:
    return letter(
        f"Rack report {number}",
        text,
        sender="rack@harbordental.example",
        message_id=f"rack-{number}@x.example",
        answers=None,
        Auto_Submitted="auto-generated",
    )


@pytest.mark.parametrize("is_lost", [False, True])
def test_what_only_its_text_tells_is_merged_in_order_also_when_the_first_is_unclear(
    desk: Desk, is_lost: bool
) -> None:
    desk.workers = 4
    (desk.folder / "mappings" / "machine.yaml").write_text(RACK, encoding="utf-8")
    texts = ["sensor A7 is hot", "sensor A7 is hot", "sensor A7 is hot", "sensor A7: normal again"]
    for number, text in enumerate(texts):
        desk.drop(f"{number}.eml", rack(text, number))
        desk.pass_by(minutes=1)
    if is_lost:
        desk.sandbox.faults.add("drop", CREATE, after_commit=True)
        assert desk.sync().counts["pending"] == 4
        desk.pass_by(minutes=5)

    desk.sync()

    [ticket] = desk.sandbox.tickets
    assert ticket["Title"] == "Rack report 0"
    notes = [note["Details"] for note in internal_notes(desk, ticket["Id"])]
    merged = [text for text in notes if "Rack report" in text]
    assert [text.split("Rack report ")[1][0] for text in merged] == list("123")
    assert ["It is over" in text for text in merged] == [False, False, True]


@pytest.mark.parametrize("after_commit", [True, False])
def test_a_lost_note_of_a_trouble_is_one_internal_note(desk: Desk, after_commit: bool) -> None:
    ticket_id = arrives(desk, monitor("PROBLEM: disk C", 1), name="1.eml").ticket_id or 0
    desk.drop("2.eml", monitor("RECOVERY: disk C", 2))
    desk.sandbox.faults.add("drop", ADD_NOTE, after_commit=after_commit)
    desk.sync()
    desk.pass_by(minutes=5)

    assert desk.sync().counts["appended"] == 1

    notes = [note["Details"] for note in internal_notes(desk, ticket_id)]
    assert ["It is over" in text for text in notes].count(True) == 1
    assert public_notes(desk, ticket_id) == []


def test_a_mail_in_which_a_rule_finds_nothing_to_merge_by_is_a_ticket(desk: Desk) -> None:
    for number in (1, 2):
        request = arrives(desk, monitor("Weekly report", number), name=f"{number}.eml")
        assert request.outcome is Outcome.CREATED
        story = [line.text for line in desk.journal(request.key)]
        assert any("nothing to merge by: rule monitoring" in text for text in story)


def test_after_its_window_a_trouble_is_a_new_one(desk: Desk) -> None:
    arrives(desk, monitor("PROBLEM: disk C", 1), name="1.eml")
    desk.pass_by(hours=11)
    assert arrives(desk, monitor("PROBLEM: disk C", 2), name="2.eml").outcome == "appended"
    desk.pass_by(hours=11)
    assert arrives(desk, monitor("PROBLEM: disk C", 3), name="3.eml").outcome == "appended"
    desk.pass_by(hours=13)
    assert arrives(desk, monitor("PROBLEM: disk C", 4), name="4.eml").outcome == "created"


def test_a_trouble_whose_ticket_is_done_is_a_new_one_but_its_recovery_is_not(desk: Desk) -> None:
    first = arrives(desk, monitor("PROBLEM: disk C", 1), name="1.eml")
    desk.sandbox.person.complete(first.ticket_id or 0)
    over = arrives(desk, monitor("RECOVERY: disk C", 2), name="2.eml")
    again = arrives(desk, monitor("PROBLEM: disk C", 3), name="3.eml")
    assert (over.outcome, over.ticket_id) == ("appended", first.ticket_id)
    assert again.outcome == "created"


def test_one_trouble_of_two_senders_is_two(desk: Desk) -> None:
    subject = 'Backup job "nightly" failed'
    for number, sender in enumerate((DANA, "backup@harbordental.example")):
        mail = letter(
            subject,
            sender=sender,
            message_id=f"backup-{number}@x.example",
            answers=None,
            Auto_Submitted="auto-generated",
        )
        assert arrives(desk, mail, name=f"{number}.eml").outcome is Outcome.CREATED


def test_what_a_rule_ignores_is_kept_with_its_name_and_can_be_released(desk: Desk) -> None:
    mail = letter("Backup of X completed", answers=None, Auto_Submitted="auto-generated")
    request = arrives(desk, mail)
    assert request.outcome is Outcome.IGNORED
    assert "backup went well" in request.reason
    assert desk.sync().exit_code == 0
    desk.release(request.key)
    assert desk.sync().counts["created"] == 1


def test_what_a_rule_parks_waits_for_a_person(desk: Desk) -> None:
    desk.change_mapping("machine.yaml", "b'\n    action: ignore", "b'\n    action: park")
    mail = letter("Backup of X completed", answers=None, Auto_Submitted="auto-generated")
    desk.drop("a.eml", mail)
    preview, report = desk.sync(dry_run=True), desk.sync()
    assert (report.counts["parked"], report.exit_code) == (1, 1)
    assert (preview.counts, preview.exit_code) == (report.counts, 1)
    assert desk.names("parked") == ["a.eml"]
    desk.release(report.requests[0].key)
    assert desk.sync().counts["created"] == 1


def test_a_machine_without_a_rule_is_a_request_like_any_other(desk: Desk) -> None:
    mail = letter("Voicemail", answers=None, Auto_Submitted="auto-generated")
    request = arrives(desk, mail)
    assert request.outcome is Outcome.CREATED
    assert any(line.step == "origin" for line in desk.journal(request.key))
    assert desk.sandbox.calls[CREATE] == 1


def test_a_dry_run_ignores_what_a_run_ignores(desk: Desk) -> None:
    open_ticket(desk)
    desk.drop("a.eml", letter("Automatic reply", answers="x@y.example", **AUTO))
    away = letter("Automatic reply", message_id="away@long.example", answers=FIRST, **AUTO)
    desk.drop("b.eml", away)
    preview, report = desk.sync(dry_run=True), desk.sync()
    assert preview.counts == report.counts
    assert (report.counts["ignored"], report.counts["appended"]) == (1, 1)
    assert [call["call"] for call in preview.planned_calls] == [ADD_NOTE]


# --- the share of verdicts -------------------------------------------------------------------


def test_a_run_warns_when_senders_are_vouched_for_no_more(desk: Desk) -> None:
    desk.source_options = ", receiver: mx.securenetmsp.example"
    for number in range(40):
        verdict = "pass" if number < 20 else None
        mail = letter(message_id=f"{number}@long.example", answers=None, verdict=verdict)
        desk.drop(f"{number}.eml", mail)
        desk.pass_by(seconds=1)
    report = desk.sync()
    [warning] = [notice for notice in report.notices if "verdict" in notice]
    assert "last 20 mails 100% came without" in warning
    assert "before 0%" in warning
    assert not any("verdict" in notice for notice in desk.sync().notices)
