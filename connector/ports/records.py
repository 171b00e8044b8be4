"""What our own record tells of a request: its state, its story, the calls made for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.domain.request import Outcome, RequestKind, Waiting

RELEASE = "release"
"""The step of a line that tells of a person who sent a parked or ignored request on."""

BY_HAND = "by hand"
"""Stands for the run where a person acts by a command."""


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
    contact_phone: str = ""
    """The number that BMS has of the ticket's contact."""
    result: Mapping[str, object] | None = None
    settled_at: datetime | None = None
    raw_dropped_at: datetime | None = None
    """When its raw message was removed, by retention or because it was erased."""
    erased_at: datetime | None = None
    erased_by: str = ""

    @property
    def was_sent_to_us(self) -> bool:
        """Whether it came over the web, and was not found at a source: its locator is its key."""
        return self.locator == self.key


@dataclass(frozen=True, slots=True)
class Intent:
    """A creating call that was about to be made, and what is known of its outcome.

    `result_id` is the id that BMS gave; an intent with neither `result_id` nor `refused` is
    unclear: the call may have been made, and BMS must be searched before it is made again.
    `remark` is what a person should hear of how the call was made the last time.
    """

    operation: str
    first_attempt_at: datetime
    last_attempt_at: datetime
    result_id: int | None = None
    refused: str | None = None
    remark: str = ""

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
