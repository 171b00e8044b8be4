"""The parts of a message (RFC 2046 section 5.1), cut out of the raw bytes.

The standard library's parser is not used for this: it keeps one string per line, takes
quadratic time on deep nesting, and writes forwarded messages anew instead of keeping them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from connector.intake.limits import MAX_PARTS
from connector.intake.mail.attachment_names import attachment_name
from connector.intake.mail.headers import Header, read_header
from connector.intake.mail.transfer_encoding import decode_transfer
from connector.intake.remarks import Remarks

_ENCODED = frozenset({"base64", "quoted-printable"})
_DELIMITER_END = re.compile(rb"(--)?[ \t]{0,70}\r?(?:\n|\Z)")
_MAX_DELIMITERS = 20 * MAX_PARTS
"""Look-alikes of a delimiter that are looked at before the rest counts as one part."""


@dataclass(frozen=True, slots=True)
class Part:
    """A message, or a part of one: its header, and where its body lies in the raw message."""

    header: Header
    content_type: str
    raw: bytes
    body_start: int
    end: int

    @classmethod
    def read(cls, raw: bytes, start: int, end: int, default_type: str = "text/plain") -> "Part":
        """Read the part that lies between `start` and `end`."""
        header, body_start = read_header(raw, start, end)
        return cls(header, header.content_type(default_type), raw, body_start, end)

    @property
    def is_multipart(self) -> bool:
        """Whether it consists of parts."""
        return self.content_type.startswith("multipart/")

    @property
    def is_hollow(self) -> bool:
        """Whether it is a multipart that was closed before its first part."""
        delimiter = self._delimiter
        return bool(delimiter) and self.body[:1_000].strip().startswith(delimiter + b"--")

    @property
    def _delimiter(self) -> bytes:
        boundary = self.header.parameter("content-type", "boundary")
        return b"--" + boundary.encode("utf-8", "replace") if boundary else b""

    @property
    def disposition(self) -> str:
        """`attachment`, `inline`, or what else Content-Disposition says (RFC 2183)."""
        return self.header.token("content-disposition")

    @property
    def given_name(self) -> str:
        """The file name as the sender gave it, or an empty string."""
        return self.header.parameter("content-disposition", "filename") or self.header.parameter(
            "content-type", "name"
        )

    @property
    def file_name(self) -> str:
        """A harmless file name, made from the type if the sender gave none."""
        return attachment_name(self.given_name, self.content_type)

    @property
    def body(self) -> bytes:
        """The body, still in its transfer encoding."""
        return self.raw[self.body_start : self.end]

    def content(self, remarks: Remarks) -> bytes:
        """Return the body with its transfer encoding undone."""
        encoding = self.header.token("content-transfer-encoding")
        body = memoryview(self.raw)[self.body_start : self.end]  # a file may be large: no copy
        return decode_transfer(body, encoding, remarks)

    @property
    def content_id(self) -> str:
        """What HTML calls the part by (`cid:`, RFC 2392), or an empty string."""
        return self.header.value("content-id").strip().strip("<>")

    def unwrapped(self, remarks: Remarks) -> "Part":
        """Return the message or multipart within, its transfer encoding undone.

        None is allowed there (RFC 2045 section 6.4), yet some gateways write base64.
        """
        if self.header.token("content-transfer-encoding") not in _ENCODED:
            return self
        content = b"\n" + self.content(remarks)  # a delimiter begins with a line end
        return Part(self.header, self.content_type, content, 1, len(content))

    def children(self) -> "Iterator[Part]":
        """Yield the parts of a multipart; none when its delimiters are missing."""
        if not self._delimiter:
            return
        default = "message/rfc822" if self.content_type == "multipart/digest" else "text/plain"
        spans = _spans(self.raw, b"\n" + self._delimiter, self.body_start, self.end)
        for start, end in spans:
            yield Part.read(self.raw, start, end, default)


def _spans(raw: bytes, delimiter: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the parts between delimiters lie, one more than the limit at most.

    The line end before a delimiter belongs to it; a last delimiter that is missing is the end.
    """
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    position = max(start - 1, 0)
    for _ in range(_MAX_DELIMITERS):
        found = raw.find(delimiter, position, end)
        if found < 0 or len(spans) > MAX_PARTS:
            break
        position = found + len(delimiter)
        tail = _DELIMITER_END.match(raw, position, end)
        if not tail:
            continue
        if opened is not None:
            spans.append((opened, max(opened, _before_line_end(raw, found))))
        opened = tail.end()
        position = opened - 1
        if tail[1]:
            return spans
    if opened is not None and opened < end:
        spans.append((opened, end))
    return spans


def _before_line_end(raw: bytes, position: int) -> int:
    return position - 1 if raw[position - 1 : position] == b"\r" else position
