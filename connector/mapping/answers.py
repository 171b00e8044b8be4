"""Yes and no as people answer, in English and Spanish."""

import re

from connector.mapping.words import without_accents

YES = frozenset(
    [
        "yes",
        "y",
        "yeah",
        "yep",
        "yup",
        "sure",
        "ok",
        "okay",
        "true",
        "1",
        "si",
        "claro",
        "correct",
        "absolutely",
        "certainly",
        "possible",
        "definitely",
        "affirmative",
        "x",
        "posible",
    ]
)
NO = frozenset(
    [
        "no",
        "n",
        "nope",
        "false",
        "0",
        "not",
        "never",
        "negative",
        "cannot",
        "impossible",
        "imposible",
        "nunca",
    ]
)

UNSURE = re.compile(
    r"(?:i'm |i am )?(?:not (?:sure|certain)|no (?:idea|clue|lo se))\b|no se(?: si\b|$)"
)
"""Neither yes nor no, whatever they begin with; "no se puede" is a no."""

YES_PHRASES = (
    "no problem",
    "not a problem",
    "of course",
    "por supuesto",
    "no hay problema",
    "por primera vez",
)
FIRST_TIME = ("first time", "primera vez")
NEVER_BEFORE = (
    "never before",
    "never happened",
    "not happened before",
    "n't happened before",
    "nunca antes",
    "nunca ha pasado",
    "nunca habia pasado",
)
NOT_FIRST = (
    "happened before",
    "second time",
    "third time",
    "segunda vez",
    "otra vez",
    "again",
)
NOT_FIRST_TIME = re.compile(
    r"(?:\bnot|n't|\bno (?:es|fue)) (?:\w+ ){0,2}(?:first time|primera vez)"
)


def read_yes_no(words: str) -> bool | None:
    """Return what `words` answer to a yes-or-no question, or None where it is not plain."""
    answer = _words(words)
    if UNSURE.match(answer):
        return None
    if _starts(answer, YES_PHRASES):
        return True
    first = answer.split(" ")[0]
    if first in NO or first.endswith("n't"):
        return False
    return True if first in YES else None


def read_first_time(words: str) -> bool | None:
    """Return whether it is the first time, from words that say it or from a yes or no."""
    answer = _words(words)
    if UNSURE.match(answer):
        return None
    if any(phrase in answer for phrase in NEVER_BEFORE):
        return True
    if NOT_FIRST_TIME.search(answer) or any(phrase in answer for phrase in NOT_FIRST):
        return False
    plain = read_yes_no(words)
    if plain is None and any(phrase in answer for phrase in FIRST_TIME):
        return True
    return plain


def _words(words: str) -> str:
    cleaned = (c if c.isalnum() or c == "'" else " " for c in without_accents(words[:200]))
    return " ".join("".join(cleaned).split())


def _starts(answer: str, phrases: tuple[str, ...]) -> bool:
    return any(f"{answer} ".startswith(f"{phrase} ") for phrase in phrases)
