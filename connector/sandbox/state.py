"""What the sandbox remembers while it runs: tickets, notes, attachments, values, tokens."""

import itertools
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from connector.sandbox.tenant import Account, Contact, Item, Status, Tenant

Ticket = dict[str, Any]
"""A ticket under the names of TicketOutputDto: ids, texts, moments in UTC; no looked-up names."""

REFRESH_TOKEN_DAYS = 30

AnyItem = TypeVar("AnyItem", bound=Item)


@dataclass
class Note:
    """A note on a ticket."""

    id: int
    ticket_id: int
    details: str
    is_internal: bool
    type_id: int
    created_at: datetime
    attachment_ids: list[int] = field(default_factory=list)


@dataclass
class Attachment:
    """A file on a ticket."""

    id: int
    ticket_id: int
    name: str
    content_type: str
    content: bytes
    created_at: datetime


@dataclass
class TokenPair:
    """An access token and the refresh token that came with it."""

    access: str
    refresh: str
    access_expires: datetime
    refresh_expires: datetime


class Tokens:
    """The tokens that were given out. A refresh replaces both tokens of a pair."""

    def __init__(self, lifetime: timedelta) -> None:
        """`lifetime` is that of an access token."""
        self._lifetime = lifetime
        self._pairs: list[TokenPair] = []

    def issue(self, now: datetime) -> TokenPair:
        """Return a new pair."""
        pair = TokenPair(
            access=secrets.token_urlsafe(24),
            refresh=secrets.token_urlsafe(24),
            access_expires=now + self._lifetime,
            refresh_expires=now + timedelta(days=REFRESH_TOKEN_DAYS),
        )
        self._pairs.append(pair)
        return pair

    def find(self, access: str) -> TokenPair | None:
        """Return the pair of an access token, expired or not."""
        return next((pair for pair in self._pairs if pair.access == access), None)

    def withdraw(self, pair: TokenPair) -> None:
        """Make both tokens of a pair unknown."""
        self._pairs.remove(pair)

    def expire(self, now: datetime) -> None:
        """Make every access token expire; refresh tokens stay good."""
        for pair in self._pairs:
            pair.access_expires = min(pair.access_expires, now)


class Store:
    """The state of one sandbox. Whoever touches it holds `lock`."""

    def __init__(self, tenant: Tenant, token_lifetime: timedelta) -> None:
        """Start with the tenant as it is, and without tickets."""
        self.lock = threading.RLock()
        self.tenant = tenant
        self.tokens = Tokens(token_lifetime)
        self.tickets: dict[int, Ticket] = {}
        self.notes: dict[int, Note] = {}
        self.attachments: dict[int, Attachment] = {}
        self.custom_values: dict[int, dict[int, str | None]] = {}
        # Ids and the count of ticket numbers start apart, so that mixing them up shows.
        self._ticket_ids = itertools.count(70001)
        self._ticket_count = itertools.count(1001)
        self._ids = itertools.count(80001)

    def new_id(self) -> int:
        """Return an id for anything that is not a ticket."""
        return next(self._ids)

    def add_ticket(self, fields: dict[str, Any], now: datetime) -> Ticket:
        """Keep a new ticket with these fields and give it its id and number."""
        ticket = {
            "CreatedBy": self.tenant.user.id,
            **fields,
            "Id": next(self._ticket_ids),
            "TicketNumber": self._number(now),
            "CreatedOn": now,
            "ModifiedOn": now,
            "LastActivityUpdate": now,
            "LastStatusUpdate": now,
            "LastPriorityUpdate": now,
            "LastQueueUpdate": now,
            "ModifiedBy": self.tenant.user.id,
        }
        self.tickets[ticket["Id"]] = ticket
        self.custom_values[ticket["Id"]] = {}
        return ticket

    def remove_ticket(self, ticket_id: int) -> None:
        """Forget a ticket and all that hangs on it."""
        del self.tickets[ticket_id]
        del self.custom_values[ticket_id]
        for note in self.notes_of(ticket_id):
            del self.notes[note.id]
        for attachment in self.attachments_of(ticket_id):
            del self.attachments[attachment.id]

    def notes_of(self, ticket_id: int) -> list[Note]:
        """Return the notes of a ticket, oldest first."""
        return [note for note in self.notes.values() if note.ticket_id == ticket_id]

    def attachments_of(self, ticket_id: int) -> list[Attachment]:
        """Return the files of a ticket, oldest first."""
        return [item for item in self.attachments.values() if item.ticket_id == ticket_id]

    def account(self, account_id: int | None) -> Account | None:
        """Return an account."""
        return next((item for item in self.tenant.accounts if item.id == account_id), None)

    def status(self, name: str) -> Status:
        """Return the status of that name; raises `ValueError` when there is none."""
        return named(self.tenant.statuses, name)

    def contact(self, contact_id: int | None) -> Contact | None:
        """Return a contact."""
        return next((item for item in self.tenant.contacts if item.id == contact_id), None)

    def _number(self, now: datetime) -> str:
        """Return the next number in the default format COUNT-MMDDYYYY."""
        local = now.astimezone(ZoneInfo(self.tenant.time_zone))
        return f"{next(self._ticket_count)}-{local:%m%d%Y}"


def named(items: Sequence[AnyItem], name: str) -> AnyItem:
    """Return the item of that name, in any case; raises `ValueError` when there is none."""
    for item in items:
        if item.name.lower() == name.lower():
            return item
    raise ValueError(f"'{name}' is none of: {', '.join(item.name for item in items)}")
