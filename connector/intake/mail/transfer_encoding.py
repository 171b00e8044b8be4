"""Content-Transfer-Encoding (RFC 2045 section 6), undone as far as damage allows."""

import binascii
import io
import re
import string

from connector.intake.mail.uuencoded import decode_uu
from connector.intake.remarks import Remarks, shown

_BASE64 = (string.ascii_letters + string.digits + "+/").encode()
_SPACE = b" \t\r\n"
_PADDING_AND_SPACE = b"=" + _SPACE
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64) - {ord("=")})
_SPACE_AFTER_SOFT_END = re.compile(rb"=[ \t]+(\r?\n)")
"""Added on the way, and to be deleted (RFC 2045 section 6.7, rule 3)."""
_MAX_SEGMENTS = 1_000
_PIECE = 1_000_000
"""Bytes of base64 that are decoded at a time, since files are large."""
_IDENTITY = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"})
_UUENCODE = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})


def decode_transfer(data: bytes | memoryview, encoding: str, remarks: Remarks) -> bytes:
    """Return the content of a part; what cannot be decoded is returned as it stands."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        content, whole = decode_base64(data)
        if not whole:
            remarks.add("A part with damaged base64 was decoded as far as possible")
        return content
    data = bytes(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(_SPACE_AFTER_SOFT_END.sub(rb"=\1", data))
    if encoding in _UUENCODE:
        return decode_uu(data)
    if encoding not in _IDENTITY:
        remarks.add(f"A part was left as it is: '{shown(encoding, 30)}' is no transfer encoding")
    return data


def decode_base64(data: bytes | memoryview) -> tuple[bytes, bool]:
    """Return what base64 holds, and whether it was whole.

    Characters that are not base64 are skipped, missing padding is made up, and segments that
    were padded and joined are decoded one by one.
    """
    undamaged = _undamaged(data)
    if undamaged is not None:
        return undamaged, True
    data = bytes(data)
    is_damaged = bool(data.translate(None, _BASE64 + _PADDING_AND_SPACE))
    letters = data.translate(None, _NOT_BASE64)
    if _is_one_segment(letters):
        return binascii.a2b_base64(letters), not is_damaged
    segments = letters.rstrip(b"=").split(b"=", _MAX_SEGMENTS)
    content = b"".join(_segment(segment) for segment in segments if segment)
    return content, not is_damaged and len(segments[-1]) % 4 != 1


def _undamaged(data: bytes | memoryview) -> bytes | None:
    """Return what base64 as it should be holds, decoded in pieces; None for any other."""
    content, rest, position = io.BytesIO(), b"", 0
    while position < len(data):
        letters = rest + bytes(data[position : position + _PIECE]).translate(None, _SPACE)
        position += _PIECE
        if b"=" in letters:  # the end, unless it is damaged
            letters += bytes(data[position:]).translate(None, _SPACE)
            position = len(data)
            if not _is_one_segment(letters):
                return None
        if letters.translate(None, _BASE64 + b"="):
            return None
        whole = len(letters) // 4 * 4
        content.write(binascii.a2b_base64(letters[:whole]))
        rest = letters[whole:]
    return None if rest else content.getvalue()


def _is_one_segment(letters: bytes) -> bool:
    """Tell whether base64 is as it should be, so that large files need not be copied again."""
    first = letters.find(b"=")
    return len(letters) % 4 == 0 and (first < 0 or letters[first:] in (b"=", b"=="))


def _segment(segment: bytes) -> bytes:
    """Decode base64 without padding; a single character left over holds no whole byte."""
    if len(segment) % 4 == 1:
        segment = segment[:-1]
    return binascii.a2b_base64(segment + b"=" * (-len(segment) % 4))
