"""Reads one Authentication-Results header (RFC 8601): who says what about which identity."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_VALUE = 10_000
MAX_RESULTS = 50


@dataclass(frozen=True, slots=True)
class MethodResult:
    """The outcome of one check, such as dkim=pass, and its properties, all in lower case."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """What one host found; `host` (its authserv-id) is empty where it did not say who it is."""

    host: str
    results: tuple[MethodResult, ...]

    def of(self, method: str) -> tuple[MethodResult, ...]:
        """Return the outcomes of one method; DKIM has one for each signature."""
        return tuple(result for result in self.results if result.method == method)


def parse_authentication_results(value: str) -> AuthenticationResults:
    """Read the value of an Authentication-Results header; never raises.

    Comments and quoted strings are told apart, so that neither can pose as a result. A header
    that begins with a result has no authserv-id: Exchange Online writes it so.
    """
    first, *others = _statements(value[:MAX_VALUE]) or [[]]
    host = "" if _is_result(first) else next(iter(first), "")
    statements = [first, *others] if _is_result(first) else others
    results = [_result(words) for words in statements[:MAX_RESULTS] if _is_result(words)]
    return AuthenticationResults(host.rstrip("."), tuple(results))


def _is_result(words: list[str]) -> bool:
    return len(words) > 2 and words[1] == "="


def _result(words: list[str]) -> MethodResult:
    properties: dict[str, str] = {}
    for place in range(3, len(words) - 1):
        if words[place] == "=":
            properties.setdefault(words[place - 1], words[place + 1])
    method = words[0].partition("/")[0]  # method "/" version
    return MethodResult(method, words[2], properties)


def _statements(value: str) -> list[list[str]]:
    """Return the words between semicolons, "=" being one of its own, all in lower case."""
    statements: list[list[str]] = [[]]
    for word, is_quoted in _words(value):
        if word == ";" and not is_quoted:
            statements.append([])
        else:
            statements[-1].append(word.lower())
    return [statement for statement in statements if statement]


def _words(value: str) -> Iterator[tuple[str, bool]]:
    """Yield words and the signs ";" and "="; comments are left out, quoted strings are words."""
    word, place, depth = "", 0, 0
    while place < len(value):
        char = value[place]
        if depth or char == "(":
            depth += (char == "(") - (char == ")")
            place += 2 if char == "\\" else 1
            continue
        if char == '"':
            quoted, place = _quoted(value, place + 1)
            word += quoted
            continue
        if char.isspace() or char in ";=":
            if word:
                yield word, False
            if char in ";=":
                yield char, False
            word = ""
        else:
            word += char
        place += 1
    if word:
        yield word, False


def _quoted(value: str, place: int) -> tuple[str, int]:
    """Return a quoted string and where it ends; its signs mean nothing and become blanks."""
    found = ""
    while place < len(value) and value[place] != '"':
        place += value[place] == "\\"
        found += value[place : place + 1]
        place += 1
    return found.translate({ord(sign): " " for sign in ";="}), place + 1
