"""From the bytes of a CSV file (RFC 4180, and as Excel writes it) to records with line numbers."""

import csv
import io
from collections.abc import Iterator, Sequence

MAX_BYTES = 10_000_000
SEPARATORS = ",;\t"

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .xls begin."""
_SAVE_AS_CSV = "Open it in Excel and save it as 'CSV UTF-8 (comma delimited)'"


class NotReadable(Exception):
    """The file as a whole is none: what is wrong with it, and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        """Keep both apart."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def read_records(raw: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the filled records of a CSV file, each with the line in which it begins.

    UTF-8, UTF-16 with its mark, and Windows-1252 are understood. Raises `NotReadable` for what is
    no text, and where a record cannot be told from the next.
    """
    text = _decoded(raw)
    begins = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not _is_separator_line(begins, cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NotReadable(
            f"what begins in line {begins} is no CSV ({error})",
            'Close every quotation mark, and write one within a value twice: ""',
        ) from None


def _decoded(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise NotReadable(f"it is larger than {MAX_BYTES // 1_000_000} MB", "Split it")
    if raw.startswith(_WORKBOOKS):
        raise NotReadable("it is an Excel workbook, not a CSV file", _SAVE_AS_CSV)
    encodings = ("utf-16",) if raw.startswith(_UTF16_MARKS) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotReadable("it is no text", _SAVE_AS_CSV)


def _separator(text: str) -> str:
    """Return which separator the heading has most of; Excel may name it above ("sep=;")."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if _names_separator(first):
        return first[4]
    return max(SEPARATORS, key=first.count)


def _is_separator_line(line: int, cells: Sequence[str]) -> bool:
    return line == 1 and cells[0].casefold().startswith("sep=") and not any(cells[1:])


def _names_separator(line: str) -> bool:
    return line[:4].casefold() == "sep=" and len(line) == 5 and line[4] in SEPARATORS
