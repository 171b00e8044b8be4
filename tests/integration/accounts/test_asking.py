"""Awaiting an approval: who is asked, the reminder, the end, and nobody to ask."""

import pytest
from support.access_office import (
    ANA_ADDRESS,
    FOR_ANA,
    MARTA_ADDRESS,
    OWEN_ADDRESS,
    Office,
)
from support.correspondence import OWEN, status_of

from connector.accounts.model import AccessKind, AccessState, Channel
from connector.errors import ExitCode
from connector.pipeline.accounts.approving import (
    ApprovalRefused,
    approve,
    decide_by_token,
    deny,
    withdraw,
)

AWAITING = AccessState.AWAITING_APPROVAL
BY_PHONE = {"by": MARTA_ADDRESS, "evidence": "by phone", "recorded_by": "Tom"}


def test_a_request_that_awaits_approval_is_no_failure_of_a_run(office: Office) -> None:
    report = office.arrives(sender=OWEN)
    assert report.exit_code is ExitCode.DONE
    assert report.counts["created"] == 1
    assert office.state() is AWAITING


def test_an_approval_by_link_leads_to_the_login(office: Office) -> None:
    office.arrives(sender=OWEN)
    [token] = office.tokens(MARTA_ADDRESS)
    with office.open() as desk:
        view = decide_by_token(desk, token, approve=True)
    assert view.request is not None
    [approval] = office.request.approvals
    assert (approval.channel, approval.approver) == (Channel.LINK, MARTA_ADDRESS)
    office.sync()
    assert office.state() is AccessState.AWAITING_GRANT
    assert any("by the link that was mailed to them" in note for note in office.notes())


def test_a_denial_by_link_is_told_to_the_requester_with_its_reason(office: Office) -> None:
    office.arrives(sender=OWEN)
    [token] = office.tokens(MARTA_ADDRESS)
    with office.open() as desk:
        decide_by_token(desk, token, approve=False, reason="Ana left us")
    office.sync()
    assert office.state() is AccessState.DENIED
    assert "Ana left us" in office.mails_to(OWEN_ADDRESS)[-1]
    assert "Ana left us" in office.notes(public=True)[-1]
    assert office.contacts(ANA_ADDRESS) == 0


def test_a_denial_by_staff_ends_the_request(office: Office) -> None:
    office.arrives(sender=OWEN)
    with office.open() as desk:
        deny(desk, office.record.id, reason="No such person", recorded_by="Tom")
        with pytest.raises(ApprovalRefused, match="denied"):
            approve(desk, office.record.id, **BY_PHONE)
    office.sync()
    assert "denied by our own people (recorded by Tom): No such person" in office.notes()[-1]


def test_a_withdrawn_request_is_told_and_asked_about_no_more(office: Office) -> None:
    office.arrives(sender=OWEN)
    with office.open() as desk:
        withdraw(desk, office.record.id, reason="asked twice", recorded_by="Tom")
    office.sync()
    assert office.state() is AccessState.WITHDRAWN
    assert "was withdrawn" in office.notes()[-1]
    office.desk.pass_by(days=3)
    office.sync()
    assert len(office.mails_to(MARTA_ADDRESS)) == 1


def test_approving_what_is_approved_already_changes_nothing(office: Office) -> None:
    office.arrives(sender=OWEN)
    with office.open() as desk:
        first = approve(desk, office.record.id, **BY_PHONE)
        assert approve(desk, office.record.id, **BY_PHONE) == first
    office.sync()
    with office.open() as desk:
        approve(desk, office.record.id, **BY_PHONE)
    assert len(office.request.approvals) == 1


def test_one_reminder_after_two_days_and_the_end_after_fourteen(office: Office) -> None:
    office.arrives(sender=OWEN)
    for _ in range(13):
        office.desk.pass_by(days=1)
        office.sync()
    asked, reminder = office.mailbox.subjects()
    assert "Reminder" not in asked
    assert "Reminder" in reminder
    assert office.state() is AWAITING
    office.desk.pass_by(days=1)
    report = office.sync()
    assert report.exit_code is ExitCode.DONE
    assert office.state() is AccessState.EXPIRED
    assert "within 14 days" in office.mails_to(OWEN_ADDRESS)[-1]
    assert "has expired" in office.notes()[-1]
    with office.open() as desk, pytest.raises(ApprovalRefused, match="expired"):
        approve(desk, office.record.id, **BY_PHONE)


def test_what_only_waits_costs_no_call(office: Office) -> None:
    office.arrives(sender=OWEN)
    before = len(office.desk.sandbox.exchanges)
    for _ in range(5):
        office.desk.pass_by(minutes=7)
        office.sync()
    assert len(office.desk.sandbox.exchanges) == before


def test_without_a_point_of_contact_it_is_held_until_there_is_one(office: Office) -> None:
    person = office.desk.sandbox.person
    person.set_poc(MARTA_ADDRESS, is_poc=False)
    report = office.arrives(verdict="pass")
    assert report.exit_code is ExitCode.DONE
    assert office.state() is AWAITING
    assert "has no active point of contact" in office.request.held
    for _ in range(20):
        office.desk.pass_by(days=1)
        office.sync()
    assert office.state() is AWAITING
    assert sum("is held" in note for note in office.notes()) == 1
    person.set_poc(OWEN_ADDRESS)
    office.desk.pass_by(hours=1)
    office.sync()
    assert office.request.held == ""
    assert len(office.tokens(OWEN_ADDRESS)) == 1


def test_without_links_staff_read_who_may_approve_and_how_to_record_it(office: Office) -> None:
    office.approvals = []
    office.arrives(sender=OWEN)
    assert office.mailbox.mails == []
    note = office.notes()[-1]
    assert f"Marta Ruiz &lt;{MARTA_ADDRESS}&gt;" in note
    assert f"accounts approve {office.record.id}" in note


def test_a_ticket_that_is_completed_meanwhile_withdraws_the_request(office: Office) -> None:
    office.arrives(sender=OWEN)
    office.desk.sandbox.person.complete(office.ticket_id)
    office.desk.pass_by(days=2, minutes=1)
    office.sync()
    assert office.state() is AccessState.WITHDRAWN
    assert len(office.mailbox.mails) == 1


def test_all_means_every_point_of_contact(office: Office) -> None:
    office.approvals.append("require: all")
    office.desk.sandbox.person.set_poc(OWEN_ADDRESS)
    office.arrives(verdict="pass")  # Marta's own mail is one of the two
    assert office.state() is AWAITING
    assert office.mails_to(MARTA_ADDRESS) == []
    [token] = office.tokens(OWEN_ADDRESS)
    with office.open() as desk:
        decide_by_token(desk, token, approve=True)
    assert office.state() is AccessState.APPROVED


def test_all_is_complete_once_whoever_is_left_has_approved(office: Office) -> None:
    office.approvals.append("require: all")
    office.desk.sandbox.person.set_poc(OWEN_ADDRESS)
    office.arrives(verdict="pass")
    office.desk.sandbox.person.set_poc(OWEN_ADDRESS, is_poc=False)
    office.desk.pass_by(days=2, minutes=1)
    office.sync()
    assert office.state() is AccessState.AWAITING_GRANT


def test_named_means_those_of_the_settings(office: Office) -> None:
    office.approvals += ["require: named", f"named: {{harbor dental group: [{OWEN_ADDRESS}]}}"]
    office.desk.sandbox.person.set_poc(OWEN_ADDRESS)
    office.arrives(verdict="pass")
    assert office.state() is AWAITING
    with office.open() as desk, pytest.raises(ApprovalRefused, match=r"approvals\.named"):
        approve(desk, office.record.id, **BY_PHONE)
    assert len(office.tokens(OWEN_ADDRESS)) == 1


# --- other access ----------------------------------------------------------------------------

FOLDER = "Please give Owen access to the payroll folder"


def test_other_access_gets_its_ticket_notes_and_statuses(office: Office) -> None:
    office.approvals += ["waiting_status: Waiting for Customer", "approved_status: In Progress"]
    office.arrives(FOLDER, "He needs it.", sender=OWEN)
    assert office.request.kind is AccessKind.OTHER
    assert status_of(office.desk, office.ticket_id) == "Waiting for Customer"
    assert FOLDER in office.mails_to(MARTA_ADDRESS)[0]
    with office.open() as desk:
        approve(desk, office.record.id, **BY_PHONE)
    office.sync()
    assert office.state() is AccessState.APPROVED
    assert status_of(office.desk, office.ticket_id) == "In Progress"
    office.desk.sandbox.person.change_status(office.ticket_id, "Assigned")
    office.desk.pass_by(days=3)
    office.sync()
    assert status_of(office.desk, office.ticket_id) == "Assigned"


def test_other_access_is_never_approved_by_the_request_itself(office: Office) -> None:
    office.arrives(FOLDER, "He needs it.", verdict="pass")
    assert office.state() is AWAITING


def test_other_access_that_is_denied_says_so_on_its_ticket(office: Office) -> None:
    office.approvals.append("denied_status: Escalated")
    office.arrives(FOLDER, "He needs it.", sender=OWEN)
    with office.open() as desk:
        deny(desk, office.record.id, reason="not his folder", recorded_by="Tom", by=MARTA_ADDRESS)
    office.sync()
    assert status_of(office.desk, office.ticket_id) == "Escalated"
    assert "not his folder" in office.notes(public=True)[-1]


def test_what_the_requester_corrects_is_asked_about_anew(office: Office) -> None:
    office.arrives(text="Name: Ana Lopez", sender=OWEN)
    report = office.sync()
    assert office.state() is AccessState.PARKED
    assert office.mails_to(MARTA_ADDRESS) == []
    office.answers(f"Email: {ANA_ADDRESS}", sender=OWEN)
    assert office.state() is AWAITING
    assert ANA_ADDRESS in office.mails_to(MARTA_ADDRESS)[0]
    assert report.exit_code is ExitCode.DONE


def test_a_request_without_an_address_is_parked_and_says_what_is_missing(office: Office) -> None:
    report = office.arrives(FOR_ANA, "For our new colleague.", verdict="pass")
    assert report.exit_code is ExitCode.PARTLY
    assert "e-mail address" in office.record.reason
    assert "lines like Name: First Last, Email:" in office.notes()[0]
    assert office.sync().exit_code is ExitCode.DONE
