"""Writes `winmail.dat` as Outlook does (MS-OXTNEF), for tests that read it back."""

import struct

MESSAGE, ATTACHMENT = 1, 2


def tnef(*attributes: bytes, codepage: int = 1252) -> bytes:
    """Return a stream of the attributes, after the codepage."""
    head = struct.pack("<IH", 0x223E9F78, 1)
    return (
        head
        + attribute(MESSAGE, 0x00069007, struct.pack("<II", codepage, 0))
        + b"".join(attributes)
    )


def attribute(level: int, identifier: int, value: bytes) -> bytes:
    head = struct.pack("<BII", level, identifier, len(value))
    return head + value + struct.pack("<H", sum(value) & 0xFFFF)


def message(*properties: bytes) -> bytes:
    """Return the properties of the message itself: subject, text …"""
    return attribute(MESSAGE, 0x00069003, _counted(properties))


def file(title: bytes, content: bytes, *properties: bytes) -> bytes:
    """Return a file: its short name in the codepage, its content, its properties."""
    return (
        attribute(ATTACHMENT, 0x00069002, bytes(14))
        + attribute(ATTACHMENT, 0x00018010, title + b"\0")
        + (attribute(ATTACHMENT, 0x0006800F, content) if content else b"")
        + attribute(ATTACHMENT, 0x00069005, _counted(properties))
    )


def embedded(stream: bytes) -> bytes:
    """Return the property that holds an Outlook message within another."""
    value = bytes(16) + stream
    return struct.pack("<HHII", 0x0D, 0x3701, 1, len(value)) + _padded(value)


def text(identifier: int, value: str) -> bytes:
    data = value.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 0x1F, identifier, 1, len(data)) + _padded(data)


def narrow_text(identifier: int, value: bytes) -> bytes:
    return struct.pack("<HHII", 0x1E, identifier, 1, len(value) + 1) + _padded(value + b"\0")


def binary(identifier: int, value: bytes) -> bytes:
    return struct.pack("<HHII", 0x102, identifier, 1, len(value)) + _padded(value)


def number(identifier: int, value: int) -> bytes:
    return struct.pack("<HHi", 3, identifier, value)


def named_number(name: str, value: int) -> bytes:
    """Return a property that has a name of its own, which readers must step over."""
    data = name.encode("utf-16-le") + b"\0\0"
    head = struct.pack("<HH", 3, 0x8001) + bytes(16) + struct.pack("<II", 1, len(data))
    return head + _padded(data) + struct.pack("<i", value)


def stored_rtf(rtf: bytes) -> bytes:
    """Return RTF in the uncompressed form of MS-OXRTFCP."""
    return struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf


def _counted(properties: tuple[bytes, ...]) -> bytes:
    return struct.pack("<I", len(properties)) + b"".join(properties)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
