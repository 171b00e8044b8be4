"""Conversations with the help desk: first mails, answers, and what machines write on them."""

from datetime import datetime
from typing import Any

from support.desk import Desk
from support.submissions import MARTA

from connector.pipeline.report import RequestReport

OWEN = "Owen Price <owen.price@harbordental.example>"
DANA = "Dana Whitfield <dana@palmettolegal.example>"
STRANGER = "Zed Quick <zed@elsewhere.example>"
TECHNICIAN = "Ana Ruiz <ana@securenetmsp.com>"
RECEIVER = "mx.securenetmsp.example"
FIRST = "first@harbordental.example"

LETTER = """\
{more}From: {sender}
To: helpdesk@securenetmsp.com
Subject: {subject}
Date: Mon, 16 Nov 2026 10:05:00 -0500
Message-ID: <{message_id}>
Content-Type: text/plain; charset=utf-8

{text}
"""


def letter(
    subject: str = "Re: Printer jam",
    text: str = "It still jams.",
    *,
    sender: str = MARTA,
    message_id: str = "answer-1@harbordental.example",
    answers: str | None = FIRST,
    verdict: str | None = None,
    **headers: str,
) -> bytes:
    """Return a mail, an answer unless `answers` is None; `verdict` is its result for DMARC."""
    more = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if answers:
        more.append(f"In-Reply-To: <{answers}>")
    if verdict:
        domain = sender.rpartition("@")[2].rstrip(">")
        more.insert(0, f"Authentication-Results: {RECEIVER}; dmarc={verdict} header.from={domain}")
    parts = {"subject": subject, "text": text, "sender": sender, "message_id": message_id}
    head = "".join(f"{line}\n" for line in more)
    return LETTER.format(more=head, **parts).encode()


def with_file(text: str, *, message_id: str = "answer-9@x.example") -> bytes:
    """Return an answer that comes with a file, `scan.pdf`."""
    head, _, _ = letter(message_id=message_id).decode().partition("Content-Type")
    body = (
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}\n"
        f'--b\nContent-Type: application/pdf; name="scan.pdf"\n'
        f'Content-Disposition: attachment; filename="scan.pdf"\n\n%PDF {message_id}\n--b--\n'
    )
    return (head + body).encode()


def open_ticket(
    desk: Desk,
    subject: str = "Printer jam",
    *,
    sender: str = MARTA,
    message_id: str = FIRST,
    **options: Any,
) -> dict[str, Any]:
    """Let a first mail become a ticket; return it as BMS has it."""
    content = letter(subject, sender=sender, message_id=message_id, answers=None, **options)
    desk.drop(f"{message_id}.eml", content)
    report = desk.sync()
    assert report.counts["created"] == 1, report
    return desk.sandbox.tickets[-1]


def arrives(
    desk: Desk, content: bytes, *, name: str = "next.eml", at: datetime | None = None
) -> RequestReport:
    """Let a mail arrive and be worked on; return what became of it."""
    desk.drop(name, content, at=at)
    [request] = desk.sync().requests
    return request


def status_of(desk: Desk, ticket_id: int) -> str:
    """Return the name of a ticket's status."""
    names = {item.id: item.name for item in desk.sandbox.tenant.statuses}
    return names[ticket_of(desk, ticket_id)["StatusId"]]


def ticket_of(desk: Desk, ticket_id: int) -> dict[str, Any]:
    """Return a ticket as BMS has it."""
    [ticket] = [each for each in desk.sandbox.tickets if each["Id"] == ticket_id]
    return ticket


def public_notes(desk: Desk, ticket_id: int) -> list[dict[str, Any]]:
    return [each for each in desk.sandbox.notes(ticket_id) if not each["IsInternal"]]


def internal_notes(desk: Desk, ticket_id: int) -> list[dict[str, Any]]:
    return [each for each in desk.sandbox.notes(ticket_id) if each["IsInternal"]]
