"""Encoded words in header fields (RFC 2047), also where senders break its rules.

Read are words inside quotes, without white space around them, with spaces in them, with an
unknown charset or damaged base64; and characters cut in two between adjacent words.
"""

import binascii
import re
from collections.abc import Callable

from connector.intake.mail.charsets import decode_text
from connector.intake.mail.transfer_encoding import decode_base64

_WORD = re.compile(r"=\?([^?*\s]*)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")


def decode_words(value: str, shape: Callable[[str], str] = str) -> str:
    """Return a header value with its encoded words as text; anything else stays as it is.

    `shape` is what to make of the text of each run of adjacent words.
    """
    if "=?" not in value:
        return value
    pieces: list[str] = []
    run = _Run(shape)
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        if between.strip() or not run:
            pieces += (run.take(), between)
        charset, encoding, content = word.groups()
        if run and run.charset != charset.lower():
            pieces.append(run.take())
        run.add(charset.lower(), _word_bytes(encoding, content))
        end = word.end()
    return "".join((*pieces, run.take(), value[end:]))


class _Run:
    """The bytes of adjacent words in one charset, decoded together."""

    def __init__(self, shape: Callable[[str], str]) -> None:
        self._shape = shape
        self.charset = ""
        self._data = b""
        self._filled = False

    def __bool__(self) -> bool:
        return self._filled

    def add(self, charset: str, data: bytes) -> None:
        self.charset = charset
        self._data += data
        self._filled = True

    def take(self) -> str:
        """Return the text so far and start anew."""
        if not self._filled:
            return ""
        text = decode_text(self._data, self.charset).text
        self._data, self._filled = b"", False
        return self._shape(text)


def _word_bytes(encoding: str, content: str) -> bytes:
    data = content.encode("utf-8", errors="replace")
    if encoding in "bB":
        return decode_base64(data)[0]
    return binascii.a2b_qp(data, header=True)
