"""Acknowledgements, from a mail that comes in to the one that goes out."""

from datetime import timedelta

import pytest
from support.desk import Desk, local
from support.submissions import form

from connector.errors import ExitCode
from connector.ports.post import PostState

STRANGER = "Victim <victim@elsewhere.example>"


def posts(desk: Desk) -> list[tuple[PostState, str]]:
    with desk.ledger() as ledger:
        keys = [record.key for record in desk.requests()]
        return [(each.state, each.reason) for key in keys for each in ledger.posts_of(key)]


def story(desk: Desk) -> str:
    return "\n".join(entry.text for record in desk.requests() for entry in desk.journal(record.key))


def test_a_new_ticket_is_acknowledged_once_with_its_number(desk, mailbox):
    desk.drop_mail("Printer jam", "It jams.", message_id="abc-123-def")
    report = desk.sync()
    assert report.exit_code is ExitCode.DONE, report.problems
    desk.sync()
    [mail] = mailbox.mails
    number = report.requests[0].ticket_number
    assert f"#{number}#" in mail["Subject"]
    assert mail["To"] == "marta.ruiz@harbordental.example"
    assert mail["In-Reply-To"] == "<abc-123-def@harbordental.example>"
    assert mail["References"] == "<abc-123-def@harbordental.example>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["From"] == "SecureNet Help Desk <helpdesk@securenetmsp.com>"
    body = mail.get_body(("plain",)).get_content()
    assert "within 2 hours, by Monday 16 November 2026 at 12:00" in body
    assert "a screenshot" in body
    assert "Printer jam" in mail.get_body(("html",)).get_content()


def test_a_form_is_acknowledged_to_its_address(desk, mailbox):
    desk.drop("a.json", form(description="Keys hum", started="today", mobile="305-555-0101"))
    desk.sync()
    [mail] = mailbox.mails
    assert mail["To"] == "luis@palmettolegal.example"
    assert mail["In-Reply-To"] is None
    assert "Mobile:" not in mail.get_body(("plain",)).get_content()


def test_an_emergency_names_the_phone_first_and_asks_nothing(desk, mailbox):
    desk.drop_mail("URGENT server down", "Help")
    desk.sync()
    body = mailbox.mails[0].get_body(("plain",)).get_content()
    assert body.splitlines()[0] == (
        "THIS IS AN EMERGENCY: please also call us now at 305-680-3122."
    )
    assert "within 15 minutes" in body
    assert "sooner by answering" not in body


def test_times_are_told_to_the_minute(desk, mailbox):
    desk.drop_mail("URGENT server down", at=desk.now - timedelta(seconds=1))
    desk.sync()
    body = mailbox.mails[0].get_body(("plain",)).get_content()
    assert "by Monday 16 November 2026 at 10:14." in body


def test_a_desired_date_is_repeated(desk, mailbox):
    desk.drop_mail("Laptop", "Desired resolution: 2026-11-18 12:00")
    desk.sync()
    body = mailbox.mails[0].get_body(("plain",)).get_content()
    assert "You asked for it to be solved by Wednesday 18 November 2026 at 12:00." in body
    assert "Desired resolution:" not in body


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ("Auto-Submitted: auto-generated\n", "a machine sent it"),
        ("X-Auto-Response-Suppress: All\n", "it asks for no automatic answer"),
        ("Precedence: bulk\nList-Id: <news.vendor.example>\n", "a machine sent it"),
    ],
)
def test_machines_are_not_answered(desk, mailbox, headers, why):
    path = desk.drop_mail("Report", "All is well")
    path.write_bytes(headers.encode() + path.read_bytes())
    desk.sync()
    assert mailbox.mails == []
    assert f"no acknowledgement: {why}" in story(desk)


def test_strangers_are_answered_only_when_configured_and_told_nothing_of_theirs(desk, mailbox):
    desk.drop_mail("Buy cheap pills", "Spam", sender=STRANGER, name="a.eml")
    desk.sync()
    assert mailbox.mails == []
    assert "its sender belongs to no client" in story(desk)
    desk.more += "  acknowledge_strangers: true\n"
    desk.drop_mail("Buy cheap pills", "Spam", sender=STRANGER, name="b.eml")
    desk.sync()
    [mail] = mailbox.mails
    assert "pills" not in mail.as_string()
    assert "Victim" not in mail.as_string()


def test_what_came_more_than_a_day_ago_is_not_acknowledged(desk, mailbox):
    desk.drop_mail(at=desk.now - timedelta(hours=25))
    desk.sync()
    assert mailbox.mails == []
    assert "received more than 24 hours ago" in story(desk)


def test_one_address_gets_at_most_five_an_hour_and_ten_a_day(desk, mailbox):
    for hour in range(3):
        for number in range(7):
            desk.drop_mail(f"Printer {hour} {number}", name=f"{hour}-{number}.eml")
        desk.sync()
        assert len(mailbox.mails) == min(10, 5 * (hour + 1))
        desk.pass_by(minutes=61)
    assert "not sent: already 5 an hour to this address" in story(desk)


def test_while_the_mail_server_is_away_the_acknowledgement_waits(desk, mailbox):
    port = mailbox.port
    desk.more = desk.more.replace(f"port: {port}", "port: 1")
    desk.drop_mail()
    report = desk.sync()
    assert report.exit_code is ExitCode.UNREACHABLE
    assert any("mail server" in problem for problem in report.problems)
    desk.more = desk.more.replace("port: 1,", f"port: {port},")
    desk.pass_by(minutes=2)
    assert desk.sync().exit_code is ExitCode.DONE
    assert len(mailbox.mails) == 1


def test_no_run_ends_well_while_a_refused_channel_is_left_alone(desk, mailbox):
    desk.more = desk.more.replace("security:", "username: me, password: wrong, security:")
    desk.drop_mail()
    for _ in range(3):
        report = desk.sync()
        assert report.exit_code is ExitCode.REFUSED
        assert any("refused to sign us in" in problem for problem in report.problems)
        desk.pass_by(minutes=2)
    assert len(mailbox.logins) == 2  # of one attempt: smtplib tries PLAIN, then LOGIN
    desk.more = desk.more.replace("wrong", "correct horse")
    desk.pass_by(minutes=15)
    assert desk.sync().exit_code is ExitCode.DONE
    assert len(mailbox.mails) == 1


def test_after_a_lost_answer_an_acknowledgement_is_not_sent_again(desk, mailbox):
    mailbox.hangs_up = 1
    desk.drop_mail()
    report = desk.sync()
    desk.pass_by(hours=1)
    desk.sync()
    assert len(mailbox.mails) == 1
    [(state, reason)] = posts(desk)
    assert state is PostState.GIVEN_UP
    assert "unclear" in reason
    assert report.exit_code is ExitCode.PARTLY
    assert any("given up" in problem for problem in report.problems)


def test_a_busy_mail_server_is_asked_again(desk, mailbox):
    mailbox.answers["RCPT"] = ["451 greylisted"]
    desk.drop_mail()
    desk.sync()
    assert mailbox.mails == []
    desk.pass_by(minutes=2)
    desk.sync()
    assert len(mailbox.mails) == 1


def test_an_address_that_the_mail_server_refuses_is_given_up(desk, mailbox):
    mailbox.answers["RCPT"] = ["550 no such user"]
    desk.drop_mail()
    desk.sync()
    [(state, reason)] = posts(desk)
    assert (state, "no such user" in reason) == (PostState.GIVEN_UP, True)


def test_a_source_can_be_left_unanswered(desk, mailbox):
    desk.sources = {"drop": "inbox, acknowledge: false"}
    desk.drop_mail()
    desk.sync()
    assert mailbox.mails == []
    assert "source drop is not acknowledged" in story(desk)


def test_an_answer_to_the_acknowledgement_is_known_by_its_message_id(desk, mailbox):
    desk.drop_mail()
    desk.sync()
    message_id = mailbox.mails[0]["Message-ID"]
    [record] = desk.requests()
    with desk.ledger() as ledger:
        [known] = ledger.tickets_of_messages([message_id.strip("<>")])
    assert known.ticket.id == record.ticket_id


def test_a_number_on_the_contact_is_not_asked_for(desk, mailbox):
    desk.sandbox.tenant.contacts[0].phones = []
    desk.drop_mail("Printer", name="a.eml")
    desk.drop_mail("Printer", name="b.eml", sender="Owen <owen.price@harbordental.example>")
    desk.sync()
    bodies = {mail["To"]: mail.get_body(("plain",)).get_content() for mail in mailbox.mails}
    assert "Mobile:" in bodies["marta.ruiz@harbordental.example"]
    assert "Mobile:" not in bodies["owen.price@harbordental.example"]


def test_the_number_of_the_contact_for_strangers_is_nobodys(desk, mailbox):
    for contact in desk.sandbox.tenant.contacts:
        contact.phones = ["305-555-0900"]
    desk.more += "  acknowledge_strangers: true\n"
    desk.drop_mail(sender=STRANGER)
    desk.sync()
    assert "Mobile:" in mailbox.mails[0].get_body(("plain",)).get_content()


@pytest.mark.parametrize("subject", ["Printer jam", "URGENT: server down"])
def test_no_time_is_promised_that_is_past_already(desk, mailbox, subject):
    desk.drop_mail(subject)
    desk.sync(base_url="http://127.0.0.1:1")
    desk.pass_by(hours=5)
    desk.sync()
    [mail] = mailbox.mails
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()
        assert "as soon as possible" in body
        assert "within" not in body


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("17 02:00", "answer by Tuesday 17 November 2026 at 18:00"),
        ("20 17:30", "answer by Saturday 21 November 2026 at 10:30"),
        ("21 10:00", "answer within 3 hours, by Saturday 21 November 2026 at 13:00"),
    ],
)
def test_a_time_within_which_is_told_only_where_the_guide_tells_one(desk, mailbox, at, words):
    desk.clock.now = local(at)
    desk.drop_mail()
    desk.sync()
    assert words in mailbox.mails[0].get_body(("plain",)).get_content()


def test_a_template_that_fails_costs_the_acknowledgement_and_not_the_ticket(desk, mailbox):
    desk.change_mapping("messages/acknowledgement.txt.j2", "Hello{{", "{{ title.split()[3] }}{{")
    desk.change_mapping("messages/acknowledgement.txt.j2", "Subject: ", "Subject: Ticket ")
    desk.drop_mail("Printer", name="a.eml")
    report = desk.sync()
    assert (report.counts["created"], report.exit_code) == (1, ExitCode.PARTLY)
    [problem] = report.problems
    assert "acknowledgement.txt.j2 cannot be rendered" in problem
    assert mailbox.mails == []


def test_an_autoresponder_that_hides_gets_five_answers_an_hour(desk, mailbox):
    for number in range(8):
        desk.drop_mail(f"Thank you {number}", name=f"{number}.eml")
        desk.sync()
    assert len(mailbox.mails) == 5


def test_without_a_mail_section_nothing_is_sent_or_queued(desk, mailbox):
    desk.more = ""
    desk.drop_mail()
    assert desk.sync().exit_code is ExitCode.DONE
    assert posts(desk) == []
