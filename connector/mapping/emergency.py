"""Emergency words in a subject: "urgent", "911", and what takes them back (DESIGN section 6).

An edge that DESIGN leaves open: a negation reaches at most `negation_reach` words ahead, and
never past punctuation or a dash with white space beside it. "Printer not working, urgent",
"No internet - 911" and "Do not touch. Urgent!" are emergencies; "not very urgent" is none.
The cost of the two mistakes is not the same: one too many is a call, one missed is a day.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from connector.mapping.models import EmergencyWords
from connector.mapping.words import Word, phrase, plain, split_words

EVIDENCE_WORDS = 3
"""Words quoted on either side of an emergency word."""

PHONE_DIGITS = 7
"""The shortest phone number that people write out: seven digits, without the area code."""
NATIONAL_DIGITS = 10

NUMBER_CHAIN = re.compile(r"\+?\d+(?:(?:[.,/:]|[\s()+\-]{1,4})\d+)*")
DIGITS = re.compile(r"\d+")
SPACED_HYPHEN = re.compile(r"\s*-\s*")
EXTENSION_WORDS = frozenset({"ext", "extension", "x"})


@dataclass(frozen=True, slots=True)
class Found:
    """An emergency word, the words around it, and the negation that takes it back, if any."""

    word: str
    evidence: str
    negated_by: str | None = None


def find_emergency_word(subject: str, words: EmergencyWords) -> Found | None:
    """Return the first emergency word of `subject` that nothing negates."""
    return next((found for found in scan(subject, words) if found.negated_by is None), None)


def scan(subject: str, words: EmergencyWords) -> list[Found]:
    """Return every emergency word of `subject`, the negated ones too.

    Digits that are part of a longer number or of a phone number are no word.
    """
    text = plain(subject)
    present = split_words(text)
    wanted = [(word, parts) for word in words.words if (parts := phrase(word))]
    first_words = {parts[0] for _, parts in wanted}
    negations = [phrase(negation) for negation in words.negations]
    numbers = _part_numbers(text) if any(c.isdigit() for c in text) else frozenset()
    found: list[Found] = []
    for index, first in enumerate(present):
        if first.text not in first_words or first.start in numbers:
            continue
        if _is_extension(present, index):
            continue
        for word, parts in wanted:
            if _stands_at(present, index, parts):
                negated_by = _negation(text, present, index, negations, words.negation_reach)
                evidence = _around(text, present, index, index + len(parts))
                found.append(Found(word, evidence, negated_by))
    return found


def _stands_at(present: Sequence[Word], index: int, parts: Sequence[str]) -> bool:
    ahead = present[index : index + len(parts)]
    return bool(parts) and [word.text for word in ahead] == list(parts)


def _around(text: str, present: Sequence[Word], first: int, end: int) -> str:
    start = present[max(0, first - EVIDENCE_WORDS)].start
    return text[start : present[min(len(present), end + EVIDENCE_WORDS) - 1].end]


def _negation(
    text: str, present: Sequence[Word], index: int, negations: Sequence[tuple[str, ...]], reach: int
) -> str | None:
    for parts in negations:
        for start in range(max(0, index - reach - len(parts) + 1), index - len(parts) + 1):
            if _stands_at(present, start, parts) and _reaches(text, present, start, index):
                return " ".join(parts)
    return None


def _reaches(text: str, present: Sequence[Word], start: int, index: int) -> bool:
    """Whether nothing but words, or a single hyphen ("non - urgent"), parts the two."""
    if present[start].clause == present[index].clause:
        return True
    hyphen = SPACED_HYPHEN.fullmatch(text, present[index - 1].end, present[index].start)
    return start == index - 1 and hyphen is not None


def _is_extension(present: Sequence[Word], index: int) -> bool:
    before = present[index - 1].text if index else ""
    return present[index].text.isdigit() and before in EXTENSION_WORDS


def _part_numbers(text: str) -> frozenset[int]:
    """Return where digits start that belong to a longer number or to a phone number."""
    starts: set[int] = set()
    for chain in NUMBER_CHAIN.finditer(text):
        groups = list(DIGITS.finditer(text, chain.start(), chain.end()))
        digits = sum(len(group.group()) for group in groups)
        is_foreign = chain.group().startswith("+")
        starts.update(
            group.start()
            for place, group in enumerate(groups)
            if is_foreign or _is_part(text, groups, place, digits)
        )
    return frozenset(starts)


def _is_part(text: str, groups: Sequence[re.Match[str]], place: int, digits: int) -> bool:
    """Whether one group of digits belongs to its neighbours, `digits` long in all.

    Joined without a space it does ("305-911-1234", "9.11"). Parted by spaces it does where
    phone numbers put it: in the middle, or as the area code in front of seven digits.
    """
    left = text[groups[place - 1].end() : groups[place].start()] if place else " "
    is_last = place == len(groups) - 1
    right = " " if is_last else text[groups[place].end() : groups[place + 1].start()]
    if not _has_space(left) or not _has_space(right):
        return True
    if is_last:
        return False
    if place == 0:
        return PHONE_DIGITS <= digits <= NATIONAL_DIGITS
    return digits >= PHONE_DIGITS


def _has_space(text: str) -> bool:
    return any(char.isspace() for char in text)
