"""Who wrote a mail, as its headers say; whole mails are in tests/fixtures/mail (machine-*)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.mail import Mailbox, Origin, OwnAddresses
from connector.intake.mail.addresses import parse_mailboxes
from connector.intake.mail.email_message import parse_email
from connector.intake.mail.headers import read_header
from connector.intake.mail.senders import read_sender

DANA = "From: Dana <dana@client.example>"


def mail(received, *lines: str, own: OwnAddresses | None = None):
    raw = "\n".join((*lines, "", "Hello.", "")).encode()
    return parse_email(raw, source="drop", received_at=received, own=own or OwnAddresses()).mail


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("Auto-Submitted: auto-replied", Origin.AUTO_REPLY),
        ("Auto-Submitted: Auto-Replied; owner-email=dana@client.example", Origin.AUTO_REPLY),
        ("Auto-Submitted: (a comment) auto-replied", Origin.AUTO_REPLY),
        ("Auto-Submitted: auto-generated", Origin.AUTOMATIC),
        ("Auto-Submitted: auto-notified; owner-token=x", Origin.AUTOMATIC),
        ("Auto-Submitted: no", Origin.PERSON),
        ("Auto-Submitted: (auto-replied) no", Origin.PERSON),
        ("X-Autoreply: no", Origin.PERSON),
        ("Precedence: bulk", Origin.AUTOMATIC),
        ("Precedence: LIST", Origin.AUTOMATIC),
        ("Precedence: first-class", Origin.PERSON),
        ("List-Unsubscribe: <https://vendor.example/u>", Origin.AUTOMATIC),
        ("X-Priority: 1", Origin.PERSON),
        ("X-MS-Exchange-CrossTenant-id: 1", Origin.PERSON),
        ("Return-Path: <dana@client.example>", Origin.PERSON),
        ("Return-Path: <>", Origin.AUTOMATIC),
    ],
)
def test_a_header_says_who_wrote(received, line, origin):
    found = mail(received, DANA, "Subject: Printer", line)
    assert found.origin is origin
    assert found.wants_no_answer is (origin is not Origin.PERSON)
    assert bool(found.evidence) is (origin is not Origin.PERSON)


@pytest.mark.parametrize(
    "subject",
    ["Out of office does not work", "Automatic reply: is it broken?", "Undeliverable: my mails",
     "Mail delivery failed: why?", "Respuesta automática", "Delivery Status Notification"],
)  # fmt: skip
def test_a_subject_alone_makes_no_machine(received, subject):
    found = mail(received, DANA, f"Subject: {subject}")
    assert (found.origin, found.evidence, found.wants_no_answer) == (Origin.PERSON, (), False)


@pytest.mark.parametrize(
    "sender", ["admin@client.example", "reply@client.example", "noreplyteam@client.example",
               "root@client.example", "postmaster@client.example"]
)  # fmt: skip
def test_a_name_that_only_looks_like_a_machine_is_a_person(received, sender):
    assert mail(received, f"From: {sender}", "Subject: Printer").origin is Origin.PERSON


@pytest.mark.parametrize("value", ["All", "OOF", "DR, OOF, AutoReply", "autoreply"])
def test_suppression_alone_only_stops_the_acknowledgement(received, value):
    found = mail(received, DANA, "Subject: Printer", f"X-Auto-Response-Suppress: {value}")
    assert (found.origin, found.wants_no_answer) == (Origin.PERSON, True)


OWN = OwnAddresses(frozenset({"help@desk.example"}), frozenset({"help.desk.example"}))


def sender_of(*lines: str):
    raw = "\n".join((*lines, "", "")).encode()
    header = read_header(raw, 0, len(raw))[0]
    (author,) = parse_mailboxes(header.value("from"))
    return read_sender(header, author, OWN)


def test_the_mail_of_our_own_address_is_of_whoever_answers_should_go_to():
    found = sender_of("From: help@desk.example", "Reply-To: help@desk.example, jo@client.example")
    assert (found.mailbox, found.via) == (
        Mailbox("", "jo@client.example"),
        Mailbox("", "help@desk.example"),
    )
    assert not found.is_our_own


def test_the_original_from_of_a_list_wins_over_reply_to():
    found = sender_of(
        "From: help@desk.example",
        "Reply-To: ben@client.example",
        "X-Original-From: jo@client.example",
    )
    assert found.mailbox == Mailbox("", "jo@client.example")


def test_our_own_mail_is_our_own():
    assert sender_of("From: help@desk.example", "Reply-To: help@desk.example").is_our_own


def test_of_anybody_else_only_from_counts():
    found = sender_of("From: jo@client.example", "X-Original-From: zed@attacker.example")
    assert (found.mailbox, found.via) == (Mailbox("", "jo@client.example"), None)


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
        ('"Marsh, Dana" <d@x.example>; Bo <b@x.example>', ["d@x.example", "b@x.example"]),
        ("Marsh, Dana <d@x.example>, b@x.example", ["d@x.example", "b@x.example"]),
        ("Team: a@x.example, b@x.example;", ["a@x.example", "b@x.example"]),
        ("undisclosed-recipients:;", []),
        ("", []),
    ],
)
def test_all_mailboxes_of_a_header_are_read(value, addresses):
    assert [one.address for one in parse_mailboxes(value)] == addresses


HEADERS = ["From", "To", "Subject", "Return-Path", "Auto-Submitted", "List-Id", "Reply-To",
           "References", "In-Reply-To", "Content-Type", "Authentication-Results"]  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(HEADERS), st.binary(max_size=80)), min_size=1, max_size=12),
    st.binary(max_size=300),
)
@settings(max_examples=200, deadline=None)
def test_the_facts_of_a_mail_are_read_whatever_stands_in_it(lines, body):
    from datetime import UTC, datetime

    header = b"".join(name.encode() + b": " + value + b"\n" for name, value in lines)
    raw = b"From: x\n" + header + b"\n" + body
    now = datetime(2026, 11, 20, tzinfo=UTC)
    request = parse_email(raw, source="drop", received_at=now, receiver="mx", own=OWN)
    assert request.mail is not None
    assert request.mail.verdict_reason
