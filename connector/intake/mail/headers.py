"""The header of a message or of a part of it (RFC 5322 section 2.2, RFC 2045 section 5).

The standard library reads parameters, with RFC 2231; lines are read here, because its parser
ends a header at the first odd line and then loses From and Date.
"""

import re
from dataclasses import dataclass
from email.message import Message

from connector.intake.limits import MAX_FIELD_CHARS, MAX_HEADER_BYTES, MAX_HEADER_FIELDS
from connector.intake.mail.charsets import decode_text
from connector.intake.mail.encoded_words import decode_words
from connector.intake.mail.plain_text import clean_line

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"(?i)(?:from|to|cc|subject|date|sender|reply-to|message-id|return-path|received|mime-version"
    rb"|content-[a-z-]+|delivered-to|in-reply-to|references|x-[a-z0-9-]+)[ \t]*:"
)
_CHARSET = re.compile(rb"(?i)charset\s*=\s*\"?([\w.:-]{1,40})")
_HEADER_END = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class Header:
    """Header fields in order: names in lower case, values as raw bytes on one line."""

    fields: tuple[tuple[str, bytes], ...]
    is_cut: bool = False
    """Whether it was too long and its end was left out."""

    def values(self, name: str) -> list[str]:
        """Return the values of every field of that name; encoded words are left as they are."""
        return [
            self._as_text(value[:MAX_FIELD_CHARS]) for field, value in self.fields if field == name
        ]

    def _as_text(self, value: bytes) -> str:
        """Decode a field: as UTF-8 (RFC 6532), else in the charset of the body.

        Old mailers write names and the subject in it, without encoding them.
        """
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            types = (value for field, value in self.fields if field == "content-type")
            found = _CHARSET.search(next(types, b"")[:MAX_FIELD_CHARS])
            return decode_text(value, found[1].decode("ascii") if found else None).text

    def value(self, name: str) -> str:
        """Return the value of the first field of that name, or an empty string."""
        return next(iter(self.values(name)), "")

    def text(self, name: str) -> str:
        """Return the first field of that name as a person reads it, on one line."""
        return clean_line(decode_words(self.value(name)))

    def content_type(self, default: str = "text/plain") -> str:
        """Return the media type in lower case, `default` if it is missing or malformed."""
        carrier = Message()
        carrier.set_default_type(default)
        if value := clean_line(self.value("content-type")):
            carrier["Content-Type"] = value
        return carrier.get_content_type()

    def token(self, name: str) -> str:
        """Return what stands before the parameters of a field, in lower case."""
        return self.value(name).partition(";")[0].strip().lower()

    def parameter(self, field: str, name: str) -> str:
        """Return a parameter of a field as text, or an empty string.

        The form of RFC 2231 (`name*=`) wins over a plain one, which senders put beside it in
        ASCII for old readers.
        """
        value = clean_line(self.value(field))
        if name not in value.lower():
            return ""
        carrier = Message()
        carrier[field] = value
        try:
            parameters = carrier.get_params(header=field) or []
        except (ValueError, LookupError):  # such as name*99999…9=, whose number is too long
            return ""
        values: list[object] = [found for key, found in parameters if key.lower() == name]
        extended = [found for found in values if isinstance(found, tuple)]
        if extended:
            return _extended_text(*extended[0])
        return clean_line(str(values[0])) if values else ""


def _extended_text(charset: str | None, _language: str | None, text: str) -> str:
    """Decode an RFC 2231 value; the standard library leaves its bytes as Latin-1 characters."""
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return clean_line(text)
    return clean_line(decode_text(data, charset).text)


def read_header(raw: bytes, start: int, end: int) -> tuple[Header, int]:
    """Read the header that begins at `start`; return it and where the body begins.

    An odd line with known fields after it is taken for a continuation that lost its indent;
    one without ends the header, and the body begins there. The line `From …` of a mailbox
    file before the first field is skipped.
    """
    block_end, body_start = _blank_line(raw, start, end)
    is_cut = block_end - start > MAX_HEADER_BYTES
    lines = raw[start : min(block_end, start + MAX_HEADER_BYTES)].split(b"\n")
    last_known = _last_known_field(lines)
    fields: list[tuple[str, list[bytes]]] = []
    offset = start
    for index, line in enumerate(lines):
        name = _FIELD.match(line)
        if name and len(fields) < MAX_HEADER_FIELDS:
            fields.append((name[1].decode("ascii").lower(), [line[name.end() :].strip()]))
        elif name:
            is_cut = True
        elif line[:1] in (b" ", b"\t") or index < last_known:
            _continue(fields, line)
        elif line.strip():
            body_start = offset
            break
        offset += len(line) + 1
    return Header(tuple((name, b" ".join(value)) for name, value in fields), is_cut), body_start


def has_known_field(header: Header) -> bool:
    """Tell whether a header has at least one field that mail has, and not any word and colon."""
    return any(_KNOWN_FIELD.match(f"{name}:".encode()) for name, _ in header.fields)


def _blank_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the header ends and where the body begins."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return start, raw.index(b"\n", start) + 1
    found = _HEADER_END.search(raw, start, end)
    return (found.start(), found.end()) if found else (end, end)


def _last_known_field(lines: list[bytes]) -> int:
    for index in range(len(lines) - 1, -1, -1):
        if _KNOWN_FIELD.match(lines[index]):
            return index
    return -1


def _continue(fields: list[tuple[str, list[bytes]]], line: bytes) -> None:
    if fields and line.strip():
        fields[-1][1].append(line.strip())
