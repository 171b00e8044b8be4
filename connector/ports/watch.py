"""Tickets whoever made them: as BMS shows them now, and what we know and wrote of them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from connector.domain.due_dates import Desired
from connector.domain.tenant import Named
from connector.ports.records import JournalEntry, Stamp


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket as BMS shows it now. Moments are in UTC.

    `details` is HTML, and None where the answer lacks it; so is `custom_fields` (values as
    text, by custom field id). `unreadable` is a DueDate that we cannot read. `ccs` are addresses,
    and None where the answer does not tell: a row of a search has neither them nor the contact's.
    """

    id: int
    number: str
    title: str
    status: Named
    priority: Named
    account: Named | None = None
    queue: Named | None = None
    issue_type: Named | None = None
    details: str | None = None
    opened_at: datetime | None = None
    created_at: datetime | None = None
    due_at: datetime | None = None
    priority_changed_at: datetime | None = None
    is_scheduled: bool = False
    is_recurring: bool = False
    custom_fields: Mapping[int, str] | None = None
    unreadable: str = ""
    status_changed_at: datetime | None = None
    completed_at: datetime | None = None
    contact_id: int | None = None
    contact_address: str = ""
    ccs: tuple[str, ...] | None = None
    reopened_at: datetime | None = None
    first_response_at: datetime | None = None
    """When BMS stamped a first response: at a status with that SLA event, not at a reply."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a search for tickets showed. `complete`: every page agreed on how many there are."""

    tickets: Sequence[OpenTicket]
    complete: bool


@dataclass(frozen=True, slots=True)
class MadeTicket:
    """A ticket that we created, as the ledger knows it.

    `result` is what reports say of it; `answered` and `priority_id` are BMS's own words in its
    answer to the creating call, where they are known.
    """

    ticket_id: int
    request_key: str
    received_at: datetime
    result: Mapping[str, object]
    answered: datetime | None = None
    priority_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The due dates of a ticket as last reckoned, in UTC, and the steps.

    `desired` is the date that the requester named, as a moment, where it can be used.
    """

    remote_response: datetime
    onsite_response: datetime
    resolution: datetime | None
    due_date: datetime
    desired: datetime | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldState:
    """One custom field of a watched ticket: the value it should have, and what we wrote.

    `sent` is committed before the call, `answered` is what BMS said to it. `told` is the
    disagreement last reported, so that it is reported once.
    """

    wanted: str
    sent: str | None = None
    answered: str | None = None
    refused: str = ""
    told: str = ""


class Found(StrEnum):
    """What becomes of a DueDate that was there when we first saw the ticket."""

    NOTHING = "nothing"
    """There was none, or it is ours."""
    KEPT = "kept"
    REPLACED = "replaced"
    """It may be replaced, once."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What we know of a ticket, and what we wrote into it.

    `received_at` is when it was opened, as first seen; `raised_at` since when it is an
    emergency, where that is not its receipt. `sent` is the DueDate of our last write, committed
    before the call; `answered` what BMS said to it, which is what makes a date ours.
    """

    ticket_id: int
    number: str
    title: str
    request_key: str | None
    first_seen_at: datetime
    received_at: datetime
    found_due: datetime | None
    found: Found
    priority: Named
    emergency: bool
    raised_at: datetime | None
    details_digest: str
    desired_words: str
    desired: Desired | None
    due: Reckoned
    reason: str
    """Why the dates are what they are: first seen, priority changed, and so on."""
    sent: datetime | None = None
    answered: datetime | None = None
    fields: Mapping[int, FieldState] = field(default_factory=dict)
    refused: str = ""
    """BMS's words when it refused the DueDate last wanted."""
    told: str = ""
    """The disagreement last reported, so that it is reported once."""
    pending: bool = False
    """Whether something is yet to be written."""
    priority_changed_at: datetime | None = None
    """LastPriorityUpdate at the last look: one that stands still tells of no change."""


WRITTEN = "written"
"""The step of a line that tells of a value written into BMS."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line for the story of a ticket."""

    step: str
    rule: str
    text: str


def remote_response_of(watched: Watched | None, made: MadeTicket | None) -> datetime | None:
    """Return when the remote response to a ticket is due, as last reckoned, where we know it."""
    if watched is not None:
        return watched.due.remote_response
    due = made.result.get("due") if made else None
    at = due.get("remote_response") if isinstance(due, Mapping) else None
    return datetime.fromisoformat(at) if isinstance(at, str) else None


class TicketWatch(Protocol):
    """BMS as write-back needs it. Methods raise `RetryLater`, `FatalError` and, for what BMS
    refuses of one ticket, `RequestRejected`.
    """

    def for_emergency(self, *, emergency: bool) -> AbstractContextManager[None]:
        """Let the calls made within draw on the part of the budget kept for emergencies, or not."""
        ...

    def custom_fields(self) -> Mapping[str, int]:
        """Return the ids of active ticket custom fields by name."""
        ...

    def wrong_time_zone(self) -> str | None:
        """Return in a sentence how CreatedOn of a new ticket disagreed with the clock, if it did.

        Known until a new ticket agrees, or `bms.time_zone` is changed.
        """
        ...

    def changed_tickets(self, since: datetime) -> Sighting:
        """Return every ticket that is not completed and had activity since then."""
        ...

    def open_tickets(self) -> Sighting:
        """Return every ticket that is not completed."""
        ...

    def ticket(self, ticket_id: int) -> OpenTicket | None:
        """Return one ticket, or None when BMS has it no more."""
        ...

    def ticket_numbered(self, number: str) -> OpenTicket | None:
        """Return the ticket of exactly this number, if there is one."""
        ...

    def set_due_date(self, ticket_id: int, due: datetime) -> datetime:
        """Write the DueDate and nothing else; return what BMS answers, the same to the minute.

        Raises `WriteBackStopped` when BMS says yes and does not take the date.
        """
        ...

    def set_priority(self, ticket_id: int, priority: Named) -> OpenTicket | None:
        """Write the priority and nothing else; return the ticket as BMS answers it.

        None when BMS says yes and does not take the priority.
        """
        ...

    def custom_values(self, ticket_id: int) -> Mapping[int, str]:
        """Return the values of a ticket's custom fields by custom field id."""
        ...

    def set_custom_value(self, ticket_id: int, field_id: int, value: str) -> str:
        """Write one custom field of a ticket; return what BMS answers."""
        ...


class TicketHints(Protocol):
    """Tickets that BMS told us of, which write-back should look at. Each is one transaction."""

    def hint(self, ticket_id: int, *, at: datetime) -> None:
        """Keep that a ticket should be looked at."""
        ...

    def hinted(self) -> Mapping[int, datetime]:
        """Return the tickets that should be looked at, and when we were told."""
        ...

    def looked_at(self, hints: Mapping[int, datetime]) -> None:
        """Forget hints, unless one came again meanwhile."""
        ...


class WatchLedger(TicketHints, Protocol):
    """Our record of tickets whoever made them. Every method is one transaction."""

    def watched(self, ticket_ids: Sequence[int]) -> Mapping[int, Watched]:
        """Return what is known of these tickets, by id."""
        ...

    def watched_numbered(self, number: str) -> Watched | None:
        """Return what is known of the ticket of this number."""
        ...

    def unwritten(self) -> Sequence[Watched]:
        """Return the tickets into which something is yet to be written."""
        ...

    def made_tickets(self, ticket_ids: Sequence[int]) -> Mapping[int, MadeTicket]:
        """Return those of these tickets that we created, by id."""
        ...

    def watch(self, records: Sequence[tuple[Watched, Sequence[Line]]], *, stamp: Stamp) -> None:
        """Keep what is known of tickets now, and add to their stories."""
        ...

    def forget(self, ticket_id: int) -> None:
        """Have nothing more to write into a ticket that is gone; its story stays."""
        ...

    def ticket_journal(self, ticket_id: int) -> Sequence[JournalEntry]:
        """Return the story of a ticket, oldest first."""
        ...

    def watermark(self, name: str) -> datetime | None:
        """Return the moment kept under this name."""
        ...

    def set_watermark(self, name: str, at: datetime) -> None:
        """Keep a moment under a name."""
        ...
