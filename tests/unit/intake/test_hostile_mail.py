"""Mails made to cost too much: each is read within seconds, and its remarks say what was left."""

import time

import pytest

from connector.intake.email_message import parse_email

HEAD = b"From: dana@client.example\nSubject: Big\nMIME-Version: 1.0\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
SECONDS = 20


def nested(levels: int) -> bytes:
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(levels)
    )
    return HEAD + opening + b"\ndeep\n"


CASES = {
    "many parts": (lambda: MIXED + b"--b\nContent-Type: image/gif\n\nx\n" * 10_000, "1,000 parts"),
    "deep parts": (lambda: nested(3_000) + b"line\n" * 500_000, "more than 30 deep"),
    "long header": (lambda: HEAD + b"X-A: b\n" * 300_000 + b"\ntext", "header of the message"),
    "long field": (lambda: HEAD + b"X-A: " + b"b" * 20_000_000 + b"\n\ntext", "header of the"),
    "long subject": (lambda: b"Subject: " + b"word " * 100_000 + b"\n\ntext", "subject was cut"),
    "empty lines": (lambda: HEAD + b"\n" * 30_000_000, "first 4,000,000 bytes"),
    "look-alikes": (lambda: MIXED + b"--b\n\n" + b"--bx\n" * 3_000_000, "first 4,000,000 bytes"),
    "big HTML": (lambda: HTML + b"<p>word <b>word</b>\n" * 300_000, "first 1,000,000 char"),
    "deep HTML": (lambda: HTML + b"<div>" * 100_000 + b"deep", "layout of the HTML"),
    "open quotes": (lambda: HTML + b"<div>" * 400 + b'<a b="' * 100_000, "layout of the HTML"),
    "wide table": (lambda: HTML + b"<table><tr>" + b"<td>x" * 20_000, None),
    "odd From": (lambda: b"From: " + b"a.'(\"<,=?" * 100_000 + b"\n\ntext", "has no address"),
    "padding": (lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"QQ=" * 3_000_000, None),
    "unknown charset": (lambda: HEAD + b"\n" + b"\x81\x8d\xff\x90 " * 1_000_000, "decoded as"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_mail_is_read_in_bounded_time(case, received):
    make, remark = CASES[case]
    raw = make()
    started = time.process_time()
    request = parse_email(raw, source="drop", received_at=received)
    assert time.process_time() - started < SECONDS
    assert len(request.text) <= 500_000
    assert len(request.attachments) <= 1_000
    if remark:
        assert any(remark in said for said in request.remarks), request.remarks


def test_a_mail_of_30_mb_is_read_whole(received):
    import base64

    content = bytes(range(256)) * 90_000
    raw = (
        MIXED
        + b"--b\n\nSee the dump.\n--b\nContent-Type: application/zip; name=dump.zip\n"
        + b"Content-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(content)
        + b"--b--\n"
    )
    assert len(raw) > 30_000_000
    request = parse_email(raw, source="drop", received_at=received)
    assert request.text == "See the dump."
    assert [(a.name, a.content == content) for a in request.attachments] == [("dump.zip", True)]
    assert request.remarks == ()


def test_a_text_too_long_for_a_ticket_is_attached_whole(received):
    text = b"word " * 200_000
    request = parse_email(HEAD + b"\n" + text, source="drop", received_at=received)
    assert len(request.text) == 500_000
    (whole,) = request.attachments
    assert whole.content == text.rstrip()
    assert "all is attached" in request.remarks[0]


def test_deep_html_keeps_the_text_behind_the_nest(received):
    raw = HTML + b"<div>" * 290 + b"in" + b"</div>" * 290 + b"<p>behind</p>"
    text = parse_email(raw, source="drop", received_at=received).text
    assert "in" in text
    assert "behind" in text
