"""Who wrote a mail: a person or a machine (DESIGN section 6, "Machine mail").

Headers decide, and the kinds of the parts; words of the subject are weak evidence that only
tells an automatic reply from other mail that some header already gives away as a machine's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from connector.domain.mail import Mailbox, Origin
from connector.domain.request import Attachment
from connector.intake.mail.headers import Header
from connector.intake.mail.machine_headers import LIST_HEADERS, signs_in
from connector.intake.mail.machine_subjects import is_auto_reply_subject, is_bounce_subject
from connector.intake.remarks import shown

_DELIVERY_PARTS = {"message/delivery-status", "message/global-delivery-status"}
_RECEIPT_PARTS = {"message/disposition-notification"}
_FEEDBACK_PARTS = {"message/feedback-report"}
_RETURNED_PARTS = {"message/rfc822", "text/rfc822-headers", "message/global-headers"}

_DAEMONS = {"mailer-daemon", "mail-daemon", "mailerdaemon", "mail.delivery.system"}
_MACHINES = {"no-reply", "noreply", "no_reply", "donotreply", "do-not-reply", "do_not_reply"}
_SUPPRESSED = re.compile(r"\b(?:all|oof|autoreply)\b", re.IGNORECASE)
_NULL_PATH = re.compile(r"\s*<\s*>")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a mail, the sentences that show it, and whether it may be acknowledged."""

    origin: Origin
    evidence: tuple[str, ...]
    wants_no_answer: bool


def read_origin(
    header: Header,
    sender: Mailbox | None,
    subject: str,
    attachments: Sequence[Attachment],
    *,
    of_own_list: bool,
) -> Writer:
    """Return who wrote a mail. `of_own_list` says that it came through a list of our own."""
    signs = [
        *_report_signs(header, sender, attachments),
        *_address_signs(header, sender, subject, attachments),
        *signs_in(header, of_own_list=of_own_list),
    ]
    suppressed = _suppression(header)
    if suppressed and not signs and is_auto_reply_subject(subject):
        # Two weak signs that only Exchange's own replies show together.
        signs.append((Origin.AUTO_REPLY, suppressed))
    origin = _strongest([sign for sign, _ in signs], subject)
    evidence = [said for _, said in signs]
    if suppressed and suppressed not in evidence:
        evidence.append(suppressed)
    return Writer(origin, tuple(dict.fromkeys(evidence)), bool(signs or suppressed))


def list_ids(header: Header) -> tuple[str, ...]:
    """Return the identifiers of the lists a mail came through (RFC 2919), in lower case."""
    found = []
    for value in header.values("list-id")[:10]:
        bracketed = re.search(r"<([^<>]{1,250})>", value)
        identifier = bracketed[1] if bracketed else value
        found.append("".join(identifier.split()).lower()[:250])
    return tuple(dict.fromkeys(filter(None, found)))


def is_through(header: Header, lists: frozenset[str]) -> bool:
    """Whether a mail came through one of `lists`, named by List-Id or by address."""
    if not lists:
        return False
    names = {name.replace("@", ".") for name in lists}
    if any(one.replace("@", ".") in names for one in list_ids(header)):
        return True
    said = " ".join(header.value(name).lower() for name in LIST_HEADERS if name != "list-id")
    words = set(re.split(r"[\s<>:,;?]+", said))
    return bool(words & lists)


def _strongest(origins: Sequence[Origin], subject: str) -> Origin:
    for origin in (Origin.BOUNCE, Origin.AUTO_REPLY):
        if origin in origins:
            return origin
    if not origins:
        return Origin.PERSON
    # Exchange says auto-generated of its automatic replies, too.
    return Origin.AUTO_REPLY if is_auto_reply_subject(subject) else Origin.AUTOMATIC


def _report_signs(
    header: Header, sender: Mailbox | None, attachments: Sequence[Attachment]
) -> list[tuple[Origin, str]]:
    """Read multipart/report (RFC 6522): of delivery, of reading (RFC 8098), of abuse (RFC 5965).

    Its parts alone prove nothing: a person who asks about a report attaches them.
    """
    is_report = header.content_type() == "multipart/report"
    by_server = _is_null_path(header) or _local_part(header, sender) in (*_DAEMONS, "postmaster")
    kinds = {one.content_type for one in attachments} if is_report or by_server else set()
    kind = header.parameter("content-type", "report-type").lower() if is_report else ""
    if kind == "delivery-status" or kinds & _DELIVERY_PARTS:
        return [(Origin.BOUNCE, "it is a report on the delivery of a mail (RFC 3464)")]
    if kind == "disposition-notification" or kinds & _RECEIPT_PARTS:
        return [(Origin.AUTO_REPLY, "it is a receipt for a mail (RFC 8098)")]
    if kind == "feedback-report" or kinds & _FEEDBACK_PARTS:
        return [(Origin.AUTOMATIC, "it is a report on abuse (RFC 5965)")]
    if is_report:
        return [(Origin.BOUNCE, "it is a multipart/report")]
    return []


def _address_signs(
    header: Header, sender: Mailbox | None, subject: str, attachments: Sequence[Attachment]
) -> list[tuple[Origin, str]]:
    local = _local_part(header, sender)
    is_null = _is_null_path(header)
    said = f"Return-Path: {shown(header.value('return-path'))}"
    if local in _DAEMONS or _NULL_PATH.search(header.value("from")):
        return [(Origin.BOUNCE, f"From: {shown(header.value('from'))}")]
    if is_null and (is_bounce_subject(subject) or _returns_mail(attachments, local)):
        return [(Origin.BOUNCE, f"{said}, with a mail that came back")]
    if local == "postmaster" and is_bounce_subject(subject):
        return [(Origin.BOUNCE, "From: postmaster, with the subject of a report")]
    signs = [(Origin.AUTOMATIC, f"{said}: nobody would get an answer")] if is_null else []
    if local in _MACHINES:
        signs.append((Origin.AUTOMATIC, f"From: {shown(header.value('from'))}"))
    return signs


def _is_null_path(header: Header) -> bool:
    """Whether nobody wants to hear of a failure (RFC 5321 section 4.5.5)."""
    path = header.value("return-path")
    return bool(_NULL_PATH.match(path)) or "mailer-daemon" in path.lower()


def _local_part(header: Header, sender: Mailbox | None) -> str:
    """Return what stands before the @ of From, or a From without address: "MAILER-DAEMON"."""
    if sender:
        return sender.address.partition("@")[0]
    written = re.split(r"[<>]", header.value("from")[:500])
    parts = [part.strip(' "').lower() for part in written]
    return next((part for part in parts if part in _DAEMONS), "")


def _returns_mail(attachments: Sequence[Attachment], local: str) -> bool:
    return local == "postmaster" or any(one.content_type in _RETURNED_PARTS for one in attachments)


def _suppression(header: Header) -> str | None:
    """Return X-Auto-Response-Suppress if it asks for no automatic replies (MS-OXCMAIL).

    `DR`, `NDR`, `RN` and `NRN` are about receipts, which nobody here sends.
    """
    value = header.value("x-auto-response-suppress")
    return f"x-auto-response-suppress: {shown(value)}" if _SUPPRESSED.search(value) else None
