"""Files that old mailers and scripts write into the text of a mail itself (uuencode, POSIX)."""

import binascii
import re
from collections.abc import Iterable

_BLOCK = re.compile(
    r"^begin [0-7]{3,4} (?P<name>[^\n]{1,200})\n(?P<lines>(?:[ -`]{1,62}\n)+)end[ \t]*$",
    re.MULTILINE,
)


def split_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text without its uuencoded files, and the files by name."""
    if "\nend" not in text or "begin " not in text:
        return text, []
    files = [(block["name"], decode_uu(block["lines"].encode())) for block in _BLOCK.finditer(text)]
    return _BLOCK.sub("", text), files


def decode_uu(data: bytes) -> bytes:
    """Return what uuencoded lines hold; lines that are none are skipped."""
    return b"".join(_decoded_lines(data.splitlines()))


def _decoded_lines(lines: Iterable[bytes]) -> Iterable[bytes]:
    for line in lines:
        if line.strip() == b"end":
            return
        if line.startswith(b"begin "):
            continue
        try:
            yield binascii.a2b_uu(line)
        except binascii.Error:
            continue
