"""Names of people: cut into first and last, and compared as people compare them."""

import re

from connector.domain.access import Person
from connector.mapping.words import phrase, without_accents

MAX_NAME = 100

_PARTICLES = "da das de del della den der di do dos du la las le los mac san st ten ter van von"
PARTICLES = frozenset(_PARTICLES.split())
"""Small words that begin a last name: "Ana de la Cruz"."""

_NOT_IN_NAME = re.compile(r"[^\w\s.'\u2019\u00b7-]|[\d_]")


def split_name(name: str) -> tuple[str, str]:
    """Return first and last name of "Ana Lopez" or "Lopez, Ana"; the last is empty without one.

    The first word is the first name, and a second initial or name before the last word belongs to
    it, unless a particle such as "de la" opens the last name earlier. Two Spanish last names stay
    together only where a comma says so.
    """
    last, comma, first = (part.strip() for part in name.partition(","))
    if comma and first:
        return _one_line(first), _one_line(last)
    words = _one_line(last).split(" ")
    if len(words) == 1:
        return words[0], ""
    opens = (place for place, word in enumerate(words[1:-1], 1) if word.casefold() in PARTICLES)
    cut = next(opens, len(words) - 1)
    return " ".join(words[:cut]), " ".join(words[cut:])


def is_name(words: str) -> bool:
    """Whether these words can be a name of a person: letters, and not too many of them."""
    line = _one_line(words)
    has_letter = any(char.isalpha() for char in line)
    return has_letter and len(line) <= MAX_NAME and not _NOT_IN_NAME.search(line)


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case, accents, punctuation and order."""
    words = sorted(phrase(without_accents(one)))
    return bool(words) and words == sorted(phrase(without_accents(other)))


def named(person: Person, name: str) -> bool:
    """Whether a name is a person's, as far as it goes."""
    return same_name(person.name, name)


def _one_line(words: str) -> str:
    return " ".join(words.split())
