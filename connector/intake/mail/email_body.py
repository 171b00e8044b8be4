"""Which parts of a mail are its text and which are attachments."""

import re
from collections.abc import Iterable
from enum import Enum

from connector.domain.request import Attachment
from connector.intake.limits import (
    MAX_CALENDAR_CHARS,
    MAX_DEPTH,
    MAX_MESSAGE_DEPTH,
    MAX_PARTS,
    MAX_TEXT_CHARS,
)
from connector.intake.mail import calendars, smime, tnef
from connector.intake.mail.allowance import Allowance
from connector.intake.mail.attachment_names import attachment_name
from connector.intake.mail.charsets import decode_text
from connector.intake.mail.forwarded_text import forwarded_text
from connector.intake.mail.headers import has_known_field
from connector.intake.mail.mime_parts import Part
from connector.intake.mail.outlook_message import (
    attached_outlook_texts,
    outlook_files,
    outlook_text,
)
from connector.intake.mail.text_blocks import Block, Said, TextPart, best_version
from connector.intake.remarks import Remarks

_MESSAGE_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})
_UNNAMED = frozenset({"application/octet-stream", "application/x-unknown", "text/plain"})
"""Types that say nothing about a file whose name does."""
_ALTERNATIVE, _REPORT, _ENCRYPTED = (
    "multipart/alternative",
    "multipart/report",
    "multipart/encrypted",
)
_FOR_MACHINES = frozenset({"text/x-amp-html", "text/watch-html"})
"""Further versions of the HTML that Gmail and Apple Mail offer beside it."""
_TEXT_FILES = frozenset(
    {"calendar", "css", "csv", "directory", "javascript", "rfc822-headers", "rfc822-header", "rtf",
     "tab-separated-values", "vcard", "x-vcard", "xml"}
)  # fmt: skip
"""Kinds of text/… that are files to be opened also when they have no name."""


class _Container(Enum):
    """Parts that hold a text of their own."""

    SMIME = (smime.CONTENT_TYPES, ".p7m")
    OUTLOOK = (tnef.CONTENT_TYPES, "winmail.dat")
    MESSAGE = (_MESSAGE_TYPES, ".eml")
    CALENDAR = (calendars.CONTENT_TYPES, ".ics")


class EmailBody:
    """Walks over the parts of a message once; text and attachments are there afterwards."""

    def __init__(
        self,
        root: Part,
        remarks: Remarks,
        allowance: Allowance | None = None,
        message_depth: int = 0,
    ) -> None:
        """Read the message `root`; what is repaired or left out goes to `remarks`.

        `message_depth` tells how many messages it is attached within. Of one that is attached,
        only the names of its files are read: it is kept whole itself.
        """
        self._remarks = remarks
        self._allowance = allowance or Allowance()
        self._message_depth = message_depth
        self._attachments: list[Attachment] = []
        self._pictures: dict[str, str] = {}
        self._spare: list[Block] = []
        """Texts to be used only when the message has no other."""
        self.written = ""
        """What the sender wrote in the message itself, with the marks of `quote_marks` in it."""
        self.said = ""
        """What the text says about attachments, attached messages included."""
        self.text = self._joined(self._read(root, depth=0, within=""))
        """The text of the message; empty when it has none."""
        self.attachments = tuple(self._attachments)
        """Everything else, pictures within the text included."""

    def _read(self, part: Part, depth: int, within: str) -> list[Block]:
        """Return the text of a part, and keep what is not text as attachments.

        `within` is the type of the multipart around it.
        """
        self._allowance.take_part()
        if part.is_multipart:
            return self._read_multipart(part, depth)
        if _is_text(part, within):
            return [self._text_part(part)]
        return self._read_container(part, depth, within)

    def _read_container(self, part: Part, depth: int, within: str) -> list[Block]:
        """Read what holds a text of its own; any other part is a file and nothing else."""
        match _container(part):
            case _Container.SMIME:
                return self._read_smime(part, depth)
            case _Container.OUTLOOK:
                return self._read_outlook(part)
            case _Container.MESSAGE:
                return self._read_message(part, within)
            case _Container.CALENDAR:
                return self._read_calendar(part)
        self._attach(part)
        return []

    def _read_multipart(self, part: Part, depth: int) -> list[Block]:
        if depth >= MAX_DEPTH:
            self._remarks.add(f"Parts nested more than {MAX_DEPTH} deep were attached unread")
            self._keep("nested-parts.txt", "text/plain", part.body)
            return []
        if part.content_type == _ENCRYPTED:
            self._remarks.add(
                "The message is encrypted and could not be read; ask the sender for a readable one"
            )
        kind = part.content_type
        versions = []
        for child in part.unwrapped(self._remarks).children():
            if not self._allowance.has_parts:
                self._remarks.add(f"Only the first {MAX_PARTS:,} parts of the message were read")
                break
            if kind != _ALTERNATIVE or child.content_type not in _FOR_MACHINES:
                versions.append(self._read(child, depth + 1, kind))
        if not versions and part.is_hollow:
            return []
        if not versions:
            self._remarks.add("The message says it has several parts, but nothing separates them")
            return [self._text_part(part)]
        if kind == _ALTERNATIVE:
            return best_version(versions)
        return [block for version in versions for block in version]

    def _read_smime(self, part: Part, depth: int) -> list[Block]:
        """Read what was signed; encrypted content is only attached (RFC 8551 section 3.3)."""
        signed = smime.signed_content(part.content(self._remarks)) if depth < MAX_DEPTH else None
        if signed is not None:
            return self._read(Part.read(signed, 0, len(signed)), depth + 1, "")
        self._attach(part)
        if part.header.parameter("content-type", "smime-type").lower() != "certs-only":
            self._remarks.add(
                "The message is encrypted and could not be read; ask the sender for a readable one"
            )
        return []

    def _read_outlook(self, part: Part) -> list[Block]:
        message = tnef.read_tnef(part.content(self._remarks))
        if message is None or not message.is_whole:
            self._remarks.add(f"{part.file_name} is damaged: not all of it could be read")
            self._attach(part)
        if message is None:
            return []
        self._attachments += outlook_files(message)
        self._spare.append(
            Said(lambda: outlook_text(message, self._remarks, self._allowance), is_written=True)
        )
        inner = attached_outlook_texts(message, self._remarks, self._allowance)
        return [Said(said, is_written=False) for said in inner]

    def _read_message(self, part: Part, within: str) -> list[Block]:
        """Attach a message, and read its text unless it is the mail that a report returns."""
        whole = part.unwrapped(self._remarks)
        inner = Part.read(whole.raw, whole.body_start, whole.end)
        self._keep(_message_name(part, inner), "message/rfc822", None, part)
        if within == _REPORT or self._message_depth >= MAX_MESSAGE_DEPTH:
            return []
        if not has_known_field(inner.header):
            return []
        body = EmailBody(inner, self._remarks, self._allowance, self._message_depth + 1)
        names = [file.name for file in body.attachments]
        return [Said(forwarded_text(inner.header, body.text, names), is_written=False)]

    def _read_calendar(self, part: Part) -> list[Block]:
        content = part.content(self._remarks)[: 4 * MAX_CALENDAR_CHARS]
        charset = part.header.parameter("content-type", "charset") or "utf-8"
        self._attach(part)
        line = calendars.calendar_line(decode_text(content, charset).text)
        return [Said(line, is_written=False)] if line else []

    def _text_part(self, part: Part) -> TextPart:
        return TextPart(part, self._remarks, self._allowance, self._attachments, self._pictures)

    def _attach(self, part: Part) -> None:
        """Keep a part as a file. A text that is not said to be a file may yet be all there is."""
        is_file = part.disposition == "attachment"
        inline = part.disposition == "inline" or bool(part.content_id)
        self._keep(part.file_name, part.content_type, None, part, inline=inline and not is_file)
        if part.content_id:
            self._pictures[part.content_id] = part.file_name
        if part.content_type in ("text/plain", "text/html") and not is_file:
            self._spare.append(self._text_part(part))

    def _keep(
        self,
        name: str,
        content_type: str,
        content: bytes | None,
        part: Part | None = None,
        *,
        inline: bool = False,
    ) -> None:
        if self._message_depth:
            content = b""
        elif content is None:
            content = part.content(self._remarks) if part else b""
        self._attachments.append(Attachment(name, content_type, content, inline=inline))

    def _joined(self, blocks: Iterable[Block]) -> str:
        """Return the text of the blocks, each said once, or of the spare ones."""
        blocks = list(blocks)
        if not any(block.text for block in blocks if block.is_written):
            blocks = [*self._spare[:1], *(block for block in blocks if not block.is_written)]
        text = _distinct(block.text for block in blocks)
        self.written = _distinct(block.marked for block in blocks if block.is_written)
        self.said = _distinct(block.text for block in blocks if not block.is_written)
        if len(text) <= MAX_TEXT_CHARS:
            return text
        self._remarks.add(f"The text was cut after {MAX_TEXT_CHARS:,} characters; all is attached")
        self._keep("whole-text.txt", "text/plain", text.encode("utf-8", "replace"))
        return text[:MAX_TEXT_CHARS]


def _distinct(texts: Iterable[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def _is_text(part: Part, within: str) -> bool:
    """Tell whether a part is meant to be read and not to be opened.

    A named text part is a file, even when it says `inline` (Apple Mail), unless it is all
    there is or one of several versions of the text.
    """
    kind, _, subtype = part.content_type.partition("/")
    if kind != "text" or part.disposition == "attachment" or subtype in _TEXT_FILES:
        return False
    return within in ("", _ALTERNATIVE) or not part.given_name


def _container(part: Part) -> _Container | None:
    """Return what a part holds, told by its type, or by its name where the type says nothing."""
    name = part.given_name.lower() if part.content_type in _UNNAMED else ""
    for container in _Container:
        types, ending = container.value
        if part.content_type in types or name.endswith(ending):
            return container
    return None


def _message_name(part: Part, inner: Part) -> str:
    """Return a file name for an attached message: the one given, or its subject."""
    if part.given_name:
        return part.file_name
    words = re.sub(r"[/\\]", "-", inner.header.text("subject"))[:100]
    return attachment_name(f"{words or 'message'}.eml", "message/rfc822")
