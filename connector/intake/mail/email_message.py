"""From the raw bytes of an e-mail (RFC 5322) to a request."""

from datetime import datetime

from connector.domain.mail import Mailbox, OwnAddresses
from connector.domain.request import Request, RequestKind
from connector.intake.limits import MAX_SUBJECT_CHARS
from connector.intake.mail.addresses import count_mailboxes, parse_mailbox
from connector.intake.mail.email_body import EmailBody
from connector.intake.mail.headers import Header, has_known_field
from connector.intake.mail.mail_facts import read_mail_facts
from connector.intake.mail.message_id import normalised_message_id
from connector.intake.mail.mime_parts import Part
from connector.intake.mail.raw_message import straightened
from connector.intake.mail.senders import read_sender
from connector.intake.remarks import Remarks, shown
from connector.intake.unreadable import Unreadable

NOBODY = OwnAddresses()


def parse_email(
    raw: bytes,
    *,
    source: str,
    received_at: datetime,
    receiver: str | None = None,
    own: OwnAddresses = NOBODY,
) -> Request:
    """Read an e-mail, however broken; what had to be repaired is in the request's remarks.

    `receiver` is the host of the source whose Authentication-Results are trusted (its
    authserv-id, or `exchange-online`); `own` are our addresses and lists. Raises `Unreadable`,
    and nothing else, for an empty file and for bytes that have no header.
    """
    message = straightened(raw)
    if not message.strip():
        raise Unreadable(
            "The message is empty", "Ask whoever put it there for the original, then ignore it"
        )
    root = Part.read(message, 0, len(message))
    if not has_known_field(root.header):
        raise Unreadable(
            "This is no e-mail: it has no header such as From, Date or Subject",
            "Look at the raw file and ignore it, or put the real message into the source",
        )
    remarks = Remarks()
    author = _sender(root.header, remarks)
    sender = read_sender(root.header, author, own)
    if sender.via:
        remarks.add(f"From is our own {sender.via.address}; the mail is of {sender.mailbox}")
    subject = _subject(root.header, remarks)
    body = EmailBody(root, remarks)
    return Request(
        kind=RequestKind.EMAIL,
        source=source,
        received_at=received_at,
        sender=sender.mailbox,
        subject=subject,
        text=body.text,
        attachments=body.attachments,
        message_id=normalised_message_id(root.header.value("message-id")),
        remarks=remarks.all(),
        mail=read_mail_facts(root.header, sender, subject, body, receiver, own),
    )


def _sender(header: Header, remarks: Remarks) -> Mailbox | None:
    """Return the author (RFC 5322 section 3.6.2): the first address in From."""
    values = header.values("from")
    if not values:
        remarks.add("The message has no From header, so nobody knows who sent it")
        return None
    if len(values) > 1:
        remarks.add(f"The message has {len(values)} From headers; the first one was used")
    sender = parse_mailbox(values[0])
    if sender is None:
        remarks.add(f"The From header has no address: '{shown(values[0])}'")
    elif count_mailboxes(values[0]) > 1:
        remarks.add(f"The From header names several addresses; {sender.address} was used")
    return sender


def _subject(header: Header, remarks: Remarks) -> str:
    if header.is_cut:
        remarks.add("The header of the message is too long; its end was left out")
    subject = header.text("subject")
    if len(subject) > MAX_SUBJECT_CHARS:
        remarks.add(f"The subject was cut after {MAX_SUBJECT_CHARS:,} characters")
    return subject[:MAX_SUBJECT_CHARS]
