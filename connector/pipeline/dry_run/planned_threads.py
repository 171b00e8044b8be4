"""Conversations in a dry run: tickets that a run would make are there for the answers to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from connector.domain.mail import MailFacts
from connector.domain.plan import TicketDraft
from connector.pipeline.deciding.course import Append, Course, NewTicket, Traces
from connector.pipeline.deciding.threads import Thread, Threads
from connector.pipeline.services import Services
from connector.ports.threads import Participant, Trouble
from connector.ports.watch import OpenTicket

HOW = "it answers a mail of this very run"


class PlannedThreads(Threads):
    """Threads of the ledger and of BMS, and those that a dry run has planned.

    A planned ticket has no id and no number yet: it goes by a negative id.
    """

    def __init__(self, services: Services) -> None:
        """Begin with nothing planned."""
        super().__init__(services)
        self._tickets: dict[int, OpenTicket] = {}
        self._people: dict[int, list[Participant]] = {}
        self._messages: dict[str, int] = {}
        self._troubles: dict[Trouble, tuple[int, datetime]] = {}

    def plan(self, course: Course) -> None:
        """Keep what a run would do for a request."""
        if isinstance(course, NewTicket):
            ticket = _planned_ticket(-1 - len(self._tickets), course.plan.draft)
            self._keep(ticket, course.traces)
        elif isinstance(course, Append):
            status = course.status or course.ticket.status
            priority = course.raise_to or course.ticket.priority
            ticket = replace(course.ticket, status=status, priority=priority)
            self._keep(ticket, course.traces)

    def of(self, mail: MailFacts) -> Sequence[Thread]:
        """Return the tickets that a mail may belong to, the planned first."""
        for message_id in mail.answers:
            if message_id in self._messages:
                return [self._planned(self._messages[message_id], HOW)]
        return super().of(mail)

    def of_trouble(self, trouble: Trouble, since: datetime, besides: str) -> Thread | None:
        """Return the ticket of a trouble that a machine reported since then."""
        ticket_id, last = self._troubles.get(trouble, (0, since))
        if ticket_id and last >= since:
            return self._planned(ticket_id, "it reports the same trouble")
        return super().of_trouble(trouble, since, besides)

    def with_id(self, ticket_id: int, how: str, *, is_quoted: bool = True) -> Thread | None:
        """Return a ticket as it would be by now."""
        if ticket_id in self._tickets:
            return replace(self._planned(ticket_id, how), is_quoted=is_quoted)
        return super().with_id(ticket_id, how, is_quoted=is_quoted)

    def _planned(self, ticket_id: int, how: str) -> Thread:
        people = [*self._people[ticket_id]]
        if ticket_id > 0:
            people += self.participants(ticket_id)
        return Thread(self._tickets[ticket_id], people, how, is_quoted=True)

    def _keep(self, ticket: OpenTicket, traces: Traces) -> None:
        self._tickets[ticket.id] = ticket
        self._people.setdefault(ticket.id, []).extend(traces.participants)
        if traces.message_id:
            self._messages.setdefault(traces.message_id, ticket.id)
        if traces.trouble and traces.received_at:
            self._troubles[traces.trouble] = (ticket.id, traces.received_at)


def _planned_ticket(ticket_id: int, draft: TicketDraft) -> OpenTicket:
    return OpenTicket(
        id=ticket_id,
        number="not made yet",
        title=draft.title,
        status=draft.status,
        priority=draft.priority,
        account=draft.account,
        queue=draft.queue,
        opened_at=draft.opened_at,
        due_at=draft.due_date,
        contact_id=draft.contact_id,
        ccs=(),
    )
