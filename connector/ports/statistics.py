"""What a report over a period asks: the ledger for counts, BMS for tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from connector.accounts.model import AccessState
from connector.domain.request import Outcome, RequestKind
from connector.ports.watch import OpenTicket


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment on until right before another; both in UTC."""

    start: datetime
    end: datetime


class Flow(NamedTuple):
    """Requests that are counted together: where from, of what kind, and what became of them."""

    source: str
    kind: RequestKind
    outcome: Outcome


class TicketGroup(NamedTuple):
    """Requests on tickets that are counted together. `priority` is the guide's word.

    A note has no template; what an older version wrote may lack any of them.
    """

    outcome: Outcome
    account: str | None
    template: str | None
    priority: str | None
    emergency: bool


@dataclass(frozen=True, slots=True)
class DatesWritten:
    """What write-back did: values written into BMS, and into how many tickets."""

    values: int
    tickets: int


class StatisticsLedger(Protocol):
    """Counts over the requests received in a span. Every method changes nothing.

    Each lets the database count, so that none holds more than one row per group.
    """

    def flows(self, spans: Sequence[Span]) -> Sequence[Mapping[Flow, int]]:
        """Return for each span how many requests were received, all as of one moment."""
        ...

    def ticket_groups(self, span: Span) -> Mapping[TicketGroup, int]:
        """Return how many requests became tickets and notes."""
        ...

    def parked_reasons(self, span: Span) -> Mapping[str, int]:
        """Return the reasons of requests that are parked now, in the words of the ledger."""
        ...

    def times_to_ticket(self, span: Span, limits: Sequence[timedelta]) -> Sequence[int]:
        """Return how many tickets were made within each limit of the receipt, then the rest.

        `limits` ascend; a ticket is counted at the first limit that it keeps.
        """
        ...

    def access_states(self, span: Span) -> Mapping[AccessState, int]:
        """Return in which state the portal logins are that were asked for in the span."""
        ...

    def dates_written(self, span: Span) -> DatesWritten:
        """Return what write-back wrote in the span."""
        ...


class OpenedSearch(Protocol):
    """BMS as a report needs it. Methods raise what the other calls to BMS raise."""

    def wrong_time_zone(self) -> str | None:
        """Return in a sentence how BMS's dates disagreed with the clock, if they did."""
        ...

    def tickets_opened(self, span: Span, *, most: int) -> Sequence[OpenTicket]:
        """Return the tickets opened in the span, of any status, without titles and details.

        Raises `RequestRejected` when there are more than `most`, and `RetryLater` when BMS does
        not show them all.
        """
        ...
