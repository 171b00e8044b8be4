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
    r"(?:(?:i'm |i am )?(?:not (?:\w+ )?(?:sure|certain)|unsure)"
    r"|(?:i )?(?:don't|do not|can't|cannot) (?:know|remember|recall)"
    r"|no (?:idea|clue|lo se|estoy segur[oa]|tengo (?:ni )?idea|recuerdo|me acuerdo)"
    r"|n a)\b|no se(?: si\b| ,|$)"
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
NO_AFTER_ALL = re.compile(
    r"(?:of course|sure|absolutely|certainly|definitely|por supuesto|claro)"
    r" (?:not(?! a problem)|que no)\b"
)
"""What begins like a yes and is a no: "of course not"."""

FIRST_TIME = ("first time", "primera vez")
NEVER_BEFORE = re.compile(
    r"\bnever (?:before|happened(?! again)|(?:seen|had) (?:\w+ ){0,3}before)"
    r"|(?:\bnot|n't) happened before"
    r"|\bnunca (?:antes|(?:\w+ ){0,3}(?:pasado|visto|ocurrido))|\bno (?:\w+ ){0,2}pasado antes"
)
COUNTED = ("second time", "third time", "segunda vez", "tercera vez")
NOT_FIRST = ("happened before", "otra vez", "again")
NOT_FIRST_TIME = re.compile(
    r"(?:\bnot|n't|\bno (?:es|fue)) (?:(?:at all|really|exactly|actually|the|my|our|a|la|mi) ){0,3}"
    r"(?:first time|primera vez)"
)
SIGNS = dict.fromkeys(".,!?;:\n", " , ")


def read_yes_no(words: str) -> bool | None:
    """Return what `words` answer to a yes-or-no question, or None where it is not plain."""
    answer = _words(words)
    if UNSURE.match(answer):
        return None
    if NO_AFTER_ALL.match(answer):
        return False
    if _starts(answer, YES_PHRASES):
        return True
    first = answer.split(" ")[0]
    if first in NO or first.endswith("n't"):
        return False
    return True if first in YES else None


def read_first_time(words: str, *, yes_means: bool = True) -> bool | None:
    """Return whether it is the first time, from words that say it or from a yes or no.

    `yes_means` is what a mere yes comes to: False where it was asked whether it happened before.
    """
    answer = _words(words)
    if UNSURE.match(answer):
        return None
    if NOT_FIRST_TIME.search(answer) or _holds(answer, COUNTED):
        return False
    if NEVER_BEFORE.search(answer):
        return True
    if _holds(answer, NOT_FIRST):
        return False
    plain = read_yes_no(words)
    if plain is None:
        return True if _holds(answer, FIRST_TIME) else None
    return plain is yes_means


def is_unsure(words: str) -> bool:
    """Return whether `words` answer that the answer is not known."""
    return UNSURE.match(_words(words)) is not None


def _words(words: str) -> str:
    """Return `words` without signs, but for apostrophes and for a comma where a clause ends."""
    plain = without_accents(words[:200])
    signs = "".join(c if c.isalnum() or c == "'" else SIGNS.get(c, " ") for c in plain)
    return " ".join(signs.split()).strip(" ,")


def _starts(answer: str, phrases: tuple[str, ...]) -> bool:
    return any(f"{answer} ".startswith(f"{phrase} ") for phrase in phrases)


def _holds(answer: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in answer for phrase in phrases)
