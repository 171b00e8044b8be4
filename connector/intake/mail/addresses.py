"""Who a message is from: a parser of addresses that forgives what real senders write.

It reads what RFC 5322 section 3.4 allows, and beyond it: names with commas and without quotes,
a missing `>`, the whole mailbox in quotes or in one encoded word.
"""

import re

from connector.domain.mail import Mailbox
from connector.intake.limits import MAX_ADDRESS_CHARS
from connector.intake.mail.encoded_words import decode_words
from connector.intake.mail.plain_text import clean_line

_TOKEN = re.compile(
    r'(?P<quoted_local>"[^"]+"@[^\s<>@,;:"()]+)'
    r'|"(?P<quoted>(?:[^"\\]|\\.)*)"?'
    r"|\((?P<comment>[^()]*)\)?"
    r"|<(?P<angle>[^<>]*)>?"
    r"|(?P<separator>[,;])"
    r'|(?P<words>[^"(<,;]+)'
)
_ATOM = re.compile(r'[^\s<>,;:"()]+')
_QUOTED_LOCAL = re.compile(r'"[^"]+"@[^\s<>@,;:"()\[\]]+')
_SPACE_AROUND_DOTS = re.compile(r"\s*([@.])\s*")
_ROUTE = re.compile(r"^@[^:]*:")
_WORD_OPENS, _WORD_CLOSES = "\ue000", "\ue001"
"""Private-use characters around the number of an encoded word while its surroundings are read."""
_KEPT_WORD = re.compile(f"{_WORD_OPENS}(\\d+){_WORD_CLOSES}")


def parse_mailbox(value: str) -> Mailbox | None:
    """Return the first mailbox with an address in a From header, its address in lower case.

    Returns None when there is no address. What stands in angle brackets wins over any address
    in the name beside it, which anybody can write there.
    """
    words: list[str] = []

    def keep(text: str) -> str:
        words.append(text)
        return f"{_WORD_OPENS}{len(words) - 1}{_WORD_CLOSES}"

    # An encoded word may hold anything, also an address in brackets that is not the sender's.
    masked = decode_words(value.replace(_WORD_OPENS, ""), keep)
    mailbox = _scan(masked)
    if mailbox is None:
        return _scan(decode_words(value)) if words else None
    name = _KEPT_WORD.sub(lambda kept: words[int(kept[1])], mailbox.name)
    return Mailbox(_name([name], mailbox.address), mailbox.address)


def parse_mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Return every mailbox with an address in a To, CC or Reply-To header, in order.

    A comma ends a mailbox only once there is an address: names have commas, too.
    """
    found: list[Mailbox] = []
    start, has_address = 0, False
    for token in _TOKEN.finditer(value):
        if token.lastgroup != "separator":
            has_address = has_address or (token.lastgroup != "comment" and "@" in token[0])
        elif has_address:
            found += filter(None, [parse_mailbox(value[start : token.start()])])
            start, has_address = token.end(), False
    found += filter(None, [parse_mailbox(value[start:])])
    return tuple(found)


def count_mailboxes(value: str) -> int:
    """Return how many different addresses a From header names, quoted names left aside."""
    tokens = [token for token in _TOKEN.finditer(value) if token.lastgroup in ("angle", "words")]
    in_words = {_address(token["words"] or "") for token in tokens}
    in_brackets = {_angle_address(token["angle"] or "") for token in tokens}
    return len((in_words | in_brackets) - {None})


def _scan(value: str) -> Mailbox | None:
    """Walk over the tokens until a mailbox is complete."""
    names: list[str] = []
    comments: list[str] = []
    bare: str | None = None
    for token in _TOKEN.finditer(value):
        if token.lastgroup == "angle":
            if address := _angle_address(token["angle"]):
                return Mailbox(_name(names, address), address)
        elif token.lastgroup == "separator" and bare:
            break
        elif token.lastgroup == "comment":
            comments.append(token["comment"])
        else:
            bare = bare or _address(token["words"] or token["quoted_local"] or "")
            names.append(_unescaped(token[0]))
    if bare:
        return Mailbox(_name(comments, bare), bare)
    return _within_name("".join(names))


def _within_name(name: str) -> Mailbox | None:
    """Read a mailbox that stands whole between quotes: "Jo <jo@x.example>"."""
    address = _address(name)
    if not address:
        return None
    before = name.partition("<")[0] if "<" in name else ""
    return Mailbox(_name([before], address), address)


def _angle_address(text: str) -> str | None:
    """Return the address between angle brackets, without a route or obsolete white space."""
    return _address(_SPACE_AROUND_DOTS.sub(r"\1", _ROUTE.sub("", clean_line(text))))


def _address(text: str) -> str | None:
    """Return the address in a piece of text in lower case, if there is one."""
    if "@" not in text:
        return None
    quoted_local = _QUOTED_LOCAL.search(text)
    candidates = [quoted_local[0]] if quoted_local else _ATOM.findall(text)
    for candidate in candidates:
        address = candidate.strip("'.")
        if address.startswith("["):
            address = address.strip("[]")
        local, _, domain = address.partition("@")
        is_one = local and domain and "@" not in domain and _WORD_OPENS not in address
        if is_one and len(address) <= MAX_ADDRESS_CHARS:
            return clean_line(address).lower()
    return None


def _name(pieces: list[str], address: str) -> str:
    """Return the display name, empty when it only repeats the address."""
    name = clean_line("".join(pieces)).strip(" ,;\"'")
    return "" if name.lower() == address else name


def _unescaped(token: str) -> str:
    if not token.startswith('"'):
        return token
    return re.sub(r"\\(.)", r"\1", token.strip('"'))
