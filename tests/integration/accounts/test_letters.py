"""Letters about access on their way: failures, double sending, and who hears of what."""

import logging
from pathlib import Path

import pytest
import structlog
from support.access_office import MARTA_ADDRESS, OWEN_ADDRESS, Office
from support.correspondence import OWEN, arrives
from support.killing import Killed, failing_at

from connector.domain.request import Outcome
from connector.errors import ExitCode
from connector.ledger.store import SqlLedger
from connector.pipeline.accounts.approving import (
    TokenState,
    approve,
    look_at_token,
    withdraw,
)

BOUNCE = Path(__file__).parents[2] / "fixtures" / "mail" / "machine-bounce.eml"


def _state(office: Office, token: str) -> TokenState:
    with office.open() as desk:
        return look_at_token(desk, token).state


def test_a_mail_that_may_not_have_arrived_is_sent_again_with_a_link_of_its_own(
    office: Office,
) -> None:
    office.mailbox.hangs_up = 1
    assert office.arrives(sender=OWEN).exit_code is ExitCode.UNREACHABLE
    office.desk.pass_by(minutes=3)
    assert office.sync().exit_code is ExitCode.DONE
    first, second = office.tokens(MARTA_ADDRESS)
    assert _state(office, first) is TokenState.REPLACED
    assert _state(office, second) is TokenState.VALID


def _bounces(office: Office) -> None:
    """Let the mail server of a point of contact report that the mail with the link failed."""
    [mail] = office.mailbox.mails
    sent = str(mail["Message-ID"]).strip("<>").encode()
    bounce = BOUNCE.read_bytes().replace(b"ack-5@securenet.example", sent)
    assert arrives(office.desk, bounce).outcome is Outcome.APPENDED


def test_a_bounce_of_the_mail_with_the_link_is_an_internal_note(office: Office) -> None:
    office.arrives(sender=OWEN)
    before = len(office.notes())
    _bounces(office)
    assert len(office.notes()) == before + 1
    assert office.notes(public=True) == []


def test_a_run_that_died_right_after_the_outbox_had_the_mail_loses_nothing_of_it(
    office: Office,
) -> None:
    with pytest.raises(Killed), failing_at(SqlLedger, "post", "after", 1, Killed()):
        office.arrives(sender=OWEN)
    office.desk.pass_by(minutes=3)
    office.sync()
    assert f"Asked by mail: {MARTA_ADDRESS}" in office.notes()[-1]
    _bounces(office)


def test_no_token_is_logged(office: Office) -> None:
    everything = structlog.make_filtering_bound_logger(logging.DEBUG)
    structlog.configure(wrapper_class=everything)
    with structlog.testing.capture_logs() as logged:
        office.arrives(sender=OWEN)
    [token] = office.tokens(MARTA_ADDRESS)
    assert logged
    assert token not in repr(logged)


def test_a_mail_that_nobody_needs_any_more_is_left_out_without_a_word(office: Office) -> None:
    office.mailbox.answers["RCPT"] = ["451 later"]
    office.arrives(sender=OWEN)
    with office.open() as desk:
        withdraw(desk, office.record.id, reason="asked twice", recorded_by="Tom")
    office.desk.pass_by(minutes=3)
    assert office.sync().exit_code is ExitCode.DONE
    assert office.mailbox.mails == []


def test_only_addresses_on_record_are_written_to(office: Office) -> None:
    office.arrives(sender="New <new@harbordental.example>", Reply_To="evil@elsewhere.example")
    with office.open() as desk:
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="phone", recorded_by="Tom")
    office.sync()
    office.desk.sandbox.person.grant_portal_access("ana.lopez@harbordental.example")
    office.sync()
    assert set(office.mailbox.recipients) == {MARTA_ADDRESS}


def test_requester_and_approver_hear_once_each_that_it_is_ready(office: Office) -> None:
    office.arrives(sender=OWEN)
    with office.open() as desk:
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="phone", recorded_by="Tom")
    office.sync()
    office.desk.sandbox.person.grant_portal_access("ana.lopez@harbordental.example")
    office.sync()
    ready = [mail["To"] for mail in office.mailbox.mails if "is ready" in str(mail["Subject"])]
    assert sorted(ready) == [MARTA_ADDRESS, OWEN_ADDRESS]


def test_without_mail_staff_read_that_nobody_was_told_of_what_they_recorded(
    office: Office,
) -> None:
    office.mail = ""
    office.arrives(sender=OWEN)
    with office.open() as desk:
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="by phone", recorded_by="Tom")
    office.sync()
    assert any("please tell them" in note for note in office.notes())


def test_several_people_of_one_mail_have_one_ticket_one_approval_and_one_end(
    office: Office,
) -> None:
    people = ("ana", "ben")
    text = "\n\n".join(
        f"Name: {name.title()} Lopez\nEmail: {name}@harbordental.example" for name in people
    )
    office.arrives("BMS account request", text, verdict="pass")
    assert [record.person.first_name for record in office.request.records] == ["Ana", "Ben"]
    assert len(office.request.approvals) == 1
    steps = office.notes()[-1]
    assert all(f"user name {name}@harbordental.example" in steps for name in people)
    office.desk.sandbox.person.grant_portal_access("ana@harbordental.example")
    office.sync()
    assert office.notes(public=True) == []
    office.desk.sandbox.person.grant_portal_access("ben@harbordental.example")
    office.sync()
    [ready] = office.notes(public=True)
    assert all(f"{name}@harbordental.example" in ready for name in people)


def test_words_of_a_request_are_escaped_in_html_and_harmless_in_text(office: Office) -> None:
    text = "Name: Ana Lopez\nEmail: ana.lopez@harbordental.example"
    sender = '"<b>Boss</b> {{ link }}" <owen.price@harbordental.example>'
    office.arrives(text=text, sender=sender)
    [token] = office.tokens(MARTA_ADDRESS)
    [mail] = office.mails_to(MARTA_ADDRESS)
    assert mail.count(token) == 1
