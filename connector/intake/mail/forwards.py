"""Whether a mail forwards another one, and whose (DESIGN section 6, "Replies").

Only what mail programs write counts, never prose: a prefix of the subject, a separator line, a
block of header lines, an attached message. The outermost forwarded mail decides, since within it
anybody can have written anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.domain.mail import Mailbox
from connector.domain.request import Attachment
from connector.intake.mail.addresses import parse_mailbox
from connector.intake.mail.headers import read_header
from connector.intake.mail.subject_line import bare_subject, is_forward_subject, is_reply_subject
from connector.quotations import (
    FROM,
    SUBJECT,
    HeaderBlock,
    attribution_length,
    header_block,
    is_forward_separator,
    is_original_separator,
)

MAX_READ = 100_000
"""Characters of a text in which the outermost header block is looked for."""

_MESSAGE = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Forward:
    """Whether a mail is a forward, and whose mail it forwards if that can be told."""

    is_forward: bool
    sender: Mailbox | None = None


NO_FORWARD = Forward(is_forward=False)


@dataclass(frozen=True, slots=True)
class _Inner:
    """What the outermost quoted mail says of itself."""

    sender: Mailbox | None
    subject: str | None


def read_forward(
    subject: str, text: str, attachments: Sequence[Attachment], *, answers: bool
) -> Forward:
    """Return what a mail forwards; `text` is what the sender wrote in the mail itself.

    `answers` says that it has In-Reply-To or References, which forwards have too. Without a
    separator of a forward and without a prefix, a quoted mail makes it a forward only when
    both have one subject: people paste mails, and attach them, into requests of their own.
    """
    block, says_forward = _outermost(text[:MAX_READ].split("\n"))
    attached = _attached(attachments)
    if is_forward_subject(subject) or says_forward:
        inner = block or (None if says_forward else attached)
        return Forward(is_forward=True, sender=inner.sender if inner else None)
    if answers or is_reply_subject(subject):
        return NO_FORWARD
    inner = block or attached
    if inner and _is_same(inner.subject, subject):
        return Forward(is_forward=True, sender=inner.sender)
    return NO_FORWARD


def _outermost(lines: Sequence[str]) -> tuple[_Inner | None, bool]:
    """Return the first header block, and whether a separator of a forward stands above it.

    A quotation that begins otherwise ("On Monday … wrote:") is no forward, and what stands
    below it is not the outermost.
    """
    says_forward = False
    for index, line in enumerate(lines):
        if is_forward_separator(line):
            says_forward = True
        elif block := header_block(lines, index):
            return _inner(block), says_forward
        elif not says_forward and attribution_length(lines, index):
            return None, False
        elif is_original_separator(line) and says_forward:
            return None, True
    return None, says_forward


def _inner(block: HeaderBlock) -> _Inner:
    return _Inner(parse_mailbox(block.fields.get(FROM, "")), block.fields.get(SUBJECT))


def _attached(attachments: Sequence[Attachment]) -> _Inner | None:
    for attachment in attachments:
        if attachment.content_type == _MESSAGE:
            content = attachment.content
            header, _ = read_header(content, 0, len(content))
            return _Inner(parse_mailbox(header.value("from")), header.text("subject"))
    return None


def _is_same(inner: str | None, outer: str) -> bool:
    if inner is None:
        return False
    return not outer.strip() or bare_subject(inner) == bare_subject(outer)
