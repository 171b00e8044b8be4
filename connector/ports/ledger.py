"""Our own record of requests and of what was done."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from connector.domain.plan import Decision
from connector.domain.request import Identity, Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.ports.records import Intent, JournalEntry, Mark, RequestRecord, Stamp
from connector.ports.sources import Arrival, Claim, Identified, Item
from connector.ports.threads import ThreadLedger


class Ledger(ThreadLedger, Protocol):
    """Our own record of requests and of what was done. Every method is one transaction.

    All moments are UTC and come from the caller: the ledger has no clock, but that by which
    leases run out where several hosts share it.

    What a worker writes about a request raises `LeaseLost` once the request is not leased to the
    run of the stamp any more: `postpone`, `settle`, `keep_result`, `intend`, `refuse`, `withdraw`,
    and `confirm`, which keeps the id of what was made before it does.
    """

    # intake
    def waiting_item(self, source: str, locator: str) -> RequestRecord | None:
        """Return the record of an item that was recorded and not yet filed away, if any."""
        ...

    def record(self, key: str, arrival: Arrival, raw: bytes, *, stamp: Stamp) -> None:
        """Keep an item's raw bytes, as a pending request."""
        ...

    def record_all(self, items: Sequence[Item], *, stamp: Stamp) -> None:
        """Keep the raw bytes of each item, as pending requests: all of them, or none."""
        ...

    def admit(
        self,
        key: str,
        arrival: Arrival,
        raw: bytes,
        identified: Identified,
        *,
        urgent: bool,
        stamp: Stamp,
    ) -> str | None:
        """Keep and identify what a sender pushes; return the key of who has its identity already.

        Then nothing is kept but a line in that one's story: the sender may push it any number of
        times. Only two of the same moment, from hosts that share the ledger, may both be kept,
        the second as `duplicate`.
        """
        ...

    def unfiled(self, source: str) -> Sequence[RequestRecord]:
        """Return what was recorded from a source and has not left it yet, by locator."""
        ...

    def relocate(self, key: str, locator: str, *, stamp: Stamp) -> None:
        """Record that the source calls the request's item by another name now."""
        ...

    def refill(self, key: str, raw: bytes, *, stamp: Stamp) -> None:
        """Give a request that was parked unread its bytes, and make it pending again."""
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
        urgent: bool = False,
        conversation: str | None = None,
    ) -> str | None:
        """Claim `identity` for the request; if another has it, settle this one as `duplicate`.

        What is `urgent` is claimed for work before everything else; requests of one
        `conversation` in the order of their receipt. Return the key of that other request, or
        None.
        """
        ...

    def identify_all(self, claims: Sequence[Claim], *, stamp: Stamp) -> Sequence[str | None]:
        """Let each request claim its identity, one after the other; see `identify`."""
        ...

    def unidentified(self, sources: Sequence[str] | None) -> Sequence[str]:
        """Return keys of requests (of these sources) recorded but not yet identified."""
        ...

    def park_unidentified(self, key: str, *, reason: str, remedy: str, stamp: Stamp) -> None:
        """Park a request that nobody can identify, unless that was done meanwhile."""
        ...

    # leases
    @property
    def leases_run_out(self) -> bool:
        """Whether a lease has to be renewed, lest another run takes the request over."""
        ...

    def take_over_leases(self) -> None:
        """Free every lease, where whoever holds the run lock is the only worker.

        Where others may be at work, leases run out by themselves.
        """
        ...

    def renew(self, *, holder: str, lease: timedelta, now: datetime) -> None:
        """Let every lease that is still `holder`'s last for `lease` from now on."""
        ...

    def exclusive(self, name: str) -> AbstractContextManager[bool]:
        """Be the only process that does what is called `name`; yields whether we are.

        Whoever is second is not made to wait.
        """
        ...

    def claim(
        self,
        *,
        now: datetime,
        holder: str,
        lease: timedelta,
        sources: Sequence[str] | None,
        besides: Collection[str],
    ) -> RequestRecord | None:
        """Lease a pending, identified request that is due now, if any: the urgent, then the oldest.

        One waits for those before it in its conversation, unless it is urgent. `sources` limits
        it to requests of these; keys in `besides` are passed over.
        """
        ...

    def held_up(self, *, now: datetime) -> Mapping[str, str]:
        """Return, for people, what pending requests wait for beside their own moment, by key.

        That is another run, on a ledger that hosts share, or an earlier one of its conversation.
        """
        ...

    # work

    def raw(self, key: str) -> bytes:
        """Return the raw bytes of a request; raises `KeyError` when they were removed."""
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
    def intend(self, key: str, operation: str, *, stamp: Stamp, remark: str = "") -> Intent:
        """Commit the intent to make a creating call; a repeated one moves `last_attempt_at`.

        `remark` is what a person should hear of how this call differs from what was planned.
        """
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
        """Record that the call took effect; `ticket` when it made the ticket, or a note on it."""
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

    def marked(self, key: str, outcome: Outcome, *, has_left: bool = True) -> None:
        """Record that the source has filed the item away, and whether it has left the source."""
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

    def set_aside(self, key: str, *, reason: str, stamp: Stamp) -> bool:
        """Settle a parked or pending request as ignored, unless it is being worked on just now.

        Return whether that was done.
        """
        ...

    def reopen(self, key: str, *, states: Sequence[Outcome], step: str, stamp: Stamp) -> bool:
        """Make the request pending and due now if it is in one of `states`; else return False.

        One whose raw message was removed stays as it is.
        """
        ...

    # runs
    def start_run(self, stamp: Stamp) -> None:
        """Record that a run began."""
        ...

    def finish_run(self, stamp: Stamp, *, exit_code: int, summary: Mapping[str, object]) -> None:
        """Record how a run ended."""
        ...
