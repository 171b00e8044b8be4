import json

import pytest

from connector.intake.forms.payload import parse_form
from connector.intake.identity import email_identity, form_identity
from connector.mapping.models import FormFile

MAIL = (
    b"Received: from a by b\r\nFrom: Dana <Dana@client.example>\r\nSubject: VPN\r\n"
    b"Date: Fri, 20 Nov 2026 09:12:00 -0500\r\nMessage-ID: <one.1@Client.Example>\r\n\r\nDown.\r\n"
)
NO_ID = MAIL.replace(b"Message-ID: <one.1@Client.Example>\r\n", b"")
MAPPING = FormFile(fields={"id": "entry.id", "email": "contact", "subject": "title"})


def identity(raw: bytes):
    return email_identity(raw).identity


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: VPN", b"Subject: [EXTERNAL] VPN"),
        (b"Received: from a by b", b"Received: from x by y\r\nDelivered-To: other@x.example"),
        (b"<one.1@Client.Example>", b" <one.1@\r\n client.example> "),
        (b"Dana <Dana@client.example>", b"dana@CLIENT.example"),
        (b"20 Nov 2026 09:12:00 -0500", b"20 Nov 2026 14:12:00 +0000"),
        (b"Down.", b"Down.\r\n\r\n-- \r\nfooter of a gateway"),
        (b"\r\n", b"\n"),
    ],
)
def test_what_gateways_change_leaves_the_identity(before, after):
    assert identity(MAIL.replace(before, after)) == identity(MAIL)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<one.1@", b"<one.2@"),
        (b"09:12:00", b"09:12:01"),
        (b"Dana@client", b"sam@client"),
        (b"Fri, 20 Nov 2026 09:12:00 -0500", b"yesterday"),
    ],
)
def test_one_message_id_with_another_date_or_sender_is_another_request(before, after):
    assert identity(MAIL.replace(before, after)) != identity(MAIL)


@pytest.mark.parametrize("message_id", [b"", b"<>", b"<0>", b"<@>", b"  "])
def test_a_message_id_that_says_nothing_is_replaced_by_a_hash(message_id):
    first = MAIL.replace(b"<one.1@Client.Example>", message_id)
    assert identity(first) == identity(NO_ID)
    assert identity(first) != identity(first.replace(b"Down.", b"Up."))


@pytest.mark.parametrize(
    "trace",
    [
        b"Received: x",
        b"Return-Path: <a@b.example>",
        b"Delivered-To: help@x.example",
        b"Authentication-Results: mx; dkim=pass",
        b"ARC-Seal: i=1",
        b"DKIM-Signature: v=1",
        b"X-Spam-Score: 3",
    ],
)
def test_trace_headers_do_not_count_in_a_hash(trace):
    assert identity(trace + b"\r\n" + NO_ID) == identity(NO_ID)


@pytest.mark.parametrize(("before", "after"), [(b"VPN", b"LAN"), (b"Down", b"Up")])
def test_words_count_in_a_hash(before, after):
    assert identity(NO_ID.replace(before, after)) != identity(NO_ID)


def test_a_hash_without_a_date_expires_since_a_device_says_the_same_every_day():
    dateless = NO_ID.replace(b"Date: Fri, 20 Nov 2026 09:12:00 -0500\r\n", b"")
    assert (identity(MAIL).expires, identity(NO_ID).expires) == (False, False)
    assert identity(dateless).expires


def test_subject_and_sender_come_with_the_identity():
    found = email_identity(MAIL)
    assert (found.subject, found.sender) == ("VPN", "dana@client.example")


def form(payload: object, name: str = "members", mapping: FormFile = MAPPING):
    return form_identity(json.dumps(payload).encode(), name, mapping)


def test_a_form_is_its_name_and_submission_id_whatever_else_it_says():
    first = form({"entry": {"id": 17}, "contact": "a@client.example", "title": "x"})
    again = form({"entry": {"id": "17"}, "contact": "b@client.example"})
    assert first.identity == again.identity
    assert not first.identity.expires
    assert (first.subject, first.sender) == ("x", "a@client.example")
    assert first.identity != form({"entry": {"id": 18}}).identity
    assert first.identity != form({"entry": {"id": 17}}, name="visitors").identity


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_form_without_an_id_is_its_payload_for_a_while(blank):
    first = form({"contact": "a@client.example", "title": "x", "entry": {"id": blank}})
    again = form({"entry": {"id": blank}, "title": "x", "contact": "a@client.example"})
    assert first.identity == again.identity
    assert first.identity.expires
    assert first.identity != form({"contact": "a@client.example", "title": "y"}).identity


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_form_that_cannot_be_read_still_has_an_identity(raw):
    assert form_identity(raw, "members", MAPPING).identity.expires
    assert form_identity(raw, None, None).identity.value


def test_a_payload_nested_almost_too_deeply_has_an_identity():
    for depth in range(200, 1200, 10):
        raw = b'{"contact": "a@client.example", "title": ' + b"[" * depth + b"]" * depth + b"}"
        assert form_identity(raw, "members", MAPPING).identity.value


def test_the_identity_reads_the_same_id_and_sender_as_the_parser(received):
    payload = {"entry": {"id": " 17 "}, "contact": "A@client.example", "title": " x "}
    raw = json.dumps(payload).encode()
    found = form_identity(raw, "members", MAPPING)
    request = parse_form(raw, form="members", mapping=MAPPING, source="s", received_at=received)
    assert (found.sender, found.subject) == (request.sender.address, request.subject)


def conversation(*fields: bytes) -> str | None:
    return email_identity(
        b"\r\n".join((b"From: Dana <dana@client.example>", *fields)) + b"\r\n\r\n."
    ).conversation


FIRST = conversation(b"Message-ID: <one.1@client.example>")


@pytest.mark.parametrize(
    "fields",
    [
        (b"References: <one.1@client.example>", b"Message-ID: <two.22@client.example>"),
        (
            b"References: <one.1@client.example>\r\n <two.22@client.example>",
            b"In-Reply-To: <two.22@client.example>",
            b"Message-ID: <three.3@client.example>",
        ),
        (b"In-Reply-To: <one.1@client.example>", b"Message-ID: <two.22@client.example>"),
        (b"In-Reply-To: <one.1@ CLIENT.example>",),
        (b"References: <>", b"In-Reply-To: <one.1@client.example>"),
    ],
)
def test_answers_belong_to_the_conversation_of_its_first_mail(fields):
    assert FIRST is not None
    assert conversation(*fields) == FIRST


@pytest.mark.parametrize("fields", [(), (b"Message-ID: <>",), (b"References: ",)])
def test_a_mail_that_names_none_stands_alone(fields):
    assert conversation(*fields) is None


def test_other_mails_are_other_conversations():
    assert conversation(b"Message-ID: <two.22@client.example>") != FIRST


def test_a_form_submission_belongs_to_no_conversation():
    assert form_identity(b'{"entry": {"id": 7}}', "members", MAPPING).conversation is None
