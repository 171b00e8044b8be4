"""The rich text of an Outlook message, decompressed (MS-OXRTFCP)."""

import struct

from connector.intake.limits import MAX_RTF_BYTES

_COMPRESSED, _STORED = b"LZFu", b"MELA"
_WINDOW = 4_096
_START = (
    # Every stream begins as if this had just been written (MS-OXRTFCP section 2.1.2.1).
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompressed_rtf(data: bytes) -> bytes:
    """Return the RTF, cut where it is damaged or too long; empty when there is none."""
    if len(data) < 16:
        return b""
    raw_size = struct.unpack_from("<I", data, 4)[0]
    size = min(raw_size, MAX_RTF_BYTES)
    if data[8:12] == _STORED:
        return data[16 : 16 + size]
    return _expanded(data, size) if data[8:12] == _COMPRESSED else b""


def _expanded(data: bytes, size: int) -> bytes:
    """Undo the compression: literal bytes, and references into the last 4,096 bytes."""
    out = bytearray(_START)
    at, end = 16, len(data)
    limit = len(_START) + size
    while at < end and len(out) < limit:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= end:
                break
            if not flags >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            if at + 2 > end:
                return bytes(out[len(_START) : limit])
            reference = int.from_bytes(data[at : at + 2], "big")
            at += 2
            distance = (len(out) - (reference >> 4)) % _WINDOW
            if distance == 0:  # a reference to the place being written ends the stream
                return bytes(out[len(_START) : limit])
            _copy(out, distance, (reference & 0xF) + 2)
    return bytes(out[len(_START) : limit])


def _copy(out: bytearray, distance: int, length: int) -> None:
    """Repeat what lies `distance` back; what is copied may be part of what is written."""
    start = len(out) - distance
    for index in range(start, start + length):
        out.append(out[index] if index >= 0 else 0x20)
