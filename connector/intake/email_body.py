"""Which parts of a mail are its text and which are attachments."""

import re
from collections.abc import Iterable

from connector.domain import Attachment
from connector.intake.attachment_names import attachment_name
from connector.intake.charsets import decode_text
from connector.intake.headers import read_header
from connector.intake.html_text import html_to_text
from connector.intake.limits import MAX_DEPTH, MAX_PARTS, MAX_TEXT_BYTES, MAX_TEXT_CHARS
from connector.intake.mime_parts import Part
from connector.intake.plain_text import clean_text, unfold_flowed
from connector.intake.remarks import Remarks
from connector.intake.uuencoded import split_uuencoded

_MESSAGE_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})
_META_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})")
_META_REACH = 4_096


class EmailBody:
    """Walks over the parts of a message once; text and attachments are there afterwards."""

    def __init__(self, root: Part, remarks: Remarks) -> None:
        """Read the message `root`; what is repaired or left out goes to `remarks`."""
        self._remarks = remarks
        self._count = 0
        self._attachments: list[Attachment] = []
        texts = [block.text for block in self._read(root, depth=0)]
        self.text = self._joined(texts)
        """The text of the message; empty when it has none."""
        self.attachments = tuple(self._attachments)
        """Everything else, pictures within the text included."""

    def _read(self, part: Part, depth: int) -> "list[_TextBlock]":
        """Return the text of a part, and keep what is not text as attachments."""
        self._count += 1
        if self._count > MAX_PARTS:
            self._remarks.add(f"Only the first {MAX_PARTS:,} parts of the message were read")
            return []
        if part.is_multipart:
            return self._read_multipart(part, depth)
        if _is_text(part, is_root=depth == 0):
            return [_TextBlock(part, self._remarks, self._attachments)]
        self._attachments.append(self._attachment(part))
        return []

    def _read_multipart(self, part: Part, depth: int) -> "list[_TextBlock]":
        if depth >= MAX_DEPTH:
            self._remarks.add(f"Parts nested more than {MAX_DEPTH} deep were attached unread")
            self._attachments.append(Attachment("nested-parts.txt", "text/plain", part.body))
            return []
        versions = []
        for child in part.children():
            versions.append(self._read(child, depth + 1))
            if self._count > MAX_PARTS:
                break
        if not versions:
            return self._unsplit(part)
        if part.content_type == "multipart/alternative":
            return _best(versions)
        return [block for version in versions for block in version]

    def _unsplit(self, part: Part) -> "list[_TextBlock]":
        """Take a multipart whose delimiters are nowhere to be found for plain text."""
        self._remarks.add("The message says it has several parts, but nothing separates them")
        return [_TextBlock(part, self._remarks, self._attachments)]

    def _attachment(self, part: Part) -> Attachment:
        content = part.content(self._remarks)
        inline = part.disposition == "inline" or bool(part.header.value("content-id"))
        if part.content_type in _MESSAGE_TYPES:
            return Attachment(_message_name(part, content), "message/rfc822", content)
        is_inline = inline and part.disposition != "attachment"
        return Attachment(part.file_name, part.content_type, content, inline=is_inline)

    def _joined(self, texts: Iterable[str]) -> str:
        text = "\n\n".join(text for text in texts if text)
        if len(text) <= MAX_TEXT_CHARS:
            return text
        self._remarks.add(f"The text was cut after {MAX_TEXT_CHARS:,} characters; all is attached")
        whole = text.encode("utf-8", "replace")
        self._attachments.append(Attachment("whole-text.txt", "text/plain", whole))
        return text[:MAX_TEXT_CHARS]


class _TextBlock:
    """A part that is text, decoded only if it is chosen."""

    def __init__(self, part: Part, remarks: Remarks, attachments: list[Attachment]) -> None:
        self._part = part
        self._remarks = remarks
        self._attachments = attachments
        self._text: str | None = None

    @property
    def is_plain(self) -> bool:
        return self._part.content_type != "text/html"

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = self._read()
        return self._text

    def _read(self) -> str:
        part = self._part
        content = part.content(self._remarks)
        is_cut = len(content) > MAX_TEXT_BYTES
        if is_cut:
            self._remarks.add(
                f"Only the first {MAX_TEXT_BYTES:,} bytes of a text were read; it is attached whole"
            )
        text, is_whole = self._decoded(content[:MAX_TEXT_BYTES])
        if is_cut or not is_whole:
            name = attachment_name(part.given_name, part.content_type)
            self._attachments.append(Attachment(name, part.content_type, content))
        return text

    def _decoded(self, content: bytes) -> tuple[str, bool]:
        """Return the readable text of a part, and whether that is all there is to it."""
        part = self._part
        charset = part.header.parameter("content-type", "charset") or _meta_charset(part, content)
        decoded = decode_text(content, charset)
        if decoded.remark:
            self._remarks.add(decoded.remark)
        if not self.is_plain:
            html = html_to_text(decoded.text, self._remarks)
            return html.text, html.is_whole
        if part.header.parameter("content-type", "format").lower() == "flowed":
            delsp = part.header.parameter("content-type", "delsp").lower() == "yes"
            return clean_text(unfold_flowed(decoded.text, delsp=delsp)), True
        return self._without_files(clean_text(decoded.text)), True

    def _without_files(self, text: str) -> str:
        text, files = split_uuencoded(text)
        for name, content in files:
            safe_name = attachment_name(name, "application/octet-stream")
            self._attachments.append(Attachment(safe_name, "application/octet-stream", content))
        return clean_text(text) if files else text


def _is_text(part: Part, *, is_root: bool) -> bool:
    """Tell whether a part is meant to be read and not to be opened.

    A named text part is a file, even when it says `inline` (Apple Mail), unless it is all
    there is.
    """
    if part.content_type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    return is_root or not part.given_name


def _best(versions: "list[list[_TextBlock]]") -> "list[_TextBlock]":
    """Choose among the versions of multipart/alternative: plain text unless it is empty."""
    for version in versions:
        if version and version[0].is_plain and any(block.text for block in version):
            return version
    filled = [version for version in versions if version]
    return filled[-1] if filled else []


def _meta_charset(part: Part, content: bytes) -> str | None:
    if part.content_type != "text/html":
        return None
    found = _META_CHARSET.search(content, 0, _META_REACH)
    return found[1].decode("ascii", "replace") if found else None


def _message_name(part: Part, content: bytes) -> str:
    """Return a file name for a forwarded message: the one given, or its subject."""
    if part.given_name:
        return part.file_name
    subject = read_header(content, 0, len(content))[0].text("subject")
    words = re.sub(r"[/\\]", "-", subject)[:100]
    return attachment_name(f"{words or 'message'}.eml", "message/rfc822")
