"""What can become of a request besides a new ticket (`domain.Plan`)."""

from dataclasses import dataclass, field
from datetime import datetime

from connector.domain.due_dates import Desired, DueDates, Priority
from connector.domain.mail import MailFacts, Verdict
from connector.domain.plan import Decision, Plan
from connector.domain.request import Attachment, Outcome, Request
from connector.domain.tenant import Named, TicketRef
from connector.ports.threads import Participant, Trouble
from connector.ports.watch import OpenTicket


@dataclass(frozen=True, slots=True)
class Incoming:
    """An e-mail as it is decided on: what it says, its bytes, and the key of its request."""

    key: str
    request: Request
    mail: MailFacts
    raw: bytes


@dataclass(frozen=True, slots=True)
class Because:
    """What was found out before it was clear that a request becomes a ticket of its own.

    `remarks` are sentences for a technician.
    """

    decisions: tuple[Decision, ...] = ()
    remarks: tuple[str, ...] = ()


def joined(*several: Because) -> Because:
    """Return several reasons as one, in this order."""
    return Because(
        tuple(decision for each in several for decision in each.decisions),
        tuple(remark for each in several for remark in each.remarks),
    )


@dataclass(frozen=True, slots=True)
class Traces:
    """What a request leaves in the ledger once it is a ticket, or a note on one."""

    message_id: str | None = None
    participants: tuple[Participant, ...] = ()
    trouble: Trouble | None = None
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewFacts:
    """What an answer says that changes the due dates of its ticket.

    `raised_by` is the emergency word that the ticket's title has not.
    """

    at: datetime
    raised_by: str | None = None
    desired_words: str = ""
    desired: Desired | None = None


@dataclass(frozen=True, slots=True)
class Append:
    """A note on a ticket, and all that goes with it. Carrying it out decides nothing more.

    `status` is the ticket's afterwards, None to leave it; `raise_to` the priority that it gets.
    `internal_note` is what a technician should know beside it.
    """

    key: str
    ticket: OpenTicket
    text: str
    is_internal: bool
    verdict: Verdict
    decisions: tuple[Decision, ...]
    rules: tuple[str, ...]
    priority: Priority | None
    status: Named | None = None
    attachments: tuple[Attachment, ...] = ()
    internal_note: str | None = None
    raise_to: Named | None = None
    facts: NewFacts | None = None
    due: DueDates | None = None
    traces: Traces = field(default_factory=Traces)

    @property
    def emergency(self) -> bool:
        """Whether it makes an emergency of the ticket."""
        return self.facts is not None and self.facts.raised_by is not None

    @property
    def ticket_ref(self) -> TicketRef:
        """The ticket's id and number."""
        return TicketRef(self.ticket.id, self.ticket.number)


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket of its own."""

    plan: Plan
    traces: Traces
    request: Request
    """What it is about; its `forwarded_by`, else its `sender`, is who sent it."""

    @property
    def emergency(self) -> bool:
        """Whether it is an emergency."""
        return self.plan.emergency


@dataclass(frozen=True, slots=True)
class SetAside:
    """No ticket and no note: ignored, or parked for a person."""

    key: str
    outcome: Outcome
    reason: str
    remedy: str
    verdict: Verdict
    decisions: tuple[Decision, ...]
    emergency: bool = False


Course = NewTicket | Append | SetAside


def decisions_of(course: Course) -> tuple[Decision, ...]:
    """Return how it came about, step by step."""
    return course.plan.decisions if isinstance(course, NewTicket) else course.decisions
