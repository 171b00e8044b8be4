"""The content of an opaque-signed S/MIME part (RFC 8551 section 3.5.2), read without verifying it.

Only the wrapping is undone: CMS SignedData (RFC 5652 section 5) in BER, of definite or
indefinite length, its octets in one piece or in many. Encrypted content stays as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

CONTENT_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_OBJECT_ID, _OCTETS, _SEQUENCE, _EXPLICIT_0 = 0x06, 0x04, 0x30, 0xA0
_CONSTRUCTED_OCTETS = 0x24
_MAX_DEPTH = 12
_MAX_ELEMENTS = 500_000


class _Damaged(ValueError):
    """The bytes are no BER."""


def signed_content(data: bytes) -> bytes | None:
    """Return the MIME entity that was signed, or None when `data` is no CMS SignedData with one."""
    try:
        return _signed_content(data)
    except (_Damaged, IndexError, StopIteration):
        return None


def _signed_content(data: bytes) -> bytes | None:
    reader = _Reader(data)
    info = list(reader.children(reader.element(0, len(data))))
    if reader.content(info[0]) != _SIGNED_DATA or info[1].tag != _EXPLICIT_0:
        return None
    signed = next(reader.children(info[1]))
    encapsulated = next(part for part in reader.children(signed) if part.tag == _SEQUENCE)
    kind, *content = reader.children(encapsulated)
    if kind.tag != _OBJECT_ID or not content or content[0].tag != _EXPLICIT_0:
        return None
    return b"".join(reader.octets(next(reader.children(content[0]))))


@dataclass(frozen=True, slots=True)
class _Element:
    """One tag with its value: where its content lies, and where the next element begins."""

    tag: int
    start: int
    end: int
    next: int


class _Reader:
    """Finds the elements of BER (X.690 section 8.1)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MAX_ELEMENTS

    def element(self, at: int, end: int, depth: int = 0) -> _Element:
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH or at + 2 > end:
            raise _Damaged
        tag, first = self._data[at], self._data[at + 1]
        start = at + 2
        if first < 0x80:
            length = first
        elif first == 0x80:
            return self._indefinite(tag, start, end, depth)
        else:
            count = first & 0x7F
            length = int.from_bytes(self._data[start : start + count], "big") if count <= 4 else end
            start += count
        if start + length > end:
            raise _Damaged
        return _Element(tag, start, start + length, start + length)

    def _indefinite(self, tag: int, start: int, end: int, depth: int) -> _Element:
        at = start
        while self._data[at : at + 2] != b"\0\0":
            at = self.element(at, end, depth + 1).next
        return _Element(tag, start, at, at + 2)

    def children(self, parent: _Element) -> Iterator[_Element]:
        at = parent.start
        while at < parent.end:
            child = self.element(at, parent.end)
            yield child
            at = child.next

    def content(self, element: _Element) -> bytes:
        return self._data[element.start : element.end]

    def octets(self, element: _Element) -> Iterator[bytes]:
        """Yield the pieces of an octet string, which may be made of octet strings."""
        if element.tag == _OCTETS:
            yield self.content(element)
        elif element.tag == _CONSTRUCTED_OCTETS:
            for child in self.children(element):
                yield from self.octets(child)
        else:
            raise _Damaged
