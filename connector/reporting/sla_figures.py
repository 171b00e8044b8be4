"""SLA kept and missed over many tickets: BMS is asked once, then everything is counted."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connector.domain.due_dates import SAME
from connector.pipeline.rulebook import TicketStatuses
from connector.ports.statistics import OpenedSearch, Span
from connector.ports.watch import MadeTicket, OpenTicket, Watched, WatchLedger, remote_response_of
from connector.reporting.standing import Judgement, Standing, judge_due_date, judge_response

Standings = Counter[Standing]

AT_ONCE = 500
"""Tickets that the ledger is asked about at the same time."""


@dataclass(slots=True)
class Tally:
    """How one promise was kept, over all tickets and by priority and client."""

    whole: Standings = field(default_factory=Counter)
    by_priority: dict[str, Standings] = field(default_factory=dict)
    by_account: dict[str, Standings] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    """Why nothing can be said, of those of which nothing can."""

    def add(self, ticket: OpenTicket, judged: Judgement) -> None:
        """Count a ticket."""
        account = ticket.account.name if ticket.account else ""
        self.whole[judged.standing] += 1
        self.by_priority.setdefault(ticket.priority.name, Counter())[judged.standing] += 1
        self.by_account.setdefault(account, Counter())[judged.standing] += 1
        if judged.why:
            self.unknown[judged.why] += 1


@dataclass(slots=True)
class SlaFigures:
    """SLA kept and missed, of the tickets opened in the period.

    `left_out` are tickets outside `sla.scope`; `moved` those whose DueDate is not the one that we
    set. `not_judged` says why nothing could be judged, and then all else is empty.
    """

    due_date: Tally = field(default_factory=Tally)
    response: Tally = field(default_factory=Tally)
    left_out: int = 0
    moved: int = 0
    not_judged: str = ""

    @property
    def tickets(self) -> int:
        """How many tickets were judged."""
        return self.due_date.whole.total()


@dataclass(frozen=True, kw_only=True)
class Judge:
    """What is needed to judge tickets: BMS, our record of what we set, and the settings.

    `leaves_out` tells whether `sla.scope` leaves a ticket out. `most` tickets are read at most.
    """

    search: OpenedSearch
    ledger: WatchLedger
    statuses: TicketStatuses
    leaves_out: Callable[[OpenTicket], bool]
    most: int

    def figures(self, span: Span, now: datetime) -> SlaFigures:
        """Ask BMS for the tickets opened in the span and judge each; raises what BMS raises."""
        if wrong := self.search.wrong_time_zone():
            return SlaFigures(not_judged=wrong)
        figures = SlaFigures()
        tickets = self.search.tickets_opened(span, most=self.most)
        ours = [ticket for ticket in tickets if not self.leaves_out(ticket)]
        figures.left_out = len(tickets) - len(ours)
        for some in _chunks(ours):
            ids = [ticket.id for ticket in some]
            watched, made = self.ledger.watched(ids), self.ledger.made_tickets(ids)
            for ticket in some:
                self._count(figures, ticket, watched.get(ticket.id), made.get(ticket.id), now)
        return figures

    def _count(
        self,
        figures: SlaFigures,
        ticket: OpenTicket,
        watched: Watched | None,
        made: MadeTicket | None,
        now: datetime,
    ) -> None:
        target = remote_response_of(watched, made)
        figures.due_date.add(ticket, judge_due_date(ticket, now, self.statuses))
        figures.response.add(ticket, judge_response(ticket, target, now, self.statuses))
        known = watched or made
        ours = known.answered if known else None
        if ours and ticket.due_at and abs(ticket.due_at - ours) >= SAME:
            figures.moved += 1


def _chunks(tickets: Sequence[OpenTicket]) -> Iterator[Sequence[OpenTicket]]:
    for start in range(0, len(tickets), AT_ONCE):
        yield tickets[start : start + AT_ONCE]
