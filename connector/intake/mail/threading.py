"""Which messages a mail answers: In-Reply-To and References (RFC 5322 section 3.6.4).

Never the subject's words and never Thread-Index: both join mails that have nothing in common.
"""

import re
from collections.abc import Iterator

from connector.intake.mail.headers import Header
from connector.intake.mail.message_id import normalised_message_id

MAX_ANSWERED = 50
"""Identifiers kept of one mail; a thread that is longer is known by its nearest mails."""

_MAX_FIELD = 20_000
_BRACKETED = re.compile(r"<([^<>]{1,1000})>")
_BARE = re.compile(r"[^\s<>,;\"()]{1,500}@[^\s<>,;\"()@]{1,250}")


def answered_ids(header: Header) -> tuple[str, ...]:
    """Return the normalised Message-IDs that a mail answers, nearest first, each once.

    In-Reply-To comes first, then References from its end. Read are also identifiers without
    brackets, folded in the middle, and phrases beside them ("Your message of …").
    """
    found: dict[str, None] = {}
    for identifier in (*_ids(header, "in-reply-to"), *reversed([*_ids(header, "references")])):
        normal = normalised_message_id(f"<{identifier}>")
        if normal and len(found) < MAX_ANSWERED:
            found[normal] = None
    return tuple(found)


def message_ids(text: str) -> Iterator[str]:
    """Yield the identifiers in a piece of text, as they stand there."""
    bracketed = [found[1] for found in _BRACKETED.finditer(text)]
    yield from bracketed or (found[0] for found in _BARE.finditer(text))


def _ids(header: Header, field: str) -> Iterator[str]:
    for name, value in header.fields:
        if name == field:
            # The nearest message stands last, so it is the beginning that may be cut off.
            yield from message_ids(value[-_MAX_FIELD:].decode("latin-1"))
