"""The ticket's text, title and internal note (DESIGN section 6, "The ticket's text").

Clients read the text: it holds what the requester said and nothing internal.
"""

import html
import unicodedata
from collections.abc import Iterable, Sequence

from connector.domain.request import Detail, Details, Request
from connector.mapping.phones import normalise_phone

MAX_REQUEST_CHARACTERS = 60_000
"""Characters of the request in a ticket. The contract states no limit for `Details`."""
MAX_TITLE_CHARACTERS = 250
"""The contract states no limit for `Title`; 255 is the usual width of such a column."""

MAX_MACHINE_CHARACTERS = 5_000
"""Characters of an automatic reply or a bounce in a note: the reports quote whole mails."""

CUT = "The request is longer than this; all of it is in the attached original."
BREAK = "<br>\n"

DETAIL_NAMES = {
    "affected_user": "Affected user",
    "mobile": "Mobile",
    "started": "Started",
    "remote_ok": "Remote connection possible",
    "first_time": "First time",
    "desired_resolution": "Desired resolution",
}
YES_AND_NO = frozenset({"true", "false", "si", "sí", "1", "0"})
"""Words that say no more than the "yes" or "no" that was made of them."""
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidirectional controls, with which a text can show something else than it says."""


def render_ticket_text(
    request: Request,
    details: Details,
    *,
    reference: str,
    head: bool,
    not_stored: Sequence[str] = (),
) -> str:
    """Return the text of a new ticket as HTML.

    `head`: put the requester's name and address first, since no contact stands for them.
    `not_stored`: names of attachments that BMS cannot take. The last line is `Ref: reference`,
    by which an uncertain creation is found again.
    """
    sender = [f"From: {request.sender or 'unknown sender'}"] if head else []
    forwarded = [f"Forwarded by: {request.forwarded_by}"] if request.forwarded_by else []
    blocks = [[*sender, *forwarded, *_whole_subject(request.subject), *_block(request, details)]]
    blocks.append(_body(request.text, request))
    if is_cut(request.text):
        blocks.append([CUT])
    if not_stored:
        blocks.append([f"Attachments not stored in BMS: {', '.join(map(one_line, not_stored))}"])
    blocks.append([f"Ref: {reference}"])
    filled = (BREAK.join(map(html.escape, block)) for block in blocks if block)
    return f"{BREAK}{BREAK}".join(filled)


def render_answer(
    request: Request,
    details: Details,
    *,
    first: str = "",
    subject: str | None = None,
    not_stored: Sequence[str] = (),
) -> str:
    """Return the note of an answer on a ticket as plain text, without its reference.

    The text of `request` is what its sender wrote now; `first` is a line that stands before it,
    `subject` that of the answer where it says something of its own.
    """
    head = [f"From: {request.sender or 'unknown sender'}"]
    if subject:
        head.append(f"Subject: {one_line(subject)}")
    blocks = [[first] if first else [], [*head, *_block(request, details)]]
    blocks.append(_body(request.text, request))
    if is_cut(request.text):
        blocks.append([CUT])
    if not_stored:
        blocks.append([f"Attachments not stored in BMS: {', '.join(map(one_line, not_stored))}"])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def render_machine_note(what: str, request: Request, text: str) -> str:
    """Return the internal note that a mail of a machine becomes, as plain text."""
    head = [f"{what}. From: {request.sender or 'unknown sender'}"]
    head.append(f"Subject: {one_line(request.subject)}")
    blocks = [head, _body(text[:MAX_MACHINE_CHARACTERS], request)]
    if len(text) > MAX_MACHINE_CHARACTERS:
        blocks.append(["It is longer than this; all of it is in the ledger."])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def is_cut(text: str) -> bool:
    """Whether a ticket holds only the beginning of `text`: attach the original then."""
    return len(text) > MAX_REQUEST_CHARACTERS


def render_title(subject: str, fallback: str) -> str:
    """Return the title of a ticket: the subject on one line, or `fallback` without one."""
    title = one_line(subject) or one_line(fallback)
    if len(title) <= MAX_TITLE_CHARACTERS:
        return title
    return f"{title[: MAX_TITLE_CHARACTERS - 1].rstrip()}…"


def render_internal_note(lines: Iterable[str]) -> str | None:
    """Return the internal note, plain text; None when there is nothing to say."""
    distinct = dict.fromkeys(line for line in map(one_line, lines) if line)
    return "\n".join(distinct) or None


def one_line(text: str) -> str:
    """Return `text` without control characters, every white space one space."""
    return " ".join(clean(text[: 4 * MAX_REQUEST_CHARACTERS]).split())


def clean(text: str) -> str:
    """Return `text` without control characters but line ends and tabs, fit for UTF-8."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_safe(char) for char in lines)


def _safe(char: str) -> str:
    if char in "\n\t" or char.isprintable():
        return char
    category = unicodedata.category(char)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "" if category == "Cc" or char in REORDERING else char


def _body(text: str, request: Request) -> list[str]:
    """Return the lines of a text, or what came in place of one."""
    body = clean(text[:MAX_REQUEST_CHARACTERS]).strip("\n")
    if body.strip():
        return body.split("\n")
    if not request.attachments:
        return ["(There is no text.)"]
    names = ", ".join(one_line(attachment.name) for attachment in request.attachments)
    return [f"(There is no text. Attached: {names})"]


def _whole_subject(subject: str) -> list[str]:
    """Return the subject in full where the title has only its beginning."""
    line = one_line(subject)
    return [f"Subject: {line}"] if len(line) > MAX_TITLE_CHARACTERS else []


def _block(request: Request, details: Details) -> list[str]:
    lines = [(name, _shown(getattr(details, field))) for field, name in DETAIL_NAMES.items()]
    if request.form is not None:
        phone = request.form.phone
        shown = _shown(Detail(phone, normalise_phone(phone))) if phone else None
        lines += [("Company", request.form.company), ("Phone", shown)]
    return [f"{name}: {one_line(value)}" for name, value in lines if value and one_line(value)]


def _shown(detail: Detail | None) -> str | None:
    """Return the requester's words, and what we made of them where that says more."""
    if detail is None or detail.value is None:
        return detail.words if detail else None
    words, value = _bare(detail.words), _bare(detail.value)
    if words in value or words in YES_AND_NO:
        return detail.value
    return f"{detail.words} ({detail.value})"


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
