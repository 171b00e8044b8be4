"""What makes two arrivals the same request (DESIGN section 3), read from their bytes cheaply.

An e-mail is its Message-ID together with From and Date. The subject does not count: gateways
put `[EXTERNAL]` into it. Devices that send one Message-ID for ever differ in their Date.
"""

import hashlib
import json
from collections.abc import Iterable
from email.utils import mktime_tz, parsedate_tz

from connector.domain.mail import Mailbox, Origin
from connector.domain.request import Identity
from connector.intake.forms.fields import FormPlaces, parse_payload
from connector.intake.limits import MAX_SUBJECT_CHARS
from connector.intake.mail.addresses import parse_mailbox
from connector.intake.mail.headers import Header, read_header
from connector.intake.mail.message_id import normalised_message_id
from connector.intake.mail.origin import read_origin
from connector.intake.mail.plain_text import clean_line
from connector.intake.mail.raw_message import straightened
from connector.intake.unreadable import Unreadable
from connector.mapping.models import FormFile
from connector.ports import Identified

_TRACE_FIELDS = frozenset(
    {
        # Written on the way, by every host and mailbox anew (RFC 5321 section 4.4, RFC 8601,
        # RFC 8617, RFC 6376), so that one mail in two mailboxes differs only in these.
        "apparently-to",
        "authentication-results",
        "delivered-to",
        "dkim-signature",
        "domainkey-signature",
        "envelope-to",
        "errors-to",
        "lines",
        "message-id",
        "original-recipient",
        "precedence",
        "received",
        "received-spf",
        "return-path",
        "status",
    }
)
_TRACE_PREFIXES = ("arc-", "list-", "resent-", "x-")


def email_identity(raw: bytes) -> Identified:
    """Read the identity of an e-mail from its header; never raises.

    Without a usable Message-ID the whole message is hashed, its trace headers left out. If it
    has no Date either, nothing tells today's mail of a device from yesterday's with the same
    words, and the identity expires like that of a form without an id.
    """
    message = straightened(raw)
    header, body_start = read_header(message, 0, len(message))
    mailbox = parse_mailbox(header.value("from"))
    sender = mailbox.address if mailbox else ""
    date = _date(header)
    message_id = normalised_message_id(header.value("message-id"))
    if message_id:
        author = sender or header.text("from")
        identity = Identity(_digest("mail-id", (message_id, author, date)))
    else:
        hashed = _content(header, message[body_start:])
        identity = Identity(_digest("mail-hash", hashed), expires=not date)
    return Identified(
        identity,
        header.text("subject")[:MAX_SUBJECT_CHARS],
        sender,
        conversation=_conversation(header),
        by_machine=_is_by_machine(header, mailbox),
    )


def _is_by_machine(header: Header, sender: Mailbox | None) -> bool:
    writer = read_origin(header, sender, header.text("subject"), (), of_own_list=False)
    return writer.origin is not Origin.PERSON


def form_identity(raw: bytes, form: str | None, mapping: FormFile | None) -> Identified:
    """Read the identity of a form submission; never raises, whatever is wrong with it.

    It is the form's name and the submission id, else the hash of the payload, which expires.
    """
    try:
        payload = parse_payload(raw)
    except Unreadable:
        return Identified(_hashed_form(form, raw), "", "")
    places = FormPlaces(payload, mapping)
    subject = places.line("subject")[:MAX_SUBJECT_CHARS]
    sender = places.line("email").lower()
    flagged = bool(places.flag("emergency"))
    if submission_id := places.line("id"):
        digest = _digest("form-id", (form or "", submission_id))
        return Identified(Identity(digest), subject, sender, flagged)
    identity = _hashed_form(form, _canonical(payload, raw))
    return Identified(identity, subject, sender, flagged)


def _conversation(header: Header) -> str | None:
    """Return what all mails of a conversation share (RFC 5322 section 3.6.4).

    That is the Message-ID of its first mail, which References names first; clients that send no
    References name the mail that is answered in In-Reply-To.
    """
    for name in ("references", "in-reply-to", "message-id"):
        if first := normalised_message_id(header.value(name)):
            return _digest("conversation", (first,))
    return None


def _date(header: Header) -> str:
    """Return the Date as seconds since 1970, or as it stands when it is no date."""
    value = header.text("date")
    try:
        parsed = parsedate_tz(value)
        return str(int(mktime_tz(parsed))) if parsed else value
    except (ValueError, IndexError, TypeError, OverflowError):
        return value


def _content(header: Header, body: bytes) -> Iterable[str | bytes]:
    """Return what is hashed: fields in the order of their names, and the body with LF."""
    fields = sorted(
        (name, clean_line(value.decode("latin-1")))
        for name, value in header.fields
        if name not in _TRACE_FIELDS and not name.startswith(_TRACE_PREFIXES)
    )
    yield from (f"{name}: {value}" for name, value in fields)
    yield body.replace(b"\r\n", b"\n").rstrip()


def _canonical(payload: object, raw: bytes) -> bytes:
    """Return the payload in one spelling, whatever the order of its keys."""
    try:
        return json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
    except RecursionError:  # what can just be read is too deep to write
        return raw


def _hashed_form(form: str | None, content: bytes) -> Identity:
    return Identity(_digest("form-hash", (form or "", content)), expires=True)


def _digest(kind: str, parts: Iterable[str | bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return f"{kind}:{digest.hexdigest()}"
