"""Mails made to cost too much, too large to keep as files. Each is made when it is asked for."""

import base64
import zlib
from collections.abc import Callable

from support.tnef_streams import binary, embedded, file, message, named_number, stored_rtf, tnef

HEAD = b"From: dana@client.example\nSubject: Big\nMIME-Version: 1.0\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
WINMAIL = HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\n\n"
MB = 1_000_000


def nested_multiparts(levels: int) -> bytes:
    """Return multiparts within multiparts, none of them closed."""
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(levels)
    )
    return HEAD + opening + b"\ndeep\n"


def nested_messages(levels: int) -> bytes:
    """Return messages within messages, each the only part of the one around it."""
    return HEAD + b"Content-Type: message/rfc822\n\nFrom: a@client.example\n" * levels + b"\ndeep\n"


def nested_base64(levels: int, size: int) -> bytes:
    """Return a message of `size` bytes wrapped in base64 again and again."""
    raw = HEAD + b"\n" + b"x" * size
    for _ in range(levels):
        head = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        raw = HEAD + head + base64.b64encode(raw)
    return raw


def parts(each: bytes, count: int) -> bytes:
    return MIXED + (b"--b\n" + each + b"\n") * count


def with_file(size: int) -> bytes:
    """Return a mail of about `size` bytes with one file in base64."""
    content = zlib.crc32(b"seed").to_bytes(4, "big") * (size * 3 // 4 // 4)
    return (
        MIXED
        + b"--b\n\nSee the dump.\n--b\nContent-Type: application/zip; name=dump.zip\n"
        + b"Content-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(content)
        + b"--b--\n"
    )


def outlook_message_in_itself(levels: int) -> bytes:
    stream = tnef(message())
    for _ in range(levels):
        stream = tnef(file(b"a", b"", embedded(stream)))
    return WINMAIL + stream


def endless_octets(count: int) -> bytes:
    """Return CMS of indefinite length whose octets are many and tiny."""
    ends = bytes.fromhex("3080 0609 2a864886f70d010702 a080 3080 020101 3100 3080")
    body = bytes.fromhex("0609 2a864886f70d010701 a080 2480") + b"\x04\x01x" * count
    head = HEAD + b"Content-Type: application/pkcs7-mime; smime-type=signed-data\n\n"
    return head + ends + body


# What is made, and a part of the remark with which its reading ends early, if it does.
BOMBS: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "10,000 parts": (lambda: parts(b"Content-Type: image/gif\n\nx", 10_000), "1,000 parts"),
    "10,000 texts": (lambda: parts(b"\nx", 10_000), "1,000 parts"),
    "10,000 messages": (
        lambda: parts(b"Content-Type: message/rfc822\n\nFrom: a@b.example\n\nx", 10_000),
        "1,000 parts",
    ),
    "10,000 calendars": (
        lambda: parts(b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nSUMMARY:x", 10_000),
        "1,000 parts",
    ),
    "deep parts": (lambda: nested_multiparts(3_000) + b"line\n" * 500_000, "more than 30 deep"),
    "deep messages": (lambda: nested_messages(10_000), None),
    "deep base64": (lambda: nested_base64(12, MB), None),
    "long header": (lambda: HEAD + b"X-A: b\n" * 300_000 + b"\ntext", "header of the message"),
    "long field": (lambda: HEAD + b"X-A: " + b"b" * 20 * MB + b"\n\ntext", "header of the"),
    "long subject": (lambda: b"Subject: " + b"word " * 100_000 + b"\n\ntext", "subject was cut"),
    "many addresses": (lambda: b"To: " + b"a@b.example, " * 80_000 + HEAD + b"\ntext", None),
    "many encoded words": (
        lambda: b"Subject: " + b"=?utf-8?q?=C3=A9?= " * 50_000 + b"\n" + HEAD + b"\ntext",
        None,
    ),
    "empty lines": (lambda: HEAD + b"\n" * 30 * MB, "first 4,000,000 bytes"),
    "look-alikes": (lambda: MIXED + b"--b\n\n" + b"--bx\n" * 3 * MB, "first 4,000,000 bytes"),
    "big HTML": (lambda: HTML + b"<p>word <b>word</b>\n" * 300_000, "first 1,000,000 char"),
    "50 MB of nested HTML": (lambda: HTML + b"<div>" * 10 * MB + b"deep", "first 4,000,000 bytes"),
    "deep HTML": (lambda: HTML + b"<div>" * 100_000 + b"deep", "layout of the HTML"),
    "many HTML parts": (
        lambda: parts(b"Content-Type: text/html\n\n" + b"<table><tr><td>x" * 10_000, 20),
        "was attached unread",
    ),
    "open quotes": (lambda: HTML + b"<div>" * 400 + b'<a b="' * 100_000, "layout of the HTML"),
    "wide table": (lambda: HTML + b"<table><tr>" + b"<td>x" * 20_000, None),
    "many quotes in HTML": (lambda: HTML + b"<blockquote>x" * 250 + b"<p>y" * 100_000, None),
    "many links": (lambda: HTML + b'<a href="https://a.example">x</a>' * 30_000, None),
    "data pictures": (lambda: HTML + b'<img src="data:image/png;base64,QQ">' * 90_000, "embedded"),
    "odd From": (lambda: b"From: " + b"a.'(\"<,=?" * 100_000 + b"\n\ntext", "has no address"),
    "padding": (lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"QQ=" * 3 * MB, None),
    "soft line ends": (
        lambda: HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=    " * 2 * MB,
        "first 4,000,000 bytes",
    ),
    "unknown charset": (lambda: HEAD + b"\n" + b"\x81\x8d\xff\x90 " * MB, "decoded as"),
    "flowed": (lambda: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"> \n" * MB, None),
    "enriched": (lambda: HEAD + b"Content-Type: text/enriched\n\n" + b"<<<param>" * MB, None),
    "long calendar": (
        lambda: HEAD + b"Content-Type: text/calendar\n\n" + b'BEGIN:VEVENT;A="b\n c' * MB,
        None,
    ),
    "calendar parameters": (
        lambda: HEAD + b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nX" + b';A="b"' * MB,
        None,
    ),
    "Outlook within Outlook": (lambda: outlook_message_in_itself(40), None),
    "Outlook files": (lambda: WINMAIL + tnef(*[file(b"a", b"x")] * 50_000), "is damaged"),
    "Outlook properties": (
        lambda: WINMAIL + tnef(message(*[named_number("x", 1)] * 200_000)),
        None,
    ),
    "rich text braces": (lambda: WINMAIL + rich_text(b"{" * 5 * MB), None),
    "rich text words": (lambda: WINMAIL + rich_text(b"\\u1\\'41\\par\\htmlrtf0 a" * MB), None),
    "tiny octets": (lambda: endless_octets(2 * MB), "could not be read"),
    "open octets": (lambda: endless_octets(0) + b"\x24\x80" * MB, "could not be read"),
}


def rich_text(rtf: bytes) -> bytes:
    return tnef(message(binary(0x1009, stored_rtf(rtf))))
