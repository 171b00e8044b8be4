"""Text cut into words, so that every rule means the same by "a whole word, in any case"."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MAX_MARKS = 4
"""Accents kept on one letter. Unicode normalisation sorts them in quadratic time, so a mail
with a hundred thousand in a row would hold up a run for a quarter of a minute."""

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
CLAUSE_END = re.compile(r"[.,!?;:|()\[\]{}\u2026\n\r]|\s-|-\s")
DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
APOSTROPHES = dict.fromkeys([0x60, 0xB4, 0x02BC, 0x2018, 0x2019, 0x201B, 0xFF07], "'")
PLAIN_SIGNS = DASHES | APOSTROPHES


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: case-folded, where it stands, and the number of its clause."""

    text: str
    start: int
    end: int
    clause: int


def plain(text: str) -> str:
    """Return `text` with one form for each letter, apostrophe and dash (Unicode NFC and NFKC).

    Marks that no letter absorbs and invisible format characters are left out.
    """
    if text.isascii():
        return text.translate(PLAIN_SIGNS)
    # Signs first: NFKC makes a space and a mark of a lone acute accent ("isn\u00b4t").
    composed = unicodedata.normalize("NFC", _fewer_marks(text.translate(PLAIN_SIGNS)))
    simple = "".join(map(_simple, composed))
    kept = "".join(c for c in simple if unicodedata.category(c) not in {"Mn", "Cf"})
    return kept.translate(PLAIN_SIGNS)


def _simple(char: str) -> str:
    """Return the usual form of a wide or ornate character; one that would become several stays.

    Else a letter could fall apart into a letter and a sign, and part a word.
    """
    usual = unicodedata.normalize("NFKC", char)
    return usual if len(usual) == 1 else char


def _fewer_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def without_accents(text: str) -> str:
    """Return plain `text`, case-folded, each accented letter as its base letter."""
    if text.isascii():
        return plain(text).casefold()
    parts = unicodedata.normalize("NFKD", plain(text).casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def split_words(text: str) -> list[Word]:
    """Cut plain `text` into words; a hyphen or an underscore parts words as a space does.

    Punctuation ends a clause, and so does a dash beside white space; a tight hyphen does not.
    """
    found = list(WORD.finditer(text))
    clauses = [0] if found else []
    for before, after in pairwise(found):
        ends = CLAUSE_END.search(text, before.end(), after.start())
        clauses.append(clauses[-1] + (ends is not None))
    return [
        Word(match.group().casefold(), match.start(), match.end(), clause)
        for match, clause in zip(found, clauses, strict=True)
    ]


def phrase(text: str) -> tuple[str, ...]:
    """Return the words of a configured word or phrase, as `split_words` would find them."""
    return tuple(word.text for word in split_words(plain(text)))


def joined(text: str) -> str:
    """Return the words of `text` with one space between and around them, for `has_phrase`."""
    return f" {' '.join(phrase(text))} "


@lru_cache(maxsize=5_000)
def _spaced(candidate: str) -> str:
    """Return a configured phrase as it stands in a `joined` text; mapping files hold hundreds."""
    return joined(candidate)


def has_phrase(joined_text: str, phrases: Iterable[str]) -> str | None:
    """Return the first of `phrases` that stands as whole words in a `joined` text, if any."""
    for candidate in phrases:
        if _spaced(candidate).strip() and _spaced(candidate) in joined_text:
            return candidate
    return None
