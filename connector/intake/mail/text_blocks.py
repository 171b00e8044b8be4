"""The pieces that the text of a mail is made of, and the choice between versions of one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from connector.domain.request import Attachment
from connector.intake.mail.allowance import Allowance
from connector.intake.mail.attachment_names import attachment_name
from connector.intake.mail.charsets import Decoded, decode_text
from connector.intake.mail.enriched_text import ENRICHED_TYPES, enriched_to_text
from connector.intake.mail.html_text import html_to_text, words_of_html
from connector.intake.mail.mime_parts import Part
from connector.intake.mail.plain_text import clean_text, unfold_flowed
from connector.intake.mail.quote_marks import MARKS, without_marks
from connector.intake.mail.uuencoded import split_uuencoded
from connector.intake.remarks import Remarks

_META_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})")
_META_REACH = 4_096
_PICTURE = re.compile(r"\[cid:([^\[\]\s]{1,200})\]")
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
_SHORT = 300
"""Characters of a plain version below which it may only point to the HTML beside it."""
_PEEK = 50_000
_MUCH_MORE = 3
_UNREAD = "A further text was attached unread: together the texts of the message are too long"


class Block(Protocol):
    """A piece of the text, and whether the sender wrote it in the mail itself."""

    @property
    def text(self) -> str:
        """The readable text; empty when there is none."""

    @property
    def marked(self) -> str:
        """The text with the marks of `quote_marks` in it."""

    @property
    def is_written(self) -> bool:
        """False for what is said about an attachment: a calendar, a forwarded message."""


class Said:
    """A text that was made already, or is made when it is asked for."""

    def __init__(self, text: str | Callable[[], str], *, is_written: bool) -> None:
        """Take the text, or what makes it."""
        self._text = text
        self.is_written = is_written

    @property
    def text(self) -> str:
        """The text; made once."""
        if not isinstance(self._text, str):
            self._text = self._text()
        return self._text

    @property
    def marked(self) -> str:
        """The same text: nobody marked anything in it."""
        return self.text


class TextPart:
    """A part that is text, decoded only if it is chosen."""

    is_written = True

    def __init__(
        self,
        part: Part,
        remarks: Remarks,
        allowance: Allowance,
        attachments: list[Attachment],
        pictures: Mapping[str, str],
    ) -> None:
        """Take the part, and where to put what cannot be read of it.

        `pictures` are the names of the message's files by their Content-ID.
        """
        self._part = part
        self._remarks = remarks
        self._allowance = allowance
        self._attachments = attachments
        self._pictures = pictures
        self._text: str | None = None
        self._marked = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is no HTML."""
        return self._part.content_type != "text/html"

    @property
    def text(self) -> str:
        """The readable text; read once."""
        if self._text is None:
            self._marked = self._read()
            self._text = without_marks(self._marked)
        return self._with_pictures(self._text)

    @property
    def marked(self) -> str:
        """The readable text with the marks of `quote_marks` in it."""
        return self._with_pictures(self._marked) if self.text else ""

    def words(self) -> str:
        """Return the beginning of the text without layout, remarks or a charge to the allowance."""
        content = self._part.content(Remarks())[:_PEEK]
        text = self._decoded(content).text
        return clean_text(text if self.is_plain else words_of_html(text))

    def _read(self) -> str:
        part = self._part
        content = part.content(self._remarks)
        room = self._allowance.take_text(len(content))
        is_cut = room < len(content)
        if is_cut and room:
            self._remarks.add(
                f"Only the first {room:,} bytes of a text were read; it is attached whole"
            )
        elif is_cut:
            self._remarks.add(_UNREAD)
        text, is_whole = self._readable(content[:room])
        if is_cut or not is_whole:
            name = attachment_name(part.given_name, part.content_type)
            self._attachments.append(Attachment(name, part.content_type, content))
        return text

    def _readable(self, content: bytes) -> tuple[str, bool]:
        """Return the readable text of a part, and whether that is all there is to it."""
        part = self._part
        decoded = self._decoded(content)
        if decoded.remark:
            self._remarks.add(decoded.remark)
        if not self.is_plain:
            room = self._allowance.take_html(len(decoded.text))
            if decoded.text and not room:
                self._remarks.add(_UNREAD)
                return "", False
            html = html_to_text(decoded.text, self._remarks, self._pictures, limit=room)
            return html.marked, html.is_whole
        if part.content_type in ENRICHED_TYPES:
            return clean_text(enriched_to_text(decoded.text)), True
        if part.header.parameter("content-type", "format").lower() == "flowed":
            delsp = part.header.parameter("content-type", "delsp").lower() == "yes"
            return clean_text(unfold_flowed(decoded.text, delsp=delsp)), True
        return self._without_files(clean_text(decoded.text)), True

    def _decoded(self, content: bytes) -> Decoded:
        part = self._part
        charset = part.header.parameter("content-type", "charset") or _meta_charset(part, content)
        decoded = decode_text(content, charset)
        return replace(decoded, text=MARKS.sub("", decoded.text))

    def _without_files(self, text: str) -> str:
        if text.startswith(_ENCRYPTED):
            self._remarks.add("The text is encrypted with PGP; ask the sender for a readable mail")
        text, files = split_uuencoded(text)
        for name, content in files:
            safe_name = attachment_name(name, "application/octet-stream")
            self._attachments.append(Attachment(safe_name, "application/octet-stream", content))
        return clean_text(text) if files else text

    def _with_pictures(self, text: str) -> str:
        """Name the pictures of which plain text has the Content-ID, as far as they are known."""
        return _PICTURE.sub(self._named_picture, text) if self._pictures else text

    def _named_picture(self, mark: re.Match[str]) -> str:
        name = self._pictures.get(mark[1])
        return f"[picture: {name}]" if name else mark[0]


def best_version(versions: Sequence[Sequence[Block]]) -> list[Block]:
    """Choose among the versions of a multipart/alternative (RFC 2046 section 5.1.4).

    Plain text wins, unless it is empty or a mere pointer to an HTML version that says much
    more. What is said about attachments is kept of every version.
    """
    written = [[block for block in version if block.is_written] for version in versions]
    said = [block for version in versions for block in version if not block.is_written]
    return [*_chosen([version for version in written if version]), *said]


def _chosen(versions: list[list[Block]]) -> list[Block]:
    last = versions[-1] if versions else []
    for version in versions:
        if not _is_plain(version[0]) or not any(block.text for block in version):
            continue
        return last if _is_pointer(version, last) else version
    return last


def _is_plain(block: Block) -> bool:
    return not isinstance(block, TextPart) or block.is_plain


def _is_pointer(plain: list[Block], other: list[Block]) -> bool:
    """Tell whether a plain version only says that the mail should be read as HTML."""
    length = sum(len(block.text) for block in plain)
    if other is plain or length > _SHORT:
        return False
    words = "".join(block.words() for block in other if isinstance(block, TextPart))
    return len(words) > _SHORT and len(words) > _MUCH_MORE * length


def _meta_charset(part: Part, content: bytes) -> str | None:
    if part.content_type != "text/html":
        return None
    found = _META_CHARSET.search(content, 0, _META_REACH)
    return found[1].decode("ascii", "replace") if found else None
