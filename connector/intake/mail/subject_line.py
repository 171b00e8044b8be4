"""What mail programs and help desks put into a subject: "Re:", "Fwd:" and `#<TicketNumber>#`."""

import re

_TAG = re.compile(r"\s*(?:\[[^\[\]]{1,40}\]|\((?:external|extern)\)|external:|caution:)\s*", re.I)
_PREFIX = re.compile(r"\s*([^\W\d_]{1,10})\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?[:\uff1a]")
_MAX_TAGS = 4

_REPLY_WORDS = "re aw sv antw odp rif res r ri ynt απ vá отв ha ответ 回复 回覆 答复 答覆 返信"
"""Re by language: English, German, Nordic, Dutch, Polish, Italian, Portuguese, Turkish, Greek,
Hungarian, Russian, Chinese, Japanese."""
_FORWARD_WORDS = (
    "fw fwd wg tr rv renv reenv enc i inoltro vb vs vl doorst pd ilt i\u0307lt továbbítás пересл "
    "转发 轉寄 轉發 転送"
)
"""Fwd by language. "VS" is a forward in Danish and Norwegian and a reply in Finnish: taken for
what is never stripped."""
_REPLY, _FORWARD = frozenset(_REPLY_WORDS.split()), frozenset(_FORWARD_WORDS.split())

_TICKET_NUMBER = re.compile(r"#([^\s#]{1,50})#")
_MAX_TICKET_NUMBERS = 5


def is_reply_subject(subject: str) -> bool:
    """Whether a subject begins as that of a reply, in the language of any mail program."""
    return _prefix(subject) in _REPLY


def is_forward_subject(subject: str) -> bool:
    """Whether a subject begins as that of a forwarded mail: "Fwd: Re: …" does, "Re: Fwd: …" not."""
    return _prefix(subject) in _FORWARD


def bare_subject(subject: str) -> str:
    """Return a subject case-folded and without prefixes and tags, to compare two of them."""
    bare = subject[:1_000]
    while _prefix(bare) in _REPLY | _FORWARD:
        bare = _PREFIX.sub("", _without_tags(bare), count=1)
    return " ".join(_without_tags(bare).casefold().split())


def ticket_numbers(subject: str) -> tuple[str, ...]:
    """Return the numbers that stand as `#<TicketNumber>#` in a subject, each once, in order.

    A number is opaque text without blanks (tenants choose its format), with a digit in it:
    "#1 priority" and "#help#" name none. What only looks like one costs a look-up and no more.
    """
    found = (match[1] for match in _TICKET_NUMBER.finditer(subject[:1_000]))
    numbers = dict.fromkeys(number for number in found if any(map(str.isdigit, number)))
    return tuple(numbers)[:_MAX_TICKET_NUMBERS]


def _prefix(subject: str) -> str:
    found = _PREFIX.match(_without_tags(subject[:200]))
    return found[1].casefold() if found else ""


def _without_tags(subject: str) -> str:
    """Return a subject without what gateways put before it, such as "[EXTERNAL]"."""
    for _ in range(_MAX_TAGS):
        tag = _TAG.match(subject)
        if tag is None:
            break
        subject = subject[tag.end() :]
    return subject
