"""Labelled lines of a text: "Affected user: Jane", "* Since - Monday", "*Móvil:* 305 …"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from connector.domain.request import Detail, Details
from connector.mapping.answers import is_unsure, read_first_time, read_yes_no
from connector.mapping.details import answer, yes_no
from connector.mapping.label_names import (
    COMBINED_LABELS,
    DETAIL_LABELS,
    PRIORITY_LABELS,
    Label,
    label_key,
)
from connector.mapping.new_text import new_text
from connector.mapping.phones import find_phone

MAX_LABEL = 80
"""Characters in which a label and its separator must stand."""

MAX_LINE = 2_000

SIGNS = {0xFF1A: ":", 0x2010: "-", 0x2011: "-", 0x2212: "-"}
"""Other shapes of the colon and the hyphen; a line keeps its length when they are replaced."""
BULLET = re.compile(
    r"(?:[-*+#\u2013\u2014\u00b7\u2022\u2023\u25aa\u25cb\u25cf\u25e6\u25e3]+|\(?\w{1,2}[.)])\s+"
)
SEPARATORS = (
    re.compile(r"[:=]"),
    re.compile(r"\?"),
    re.compile(r"\s-+\s?|-+\s|[\u2013\u2014]"),  # "Mobile-305" is no label, an em dash may be tight
    re.compile(r"\t|\s{2,}"),  # cells of a table, as HTML mail becomes text
)
EDGES = " \t*_-:=?\u2013\u2014\uff1a"
NEXT_PART = re.compile(r"([;|,]\s+)")


@dataclass(frozen=True, slots=True)
class Labels:
    """What labelled lines say; the words as written, a value only where the label decides it."""

    details: Details
    priority: str | None


def read_labels(text: str) -> Labels:
    """Read the labelled lines of the new text of a message; the first answer to a label wins.

    An empty label takes the line right below it, unless that is blank or labelled itself.
    """
    found: dict[str, Detail] = {}
    priority: str | None = None
    for key, value in labelled(new_text(text), _is_label):
        if key in PRIORITY_LABELS:
            priority = priority or answer(value)
        elif key in COMBINED_LABELS:
            _add_user_and_mobile(found, value)
        else:
            _add(found, DETAIL_LABELS[key], value)
    return Labels(Details(**found), priority)


def labelled(text: str, is_label: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield label keys with their answers, in the order of the text.

    `is_label` knows the labels that are looked for, as `label_key` spells them.
    """
    lines = text.splitlines()
    for index, line in enumerate(lines):
        for key, value in _parts(line, is_label):
            if value or index + 1 == len(lines) or _parts(lines[index + 1], is_label):
                yield key, value
            else:
                yield key, lines[index + 1]


def _parts(line: str, is_label: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Return the labels of one line: "Affected user: Jane; Mobile: 305 555 0101" holds two."""
    first, *others = NEXT_PART.split(line[:MAX_LINE])
    label = _split_label(first, is_label)
    if label is None:
        return []
    found = [label]
    for gap, piece in zip(others[::2], others[1::2], strict=True):
        label = _split_label(piece, is_label) if ":" in piece[:MAX_LABEL] else None
        if label is not None:
            found.append(label)
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]}{gap}{piece}".strip(EDGES))
    return found


def _split_label(line: str, is_label: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return the key of the label that `line` starts with and its answer, or None."""
    content = line.strip()
    bullet = BULLET.match(content.translate(SIGNS))
    content = content[bullet.end() :] if bullet else content
    signs = content.translate(SIGNS)
    for separator in SEPARATORS:
        match = separator.search(signs, 1, MAX_LABEL)
        key = label_key(content[: match.start()]) if match else ""
        if match and is_label(key):
            return key, content[match.end() :].strip(EDGES)
    return None


def _is_label(key: str) -> bool:
    return key in DETAIL_LABELS or key in PRIORITY_LABELS or key in COMBINED_LABELS


def _add(found: dict[str, Detail], label: Label, value: str) -> None:
    words = answer(value)
    if words is None or label.field in found or (label.must_read and not _reads(label, words)):
        return
    if label.inverted:
        first_time = read_first_time(words, yes_means=False)
        found[label.field] = Detail(f"happened before: {words}", yes_no(first_time))
    else:
        found[label.field] = Detail(words)


def _reads(label: Label, words: str) -> bool:
    if label.field == "mobile":
        return find_phone(words) is not None
    return read_yes_no(words) is not None or is_unsure(words)


def _add_user_and_mobile(found: dict[str, Detail], value: str) -> None:
    phone = find_phone(value)
    if phone is None:
        _add(found, Label("affected_user"), value)
        return
    written, number = phone
    found.setdefault("mobile", Detail(written, number))
    _add(found, Label("affected_user"), value.replace(written, " ").strip(f"{EDGES},;/|()"))
