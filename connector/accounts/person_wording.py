"""People in free wording: "a BMS account for Ana Lopez (ana@client.example)"."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from connector.accounts.addresses import Found, find_addresses
from connector.accounts.names import PARTICLES, is_name, same_name
from connector.mapping.words import phrase, without_accents

MAX_TEXT = 20_000
"""Characters in which people are looked for."""
MAX_WORDS = 6
NEAR = 80
"""Characters beside an address in which its owner's name must stand."""

_DASH = r"\u2013\u2014-"
_NAME_WORDS = r"(?P<words>[^\n<>()\[\]:;,@]{2,80}"
_BEFORE_ADDRESS = re.compile(rf"{_NAME_WORDS}?)[\s,:;{_DASH}]*[<(\[]?\s*(?:mailto:)?$")
_AFTER_ADDRESS = re.compile(rf"^[>)\]]?\s*[({_DASH}]\s*{_NAME_WORDS})")
_FOR_IN_LOWER_CASE = re.compile(r"\b(?:for|para) ((?:[^\W\d_]+ ){0,3}[^\W\d_]+)$", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|y|&)\s+(?=\S)", re.IGNORECASE)
_FOR = re.compile(r"\b(?:for|para|give|grant|named|called|llamad[oa])\s+(?=\S)", re.IGNORECASE)
_NEEDS = re.compile(
    r"\s+(?:needs?|requires?|will need|should (?:have|get)|must have|joins|joined|started|starts"
    r"|necesita|requiere|debe tener|empieza)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'\u2019.-]*")

_NO_NAMES = frozenset(
    phrase(
        "a about access acceso account accounts add also an and bms by client cliente colleague "
        "could create cuenta cuentas dear description dr each email e mail employee everyone for "
        "from give good grant hello help hi hire hola i in internet is it its just likewise login "
        "logins make manager me microsoft monday morning mr mrs ms my name need needs new nuestro "
        "nuestra of office onboarding our outlook para persona person please por favor portal pm "
        "receptionist request setup set sr sra sharepoint teams team that the their these they "
        "this to today tomorrow tuesday urgent us user users usuario vpn we wednesday thursday "
        "friday saturday sunday what when who windows with would y you your "
        "he him she her hers his anybody anyone everybody nobody somebody someone el ella ellos "
        "ellas alguien"
    )
)
"""Words that are no name although sentences and products write them with a capital."""

_FOR_ME = re.compile(r"\b(?:for (?:me|myself)|para m[ií])\b", re.IGNORECASE)
_I_WANT = re.compile(
    r"\b(?:i need|i require|i want|i would like|i'd like|i do not have|i don't have|can i|could i"
    r"|may i|give me|set me up|create me|my own|necesito|quiero|quisiera|no tengo)\b",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"\b(?:for|para)\s+(?:\w+\s+){0,4}(?:colleagues?|co-?workers?|employees?|hires?|assistants?"
    r"|managers?|users?|persons?|people|staff|team|receptionists?|bookkeepers?|somebody|someone"
    r"|compañer\w+|emplead\w+|colegas?|asistentes?|usuari\w+|personas?|equipo|alguien)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A person as free wording names them; either may be empty."""

    name: str = ""
    address: str = ""


def mentions(text: str, *, others: Collection[str] = ()) -> list[Mention]:
    """Return who is named in `text`, each once, whoever has an address first.

    `others` are addresses that stand in it for another reason, such as the requester's own.
    """
    text = text[:MAX_TEXT]
    beside = [_owner(text, found) for found in find_addresses(text) if found.address not in others]
    with_address = list({each.address: each for each in reversed(beside)}.values())[::-1]
    known = [each.name for each in with_address if each.name]
    loose = _distinct(
        [*_named_for(text), *_named_before_need(text), *_named_after_and(text)], known
    )
    return _paired(with_address, loose)


def is_for_oneself(text: str) -> bool:
    """Whether whoever wrote `text`, in which nobody else is named, speaks of themselves."""
    if _FOR_ME.search(text[:MAX_TEXT]):
        return True
    plain = text[:MAX_TEXT].replace("\u2019", "'")
    return bool(_I_WANT.search(plain)) and not _SOMEBODY.search(plain)


def is_also_for_oneself(text: str) -> bool:
    """Whether `text`, in which others are named, asks for its writer too."""
    return bool(_FOR_ME.search(text[:MAX_TEXT]))


def _owner(text: str, found: Found) -> Mention:
    """Return an address with the name right before it, or else right behind it."""
    line_start = text.rfind("\n", 0, found.start) + 1
    before = _BEFORE_ADDRESS.search(text[max(line_start, found.start - NEAR) : found.start])
    words = before["words"].strip() if before else ""
    name = _name_at_end(words) or _name_in_lower_case(words)
    if not name:
        after = _AFTER_ADDRESS.match(text[found.end : found.end + NEAR])
        name = _name_at_start(after["words"]) if after else ""
    return Mention(name or _spelled_by(found.address, text), found.address)


def _named_for(text: str) -> Iterator[str]:
    for trigger in _FOR.finditer(text):
        yield _name_at_start(text[trigger.end() : trigger.end() + NEAR])


def _named_after_and(text: str) -> Iterator[str]:
    """Yield names after "and"; a single word there may be anything."""
    for link in _AND.finditer(text):
        name = _name_at_start(text[link.end() : link.end() + NEAR])
        if " " in name:
            yield name


def _name_in_lower_case(words: str) -> str:
    """Return the name right before an address: "for ana lopez (ana@client.example)"."""
    match = _FOR_IN_LOWER_CASE.search(words)
    if match is None or set(phrase(without_accents(match[1]))) & _NO_NAMES:
        return ""
    return match[1].title()


def _spelled_by(address: str, text: str) -> str:
    """Return the words of `text` that spell an address: Owen Hart for owen.hart@client.example."""
    parts = [part for part in re.split(r"[._-]", address.partition("@")[0]) if part.isalpha()]
    if len(parts) != 2:
        return ""
    match = re.search(rf"\b{parts[0]}\s+{parts[1]}\b", text, re.IGNORECASE)
    return " ".join(match[0].split()) if match else ""


def _named_before_need(text: str) -> Iterator[str]:
    for verb in _NEEDS.finditer(text):
        yield _name_at_end(text[max(0, verb.start() - NEAR) : verb.start()])


def _name_at_start(words: str) -> str:
    """Return the name with which `words` begin: capitalised words, particles between them."""
    return _as_name(_run(words.split("\n", maxsplit=1)[0].split(" ")))


def _name_at_end(words: str) -> str:
    """Return the name with which `words` end."""
    last = words.rsplit("\n", maxsplit=1)[-1].strip()
    backwards = _run(last.split(" ")[::-1], from_end=True)
    return _as_name(backwards[::-1])


def _run(words: list[str], *, from_end: bool = False) -> list[str]:
    """Return the words of a name until one that cannot be of it."""
    kept: list[str] = []
    for word in filter(None, words):
        bare = word.strip(".,;:!?()\"'*")
        if not _may_be_of_name(bare) or len(kept) == MAX_WORDS:
            break
        ends = word[-1] in ",;:!?)" or (word.endswith(".") and len(bare) > 2)
        if from_end and ends and kept:
            break
        kept.append(bare)
        if ends and not from_end:
            break
    return kept


def _may_be_of_name(word: str) -> bool:
    if not _WORD.fullmatch(word) or without_accents(word) in _NO_NAMES:
        return False
    return word[0].isupper() or word in PARTICLES


def _as_name(words: list[str]) -> str:
    while words and words[-1] in PARTICLES:
        words = words[:-1]
    while words and words[0] in PARTICLES:
        words = words[1:]
    name = " ".join(words)
    return name if is_name(name) else ""


def _distinct(names: list[str], known: list[str]) -> list[str]:
    """Return names once each, without those that a longer one or a known one includes."""
    kept: list[str] = []
    for name in sorted(filter(None, names), key=lambda each: -len(phrase(each))):
        words = _words(name)
        if not any(words <= _words(other) for other in [*known, *kept]):
            kept.append(name)
    return sorted(kept, key=names.index)


def _paired(found: list[Mention], loose: list[str]) -> list[Mention]:
    """Give addresses without a name one of the loose names, where only one can be meant."""
    nameless = [each for each in found if not each.name]
    rest = list(loose)
    owners: dict[str, str] = {}
    for each in nameless:
        fitting = [name for name in rest if _fits(name, each.address)]
        if len(fitting) != 1 and len(nameless) == len(rest) == 1:
            fitting = rest
        if len(fitting) == 1:
            owners[each.address] = fitting[0]
            rest = [name for name in rest if not same_name(name, fitting[0])]
    named = [Mention(each.name or owners.get(each.address, ""), each.address) for each in found]
    return [*named, *(Mention(name=name) for name in rest)]


def _fits(name: str, address: str) -> bool:
    """Whether a word of a name stands in the local part of an address."""
    local = without_accents(address.rpartition("@")[0])
    return any(len(word) > 2 and word in local for word in _words(name))


def _words(name: str) -> set[str]:
    return set(phrase(without_accents(name)))
