"""Alerts: who hears of an emergency, when, and how often."""

from datetime import timedelta

import pytest
from support.endpoints import CREATE
from support.post import DESK, alerts_in

STRANGER = "Somebody <somebody@elsewhere.example>"
NOWHERE = "http://127.0.0.1:1"
"""A BMS that is down."""
PARKS_ALL_OF_SCANNER = """\
rules:
  - {name: scanner, match: {senders: [scanner@harbordental.example]}, action: park}
"""


def test_an_emergency_is_told_by_every_channel_and_then_its_ticket(alerting, mailbox, hook):
    alerting.drop_mail("URGENT: server down", "Call me at 305-555-0199")
    report = alerting.sync()
    number = report.requests[0].ticket_number
    expected = [
        "EMERGENCY: URGENT: server down",
        f"EMERGENCY, ticket {number}: URGENT: server down",
    ]
    assert alerts_in(mailbox) == expected
    assert [body["title"] for body in hook.taken] == expected
    first = hook.taken[0]
    assert first["who"] == "Marta Ruiz <marta.ruiz@harbordental.example>"
    assert first["account"] == "Harbor Dental Group"
    assert first["phone"] == "+1 305-555-0199"
    assert first["answer_by"] == "Monday 16 November 2026 at 10:15"
    assert "Call me at 305-555-0199" in first["text"]
    alerting.sync()
    assert len(hook.taken) == 2


def test_an_emergency_that_comes_once_more_is_told_once(alerting, mailbox, hook):
    for name in ("first.eml", "again.eml"):
        alerting.drop_mail("URGENT: server down", name=name, message_id="one-mail")
        alerting.sync("intake")
        alerting.pass_by(minutes=1)
    assert {request.state for request in alerting.requests()} == {"pending", "duplicate"}
    assert alerts_in(mailbox) == ["EMERGENCY: URGENT: server down"]
    assert len(hook.taken) == 1


def test_while_bms_is_down_people_are_told_at_once_and_once(alerting, mailbox, hook):
    alerting.drop_mail("URGENT: server down")
    for _ in range(3):
        alerting.sync(base_url=NOWHERE)
        alerting.pass_by(minutes=2)
    assert alerts_in(mailbox) == ["EMERGENCY: URGENT: server down"]
    assert len(hook.taken) == 1
    alerting.sync()
    assert len(hook.taken) == 2
    assert hook.taken[1]["event"] == "ticket"


def test_an_emergency_named_in_the_text_is_told_while_bms_is_down(alerting, hook):
    alerting.drop_mail("Server", "Priority: Critical\n\nNothing works")
    alerting.sync("intake", base_url=NOWHERE)
    assert [body["event"] for body in hook.taken] == ["emergency"]


def test_one_that_only_its_template_makes_critical_is_told_once_bms_was_asked(alerting, hook):
    alerting.drop_mail("the internet is down", "here")
    alerting.sync()
    assert [body["event"] for body in hook.taken] == ["emergency", "ticket"]


@pytest.mark.parametrize("subject", ["Printer jam", "not urgent: printer", "RE: hello"])
def test_what_is_no_emergency_is_told_to_nobody(alerting, mailbox, hook, subject):
    alerting.drop_mail(subject)
    alerting.sync()
    assert (alerts_in(mailbox), hook.taken) == ([], [])


def test_of_strangers_only_the_desk_hears_and_three_times_an_hour(alerting, mailbox, hook):
    for number in range(5):
        alerting.drop_mail(f"911 number {number}", sender=STRANGER, name=f"{number}.eml")
    report = alerting.sync()
    assert hook.taken == []
    first = [subject for subject in alerts_in(mailbox) if subject.startswith("EMERGENCY:")]
    assert len(first) == 3
    assert report.counts["created"] == 5
    alerting.pass_by(minutes=61)
    alerting.drop_mail("911 again", sender=STRANGER, name="again.eml")
    alerting.sync()
    assert "EMERGENCY: 911 again" in alerts_in(mailbox)


def test_a_contact_with_a_public_address_is_told_to_all_once_found(alerting, hook):
    # At intake only the domain is known, and anybody may have an address at gmail.com.
    contact = alerting.sandbox.tenant.contacts[0]
    contact.addresses[0] = "marta@gmail.com"
    alerting.drop_mail("URGENT", sender="marta@gmail.com")
    alerting.sync("intake")
    assert hook.taken == []
    alerting.sync()
    assert [body["event"] for body in hook.taken] == ["emergency", "ticket"]


def test_an_emergency_without_a_ticket_is_an_alert_of_its_own(alerting, hook):
    alerting.sandbox.faults.add("status", CREATE, status=400, message="No", times=None)
    alerting.drop_mail("URGENT: server down")
    alerting.sync()
    assert alerting.requests()[0].state == "parked"
    assert [body["event"] for body in hook.taken] == ["emergency", "parked"]
    assert hook.taken[1]["title"] == "EMERGENCY WITHOUT A TICKET: URGENT: server down"
    assert "No" in hook.taken[1]["text"]


def test_a_dry_run_tells_what_would_be_sent_and_sends_nothing(alerting, mailbox, hook):
    alerting.drop_mail("URGENT: server down")
    report = alerting.sync(dry_run=True)
    told = [(letter["kind"], letter["to"]) for letter in report.planned_letters]
    assert told == [
        ("alert", DESK),
        ("alert", "webhook 127.0.0.1"),
        ("acknowledgement", "marta.ruiz@harbordental.example"),
    ]
    assert (mailbox.mails, hook.taken) == ([], [])


def test_an_emergency_of_a_machine_that_a_rule_merges_wakes_nobody_before_delivery(alerting, hook):
    path = alerting.drop_mail("URGENT: out of office", "I am away")
    path.write_bytes(b"Auto-Submitted: auto-replied\n" + path.read_bytes())
    alerting.sync()
    assert hook.taken == []


def test_an_emergency_that_waited_out_a_long_outage_of_ours_is_told(alerting, hook):
    alerting.drop_mail("URGENT: server down", at=alerting.now - timedelta(days=4))
    alerting.sync()
    assert [body["event"] for body in hook.taken] == ["emergency", "ticket"]


def test_an_old_mail_wakes_nobody(alerting, mailbox, hook):
    alerting.drop_mail("URGENT: server down", at=alerting.now - timedelta(days=8))
    assert alerting.sync(dry_run=True).planned_letters == []
    alerting.sync()
    assert (alerts_in(mailbox), hook.taken) == ([], [])


def test_the_number_of_the_contact_is_told_with_the_ticket(alerting, hook):
    alerting.drop_mail("URGENT: server down")
    alerting.sync()
    assert [body["phone"] for body in hook.taken] == ["", "305-555-0101"]
    assert "Phone: 305-555-0101" in hook.taken[1]["text"]


def test_an_emergency_too_large_to_be_read_is_told_by_its_header(alerting, mailbox, hook):
    alerting.more += "limits: {request_mb: 1}\n"
    alerting.drop_mail("URGENT: server down", "x" * 1_000_001, name="a.eml")
    alerting.drop_mail("Holiday pictures", "x" * 1_000_001, name="b.eml")
    report = alerting.sync()
    assert report.counts["parked"] == 2
    assert alerts_in(mailbox) == ["EMERGENCY WITHOUT A TICKET: URGENT: server down"]
    body = next(m for m in mailbox.mails if m["Auto-Submitted"]).get_content()
    assert "marta.ruiz@harbordental.example" in body
    assert "too large" in body
    assert hook.taken == []  # nobody knows yet whose it is
    alerting.sync()
    assert len(alerts_in(mailbox)) == 1


def test_an_emergency_that_cannot_be_read_is_told_when_it_is_parked(alerting, mailbox):
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError

    alerting.drop_mail("URGENT: server down")
    alerting.patches.setattr("connector.intake.reading.parse_email", broken)
    alerting.sync()
    alerting.patches.undo()
    assert alerting.requests()[0].state == "parked"
    assert alerts_in(mailbox) == ["EMERGENCY WITHOUT A TICKET: URGENT: server down"]


def test_what_a_rule_parks_wakes_nobody(alerting, mailbox):
    alerting.change_mapping("machine.yaml", "rules:\n", PARKS_ALL_OF_SCANNER)
    path = alerting.drop_mail("URGENT: toner", sender="scanner@harbordental.example")
    path.write_bytes(b"Auto-Submitted: auto-generated\n" + path.read_bytes())
    alerting.sync()
    assert alerting.requests()[0].state == "parked"
    assert alerts_in(mailbox) == []


def test_an_emergency_in_an_answer_is_told_while_bms_is_down(alerting, mailbox, hook):
    alerting.drop_mail("Printer jam", message_id="first-mail")
    number = alerting.sync().requests[0].ticket_number
    answer = alerting.drop_mail(f"URGENT: #{number}# now it burns", name="answer.eml")
    alerting.sync("intake", base_url=NOWHERE)
    assert [body["event"] for body in hook.taken] == ["emergency"]
    assert answer.exists()
    alerting.sync()
    assert [body["event"] for body in hook.taken] == ["emergency", "ticket"]
    assert len(alerting.sandbox.tickets) == 1


def test_an_answer_to_an_emergency_is_no_other_one(alerting, hook):
    alerting.drop_mail("URGENT: server down", message_id="first-mail")
    number = alerting.sync().requests[0].ticket_number
    alerting.drop_mail(f"RE: #{number}# URGENT: server down", name="answer.eml")
    alerting.sync("intake", base_url=NOWHERE)
    alerting.sync()
    assert [body["event"] for body in hook.taken] == ["emergency", "ticket"]


def test_an_emergency_in_an_answer_on_an_unknown_ticket_is_told_when_bms_cannot_be_asked(
    alerting, hook
):
    alerting.drop_mail("URGENT: #T20261101.0001# now it burns")
    alerting.sync("intake", base_url=NOWHERE)
    assert hook.taken == []
    alerting.sync(base_url=NOWHERE)
    assert [body["event"] for body in hook.taken] == ["emergency"]


def test_a_dry_run_tells_that_of_a_denied_sender_only_the_desk_hears(alerting):
    alerting.source_options = ", receiver: mx.securenetmsp.example"
    path = alerting.drop_mail("URGENT: server down")
    denied = b"Authentication-Results: mx.securenetmsp.example; dmarc=fail\n"
    path.write_bytes(denied + path.read_bytes())
    report = alerting.sync(dry_run=True)
    assert [letter["to"] for letter in report.planned_letters] == [DESK]
    alerting.sync()
    with alerting.ledger() as ledger:
        [key] = [record.key for record in alerting.requests()]
        assert {post.letter.channel for post in ledger.posts_of(key)} == {DESK}


def test_an_alert_that_comes_back_is_no_emergency(alerting, mailbox, hook):
    # `mail.from` is not among own_addresses here, and somebody forwards the desk's mail to us.
    alerting.more = alerting.more.replace("<helpdesk@", "<alerts@")
    alerting.drop_mail("URGENT: server down")
    alerting.sync("intake")
    alerting.drop("back.eml", mailbox.mails[0].as_bytes())
    report = alerting.sync()
    assert report.counts["ignored"] == 1
    assert len(alerting.sandbox.tickets) == 1
    assert [body["event"] for body in hook.taken] == ["emergency", "ticket"]


@pytest.mark.parametrize(("hours", "alerts"), [(23, 1), (25, 2)])
def test_what_is_taken_in_together_is_told_as_if_one_by_one(alerting, hook, hours, alerts):
    """A form without an id has the identity of its content, which holds for 24 hours."""
    wish = {"email": "luis@palmettolegal.example", "subject": "URGENT: server down"}
    alerting.drop("first.json", wish, at=alerting.now - timedelta(hours=hours))
    alerting.drop("second.json", wish, at=alerting.now)
    alerting.sync("intake")
    assert [body["event"] for body in hook.taken] == ["emergency"] * alerts
