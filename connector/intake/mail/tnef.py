"""What a `winmail.dat` holds (TNEF, MS-OXTNEF): the files and the text of an Outlook message.

Outlook sends it when a mail is in its own rich text format; nobody else can open it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from connector.intake.mail.charsets import decode_text
from connector.intake.mail.plain_text import clean_line, clean_text

CONTENT_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

_SIGNATURE = 0x223E9F78
_MAX_ATTRIBUTES = 20_000
_MAX_PROPERTIES = 5_000
_MAX_FILES = 500
_MAX_DEPTH = 3
"""Outlook messages within Outlook messages."""

# MS-OXTNEF section 2.1.3.2: attributes by the lower half of their id.
_SUBJECT, _BODY, _MESSAGE_PROPERTIES, _CODEPAGE = 0x8004, 0x800C, 0x9003, 0x9007
_NEW_FILE, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005

# MS-OXPROPS section 2, by property id.
_P_SUBJECT, _P_TEXT, _P_RTF, _P_HTML = 0x0037, 0x1000, 0x1009, 0x1013
_P_SENDER_NAME, _P_SENDER_ADDRESS = 0x0C1A, 0x5D01
_P_DISPLAY_NAME, _P_DATA, _P_SHORT_NAME, _P_LONG_NAME = 0x3001, 0x3701, 0x3704, 0x3707
_P_MIME_TYPE, _P_CONTENT_ID = 0x370E, 0x3712

# MS-OXCDATA section 2.11.1: value types and the bytes that those of fixed size take here.
_FIXED_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_OBJECT, _BYTE_TEXT, _UTF16_TEXT, _BINARY = 0x0D, 0x1E, 0x1F, 0x102
_MANY_VALUES = 0x1000
_NAMED_FROM = 0x8000
_EMBEDDED_MESSAGE = 16
"""Bytes of the interface id ahead of an embedded message."""

_Properties = dict[int, tuple[int, bytes]]


@dataclass(slots=True)
class TnefFile:
    """A file in a TNEF stream, its name and type as given or empty."""

    name: str = ""
    content_type: str = ""
    content: bytes = field(default=b"", repr=False)
    is_inline: bool = False
    message: "TnefMessage | None" = None
    """The Outlook message that it is, if it is no file."""


@dataclass(slots=True)
class TnefMessage:
    """A TNEF stream. `text`, `html` and `rtf` (compressed) are versions of one text."""

    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    text: str = ""
    html: str = ""
    rtf: bytes = b""
    files: list[TnefFile] = field(default_factory=list)
    is_whole: bool = True
    """False when the stream is damaged: what stands before the damage has been read."""


def read_tnef(data: bytes) -> TnefMessage | None:
    """Return what a TNEF stream holds, or None when `data` is none; never raises."""
    return _read(data, depth=0)


def _read(data: bytes, depth: int) -> TnefMessage | None:
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    reader = _Reader(depth)
    try:
        for identifier, value in _attributes(data):
            reader.take(identifier, value)
    except (struct.error, _Damaged):
        reader.message.is_whole = False
    return reader.message


class _Damaged(ValueError):
    """A length or a type in the stream makes no sense."""


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield attributes: a level, an id, a length, the value and its checksum, which is ignored."""
    at = 6
    for _ in range(_MAX_ATTRIBUTES):
        if at >= len(data):
            return
        _, identifier, length = struct.unpack_from("<BII", data, at)
        start = at + 9
        if start + length > len(data):
            raise _Damaged
        yield identifier & 0xFFFF, data[start : start + length]
        at = start + length + 2
    raise _Damaged


class _Reader:
    """Builds a message from attributes in the order of the stream."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._charset: str | None = None
        self.message = TnefMessage()

    def take(self, identifier: int, value: bytes) -> None:
        message = self.message
        if identifier == _CODEPAGE:
            self._charset = f"cp{struct.unpack_from('<I', value)[0]}"
        elif identifier == _SUBJECT:
            message.subject = clean_line(self._decoded(value))
        elif identifier == _BODY:
            message.text = clean_text(self._decoded(value))
        elif identifier == _MESSAGE_PROPERTIES:
            self._take_message(self._properties(value))
        elif identifier == _NEW_FILE:
            if len(message.files) >= _MAX_FILES:
                raise _Damaged
            message.files.append(TnefFile())
        elif message.files:
            self._take_file(message.files[-1], identifier, value)

    def _take_message(self, properties: _Properties) -> None:
        message = self.message
        message.subject = self._line(properties, _P_SUBJECT) or message.subject
        message.sender_name = self._line(properties, _P_SENDER_NAME)
        message.sender_address = self._line(properties, _P_SENDER_ADDRESS).lower()
        message.text = clean_text(self._text(properties, _P_TEXT)) or message.text
        message.html = self._text(properties, _P_HTML)
        message.rtf = properties.get(_P_RTF, (0, b""))[1]

    def _take_file(self, file: TnefFile, identifier: int, value: bytes) -> None:
        if identifier == _FILE_TITLE:
            file.name = file.name or clean_line(self._decoded(value))
        elif identifier == _FILE_DATA:
            file.content = value
        elif identifier == _FILE_PROPERTIES:
            self._take_file_properties(file, self._properties(value))

    def _take_file_properties(self, file: TnefFile, properties: _Properties) -> None:
        names = (_P_LONG_NAME, _P_SHORT_NAME, _P_DISPLAY_NAME)
        given = [name for name in (self._line(properties, key) for key in names) if name]
        file.name = next(iter(given), file.name)
        file.content_type = self._line(properties, _P_MIME_TYPE).lower()
        file.is_inline = bool(self._line(properties, _P_CONTENT_ID))
        kind, value = properties.get(_P_DATA, (0, b""))
        if kind != _OBJECT:
            file.content = value or file.content
            return
        file.content = value[_EMBEDDED_MESSAGE:]
        if self._depth < _MAX_DEPTH:
            file.message = _read(file.content, self._depth + 1)

    def _properties(self, value: bytes) -> _Properties:
        """Return the properties in front of any damage; damage is noted in the message."""
        found: _Properties = {}
        try:
            for identifier, kind, content in _properties(value):
                found.setdefault(identifier, (kind, content))
        except (struct.error, _Damaged):
            self.message.is_whole = False
        return found

    def _line(self, properties: _Properties, identifier: int) -> str:
        return clean_line(self._text(properties, identifier))

    def _text(self, properties: _Properties, identifier: int) -> str:
        kind, value = properties.get(identifier, (0, b""))
        if kind == _UTF16_TEXT:
            return value.decode("utf-16-le", "replace").rstrip("\0")
        return self._decoded(value)

    def _decoded(self, value: bytes) -> str:
        return decode_text(value.rstrip(b"\0"), self._charset).text


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield id, type and first value of each property (MS-OXTNEF section 2.1.3.4)."""
    count = min(struct.unpack_from("<I", data)[0], _MAX_PROPERTIES)
    at = 4
    for _ in range(count):
        kind, identifier = struct.unpack_from("<HH", data, at)
        at = _behind_name(data, at + 4) if identifier >= _NAMED_FROM else at + 4
        has_many, kind = bool(kind & _MANY_VALUES), kind & ~_MANY_VALUES
        value, at = _value(data, at, kind, has_many=has_many)
        yield identifier, kind, value


def _behind_name(data: bytes, at: int) -> int:
    """Skip the name of a named property: a GUID and a number or a text."""
    is_text, number = struct.unpack_from("<II", data, at + 16)
    return at + 24 + (_padded(number) if is_text else 0)


def _value(data: bytes, at: int, kind: int, *, has_many: bool) -> tuple[bytes, int]:
    """Return the first value of a property and where the next property begins."""
    is_long = kind in (_OBJECT, _BYTE_TEXT, _UTF16_TEXT, _BINARY)
    if not is_long and kind not in _FIXED_SIZES:
        raise _Damaged
    count = 1
    if is_long or has_many:
        count = struct.unpack_from("<I", data, at)[0]
        at += 4
    if count > len(data):
        raise _Damaged
    first = b""
    for index in range(count):
        size = _FIXED_SIZES.get(kind, 0)
        if is_long:
            size = struct.unpack_from("<I", data, at)[0]
            at += 4
        if at + size > len(data):
            raise _Damaged
        first = first if index else data[at : at + size]
        at += _padded(size)
    return first, at


def _padded(size: int) -> int:
    return size + -size % 4
