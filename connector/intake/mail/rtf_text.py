"""The words of an RTF document (RTF 1.9), or the HTML that Outlook hid in it (MS-OXRTFEX)."""

import re
from dataclasses import dataclass, replace

from connector.intake.mail.charsets import decode_text
from connector.intake.mail.plain_text import clean_text

_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?[0-9]{1,9})? ?"
    r"|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<symbol>[^a-z])"
    r"|(?P<brace>[{}])"
    r"|(?P<words>[^\\{}\r\n]+)",
)
_NOT_SHOWN = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "fldinst",
     "generator", "listtable", "themedata", "mhtmltag", "pntext", "xmlnstbl", "rsidtbl"}
)  # fmt: skip
_CHARACTERS = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "cell": "\t", "tab": "\t",
    "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d",
    "bullet": "\u2022", "endash": "\u2013", "emdash": "\u2014",
}  # fmt: skip
_SYMBOLS = {"~": "\u00a0", "_": "-", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}
_MAX_GROUPS = 2_000


@dataclass(frozen=True, slots=True)
class RtfText:
    """Text, or HTML when the document was made from HTML."""

    text: str
    is_html: bool


def read_rtf(data: bytes) -> RtfText:
    """Return what an RTF document shows; never raises."""
    is_html = b"\\fromhtml1" in data[:1_000]
    reader = _Reader(from_html=is_html)
    for token in _TOKEN.finditer(data.decode("latin-1")):
        reader.take(token)
    return RtfText(clean_text(reader.text()), is_html)


@dataclass(frozen=True, slots=True)
class _State:
    """What holds within a group."""

    is_hidden: bool = False
    is_rtf_only: bool = False
    """Between `\\htmlrtf` and `\\htmlrtf0`: what the HTML did not have."""
    skip: int = 1
    """Characters that stand in for one `\\u` (`\\uc`)."""


class _Reader:
    """Walks over the tokens; bytes in the document's codepage are decoded in runs."""

    def __init__(self, *, from_html: bool) -> None:
        self._from_html = from_html
        self._state = _State()
        self._stack: list[_State] = []
        self._pieces: list[str] = []
        self._bytes = bytearray()
        self._charset = "cp1252"
        self._optional = False
        self._to_skip = 0

    def text(self) -> str:
        self._flush()
        halves = "".join(self._pieces).encode("utf-16", "surrogatepass")  # RTF writes 😀 as two
        return halves.decode("utf-16", "replace")

    def take(self, token: re.Match[str]) -> None:
        if token["brace"]:
            self._brace(token["brace"])
        elif token["word"]:
            self._word(token["word"], token["number"])
        elif token["hex"]:
            self._byte(int(token["hex"], 16))
        elif token["symbol"] == "*":
            self._optional = True
        elif token["symbol"]:
            self._write(_SYMBOLS.get(token["symbol"], ""))
        else:
            self._plain(token["words"])

    def _brace(self, brace: str) -> None:
        self._to_skip = 0
        if brace == "{" and len(self._stack) < _MAX_GROUPS:
            self._stack.append(self._state)
        elif brace == "}" and self._stack:
            self._state = self._stack.pop()

    def _word(self, word: str, number: str | None) -> None:
        optional, self._optional = self._optional, False
        if word == "htmltag" and self._from_html:
            return  # a tag of the original HTML, written as it stands
        if word == "htmlrtf":
            self._state = replace(self._state, is_rtf_only=number != "0")
        elif optional or word in _NOT_SHOWN:
            self._state = replace(self._state, is_hidden=True)
        elif word == "ansicpg" and number:
            self._charset = f"cp{number}"
        elif word == "uc" and number:
            self._state = replace(self._state, skip=min(abs(int(number)), 10))
        elif word == "u" and number:
            self._write(chr(int(number) % 0x10000))
            self._to_skip = self._state.skip
        elif word in _CHARACTERS:
            self._write(_CHARACTERS[word])

    def _byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif self._is_shown():
            self._bytes.append(value)

    def _plain(self, words: str) -> None:
        skipped = min(self._to_skip, len(words))
        self._to_skip -= skipped
        self._write(words[skipped:])

    def _write(self, text: str) -> None:
        if text and self._is_shown():
            self._flush()
            self._pieces.append(text)

    def _flush(self) -> None:
        if self._bytes:
            self._pieces.append(decode_text(bytes(self._bytes), self._charset).text)
            self._bytes.clear()

    def _is_shown(self) -> bool:
        state = self._state
        return not (state.is_hidden or (self._from_html and state.is_rtf_only))
