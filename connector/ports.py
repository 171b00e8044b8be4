"""What the pipeline needs of the outside: sources, the ledger, BMS, a clock.

Adapters satisfy these protocols; the pipeline imports no adapter.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connector.domain import (
    Attachment,
    Contact,
    Decision,
    Identity,
    Lookup,
    Named,
    NameOrId,
    Outcome,
    Request,
    RequestKind,
    Template,
    TicketDraft,
    TicketRef,
    Waiting,
)

Clock = Callable[[], datetime]
"""Returns the present moment, in UTC."""


# --- sources ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item that a source hands over, before anything is parsed.

    `locator` tells this very item from any other of the source, also after a restart.
    `form` names the form mapping of a submission. `read` returns the raw bytes; it raises
    `ItemVanished` when the item is gone and `ItemUnreadable` when it cannot be read.
    """

    source: str
    locator: str
    kind: RequestKind
    received_at: datetime
    size: int
    read: Callable[[], bytes]
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """What a first, light look at raw bytes tells: who it is, from whom, about what."""

    identity: Identity
    subject: str
    sender: str


class Reader(Protocol):
    """Reads raw bytes. Raises `RequestRejected` when there is nothing to read, and no other."""

    def identify(self, kind: RequestKind, raw: bytes, form: str | None) -> Identified:
        """Return the identity of an item, without parsing all of it."""
        ...

    def read(
        self, kind: RequestKind, raw: bytes, form: str | None, *, source: str, received_at: datetime
    ) -> Request:
        """Parse an item into a request."""
        ...


class ItemVanished(Exception):
    """The item was there when the source was listed and is gone now: somebody took it."""


class ItemUnreadable(Exception):
    """The item is there and cannot be read; it stays where it is."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source holds at one moment: its items, and names it does not know what to do with."""

    items: Sequence[Arrival]
    strangers: Sequence[str] = ()


class Source(Protocol):
    """Where requests come from."""

    @property
    def name(self) -> str:
        """The name that configuration gives it."""
        ...

    def list(self) -> Listing:
        """Return what it holds now, oldest first, without reading the contents."""
        ...

    def mark(self, locator: str, outcome: Outcome) -> None:
        """File the item away as done or as parked; called only once the ledger has committed.

        An item that is gone, or that is filed so already, is no error.
        """
        ...


# --- the ledger ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which run writes to the ledger, and the moment it does so, in UTC."""

    run: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request as the ledger knows it. `result` is what reports say of its ticket."""

    key: str
    source: str
    locator: str
    kind: RequestKind
    form: str | None
    state: Outcome
    received_at: datetime
    recorded_at: datetime
    subject: str = ""
    sender: str = ""
    waiting: Waiting | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    reason: str = ""
    remedy: str = ""
    duplicate_of: str | None = None
    ticket_id: int | None = None
    ticket_number: str | None = None
    result: Mapping[str, object] | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A creating call that was about to be made, and what is known of its outcome.

    `result_id` is the id that BMS gave; an intent with neither `result_id` nor `refused` is
    unclear: the call may have been made, and BMS must be searched before it is made again.
    """

    operation: str
    first_attempt_at: datetime
    last_attempt_at: datetime
    result_id: int | None = None
    refused: str | None = None

    @property
    def is_unclear(self) -> bool:
        """Whether nobody knows if the call took effect."""
        return self.result_id is None and self.refused is None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the story of a request. `rule` is set where a rule decided."""

    at: datetime
    run: str
    step: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An item that its source has yet to file away."""

    key: str
    source: str
    locator: str
    outcome: Outcome


class Ledger(Protocol):
    """Our own record of requests and of what was done. Every method is one transaction.

    All moments are UTC and come from the caller: the ledger has no clock.
    """

    # intake
    def waiting_item(self, source: str, locator: str) -> RequestRecord | None:
        """Return the record of an item that was recorded and not yet filed away, if any."""
        ...

    def record(self, key: str, arrival: Arrival, raw: bytes, *, stamp: Stamp) -> None:
        """Keep an item's raw bytes, as a pending request."""
        ...

    def holder_of(self, identity: Identity, received_at: datetime) -> str | None:
        """Return the key of the request that has this identity, if any."""
        ...

    def identify(
        self,
        key: str,
        identity: Identity,
        *,
        subject: str,
        sender: str,
        stamp: Stamp,
    ) -> str | None:
        """Claim `identity` for the request; if another has it, settle this one as `duplicate`.

        Return the key of that other request, or None.
        """
        ...

    def unidentified(self) -> Sequence[str]:
        """Return keys of requests recorded but not yet identified (a run was killed)."""
        ...

    # work
    def take_over_leases(self) -> None:
        """Free every lease: whoever holds the run lock is the only worker (SQLite)."""
        ...

    def claim(
        self,
        *,
        now: datetime,
        holder: str,
        lease_until: datetime,
        sources: Sequence[str] | None,
        besides: Sequence[str],
    ) -> RequestRecord | None:
        """Lease the oldest pending, identified request that is due now, if any.

        `sources` limits it to requests of these; keys in `besides` are passed over.
        """
        ...

    def raw(self, key: str) -> bytes:
        """Return the raw bytes of a request; raises `KeyError` when they were erased."""
        ...

    def get(self, key: str) -> RequestRecord | None:
        """Return one request."""
        ...

    def pending(self, sources: Sequence[str] | None) -> Sequence[RequestRecord]:
        """Return all pending requests (of these sources), oldest first."""
        ...

    def postpone(
        self,
        key: str,
        *,
        waiting: Waiting,
        until: datetime,
        reason: str,
        remedy: str,
        attempts: int,
        stamp: Stamp,
    ) -> None:
        """Leave the request pending until a later attempt and free its lease."""
        ...

    def settle(self, key: str, outcome: Outcome, *, reason: str, remedy: str, stamp: Stamp) -> None:
        """Give the request its outcome, free its lease, and let its source be marked."""
        ...

    def keep_result(
        self,
        key: str,
        *,
        result: Mapping[str, object],
        decisions: Sequence[Decision],
        stamp: Stamp,
    ) -> None:
        """Keep what was decided for the request, before anything of it is done."""
        ...

    # delivery
    def intend(self, key: str, operation: str, *, stamp: Stamp) -> Intent:
        """Commit the intent to make a creating call; a repeated one moves `last_attempt_at`."""
        ...

    def intents(self, key: str) -> Mapping[str, Intent]:
        """Return the request's intents by operation."""
        ...

    def confirm(
        self,
        key: str,
        operation: str,
        *,
        result_id: int,
        ticket: TicketRef | None,
        stamp: Stamp,
    ) -> None:
        """Record that the call took effect; `ticket` when the operation made the ticket."""
        ...

    def refuse(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None:
        """Record that BMS certainly did not carry the call out."""
        ...

    def withdraw(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None:
        """Record that the call was certainly never carried out, and may be made as if anew."""
        ...

    # marking
    def unmarked(self, sources: Sequence[str] | None) -> Sequence[Mark]:
        """Return settled items that their sources have yet to file away."""
        ...

    def marked(self, key: str, outcome: Outcome) -> None:
        """Record that the source has filed the item away."""
        ...

    # people
    def note(self, key: str, *, step: str, text: str, stamp: Stamp, rule: str = "") -> None:
        """Add a line to the story of a request."""
        ...

    def journal(self, key: str) -> Sequence[JournalEntry]:
        """Return the story of a request, oldest first."""
        ...

    def listed(self, state: Outcome | None, limit: int) -> Sequence[RequestRecord]:
        """Return the newest requests, of one state or of all."""
        ...

    def by_ticket(self, *, number: str | None, ticket_id: int | None) -> Sequence[RequestRecord]:
        """Return the requests that ended as, or on, this ticket."""
        ...

    def reopen(self, key: str, *, states: Sequence[Outcome], step: str, stamp: Stamp) -> bool:
        """Make the request pending and due now if it is in one of `states`; else return False."""
        ...

    # runs
    def start_run(self, stamp: Stamp) -> None:
        """Record that a run began."""
        ...

    def finish_run(self, stamp: Stamp, *, exit_code: int, summary: Mapping[str, object]) -> None:
        """Record how a run ended."""
        ...


class Cache(Protocol):
    """Answers of BMS worth keeping between runs, and the sign-in token."""

    def load(self, kind: str, name: str, now: datetime) -> object | None:
        """Return the JSON value kept under `kind` and `name`, unless it expired."""
        ...

    def save(self, kind: str, name: str, value: object, expires_at: datetime) -> None:
        """Keep a JSON value until it expires."""
        ...

    def drop(self, kind: str, name: str | None = None) -> None:
        """Forget one value, or every value of a kind."""
        ...


# --- BMS -------------------------------------------------------------------------------------


class Directory(Protocol):
    """The reading half of BMS: names, contacts, templates. Never creates anything.

    Every method may raise `RetryLater` or `FatalError`; look-ups by name raise
    `NameUnresolved` with the nearest names when there is no such thing, or several.
    """

    def resolve(self, kind: Lookup, name: NameOrId, *, parent: int | None = None) -> Named:
        """Return id and name of an active thing; `parent` is a sub-issue type's issue type."""
        ...

    def contacts(self, address: str) -> Sequence[Contact]:
        """Return active contacts at active accounts whose address is exactly this one."""
        ...

    def main_location(self, account_id: int) -> int:
        """Return the id of the account's main location."""
        ...

    def template(self, name: NameOrId) -> Template:
        """Return a ticket template."""
        ...

    def default_of(self, kind: Lookup) -> Named | None:
        """Return what BMS itself calls the default of a kind, else the first that it lists."""
        ...

    def custom_fields(self) -> Mapping[str, int]:
        """Return the ids of active ticket custom fields by name."""
        ...

    def attachment_limit(self) -> int:
        """Return the tenant's limit for one attachment, in bytes."""
        ...


class TicketGateway(Directory, Protocol):
    """BMS, whole. Creating calls raise `OutcomeUnknown` when nobody knows if they took effect,
    and `RequestRejected` with BMS's own words when they certainly did not.
    """

    def for_emergency(self, *, emergency: bool) -> AbstractContextManager[None]:
        """Let the calls made within draw on the part of the budget kept for emergencies, or not."""
        ...

    def create_ticket(self, draft: TicketDraft) -> TicketRef:
        """Create a ticket, due dates and custom fields included, in one call."""
        ...

    def planned_ticket(self, draft: TicketDraft) -> Mapping[str, object]:
        """Return the body that `create_ticket` would send, in the contract's words."""
        ...

    def find_ticket(
        self, reference: str, *, created_from: datetime, created_to: datetime
    ) -> TicketRef | None:
        """Search all tickets created in that time for the one that bears `reference`."""
        ...

    def attach(self, ticket_id: int, attachment: Attachment) -> int:
        """Upload a file to a ticket; return its id."""
        ...

    def attachment_ids(self, ticket_id: int) -> Mapping[str, int]:
        """Return the ids of a ticket's attachments by file name."""
        ...

    def add_internal_note(self, ticket_id: int, text: str, *, reference: str, at: datetime) -> int:
        """Add a note that clients do not see, ending with its own `Ref:`; return its id."""
        ...

    def find_note(self, ticket_id: int, reference: str) -> int | None:
        """Return the id of the ticket's note that bears `reference`, if any."""
        ...


class CallBudget(Protocol):
    """How many calls an endpoint may still get; shared by all who share the ledger."""

    def take(self, endpoint: str, *, now: datetime, emergency: bool) -> None:
        """Count one call to `endpoint` (method and path template).

        Raises `BudgetSpent` when the last 60 minutes are used up; the last tenth of the
        budget is for emergencies only.
        """
        ...
