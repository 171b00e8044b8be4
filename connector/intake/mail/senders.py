"""Whose mail it is: From, unless that is an address of our own (DESIGN section 6).

A mailing list of Google Groups puts our address into From and keeps the writer in X-Original-From;
the mail of a web site comes from our own address, with the visitor in Reply-To.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from connector.domain.mail import Mailbox, OwnAddresses
from connector.intake.mail.addresses import parse_mailbox, parse_mailboxes
from connector.intake.mail.headers import Header

MAX_MAILBOXES = 100

_ORIGINAL_FROM = ("x-original-from", "x-original-sender")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose mail it is; `via` is our own address that stood in From of somebody else's mail."""

    mailbox: Mailbox | None
    via: Mailbox | None = None
    is_our_own: bool = False
    """Whether it is our own outgoing mail."""


def read_sender(header: Header, author: Mailbox | None, own: OwnAddresses) -> Sender:
    """Return whose mail it is, given the `author` in From."""
    if author is None or not _is_own(author, own):
        return Sender(author)
    for other in _others(header):
        if not _is_own(other, own):
            return Sender(other, via=author)
    return Sender(author, is_our_own=True)


def original_from(header: Header) -> Mailbox | None:
    """Return the From that a mailing list replaced by its own address."""
    found = (parse_mailbox(header.value(name)) for name in _ORIGINAL_FROM)
    return next(filter(None, found), None)


def reply_to(header: Header) -> tuple[Mailbox, ...]:
    """Return the addresses to which answers are wanted."""
    return _mailboxes(header, "reply-to")


def recipients(header: Header) -> tuple[Mailbox, ...]:
    """Return the addresses in To and CC, each once."""
    both = (*_mailboxes(header, "to"), *_mailboxes(header, "cc"))
    return tuple({one.address: one for one in both}.values())


def _mailboxes(header: Header, name: str) -> tuple[Mailbox, ...]:
    found = {one.address: one for value in header.values(name) for one in parse_mailboxes(value)}
    return tuple(found.values())[:MAX_MAILBOXES]


def _others(header: Header) -> Iterator[Mailbox]:
    original = original_from(header)
    if original:
        yield original
    yield from reply_to(header)


def _is_own(mailbox: Mailbox, own: OwnAddresses) -> bool:
    return mailbox.address in own.addresses
