"""From bytes to text when the declared charset may be wrong, unknown or missing.

The ladder: the declared charset, strictly; UTF-8; a guess by charset-normalizer where there is
enough to guess from; Windows-1252, which always yields something.
"""

import codecs
import re
from dataclasses import dataclass

from connector.intake.remarks import shown

FALLBACK = "cp1252"

_WHATWG_ALIASES = {
    # Labels as senders use them, and the superset that browsers and mail programs read them as
    # (WHATWG Encoding Standard, section 4.2).
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "windows-936": "gb18030",
    "big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "x-euc-jp": "euc_jp",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "windows-949": "cp949",
    "x-windows-949": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode20utf8": "utf-8",
    "cp-850": "cp850",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "dos-874": "cp874",
}
_LABEL = re.compile(r"[A-Za-z0-9._:+-]{1,40}")
_NOT_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Python codecs that no mail means; some take quadratic time."""
_SINGLE_BYTE = re.compile(r"(cp|iso8859|koi8|mac|hp-roman8|tis-620|ascii)")
_DOUBLE_BYTE = frozenset({"cp932", "cp949", "cp950"})
_ENOUGH_TO_GUESS = 40
"""Bytes outside ASCII below which charset-normalizer guesses wrongly (German as Big5)."""
_GUESS_SAMPLE = 16_384
_NON_ASCII = bytes(range(128, 256))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and a remark where the charset had to be guessed or was plainly wrong."""

    text: str
    remark: str | None = None


def decode_text(data: bytes, declared: str | None) -> Decoded:
    """Decode `data` by the ladder; `declared` is the charset the sender states, if any."""
    codec = _codec(declared)
    if codec and not _is_utf8_in_disguise(data, codec):
        try:
            return Decoded(data.decode(codec))
        except UnicodeError:
            pass
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        charset, text = _guess(data)
        return Decoded(text, f"The text was decoded as {charset} because {_reason(declared)}")
    if not declared or data.isascii() or codec in ("utf-8", "ascii"):
        return Decoded(text)
    return Decoded(text, f"The text was decoded as utf-8 because {_reason(declared)}")


def _codec(label: str | None) -> str | None:
    """Return Python's name for a charset label, or None when there is no such charset."""
    label = (label or "").strip().strip("\"'").lower()
    if not _LABEL.fullmatch(label):
        return None
    try:
        codec = codecs.lookup(_WHATWG_ALIASES.get(label, label)).name
        "".encode(codec)  # refuses codecs from bytes to bytes, such as base64
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if codec.replace("_", "-") in _NOT_CHARSETS else codec


def _is_utf8_in_disguise(data: bytes, codec: str) -> bool:
    """Tell whether text declared as an 8-bit charset is UTF-8: by chance it hardly ever is."""
    if data.isascii() or codec in _DOUBLE_BYTE or not _SINGLE_BYTE.match(codec):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> tuple[str, str]:
    non_ascii = len(data) - len(data.translate(None, _NON_ASCII))
    charset = _detect(data) if non_ascii >= _ENOUGH_TO_GUESS else None
    charset = charset or FALLBACK
    return charset, data.decode(charset, errors="replace")


def _detect(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    start = re.search(rb"[\x80-\xff]", data)
    offset = start.start() if start else 0
    best = from_bytes(data[offset : offset + _GUESS_SAMPLE]).best()
    return best.encoding if best else None


def _reason(declared: str | None) -> str:
    if not declared:
        return "no charset is declared"
    label = shown(declared, 40)
    if _codec(declared) is None:
        return f"the declared charset '{label}' is unknown"
    return f"it is not in the declared charset '{label}'"
