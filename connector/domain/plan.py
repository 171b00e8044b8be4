"""What will be done for a request, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connector.domain.access import ApprovalFor
from connector.domain.due_dates import DueDates, Priority
from connector.domain.mail import Verdict
from connector.domain.request import Attachment
from connector.domain.tenant import Named


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of the reasoning, kept for whoever asks why: which rule, and in words."""

    step: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket as it will be created, every name resolved. `text` is HTML."""

    reference: str
    title: str
    text: str
    opened_at: datetime
    due_date: datetime
    account: Named
    location_id: int
    status: Named
    priority: Named
    ticket_type: Named
    source: Named
    contact_id: int | None = None
    queue: Named | None = None
    issue_type: Named | None = None
    sub_issue_type: Named | None = None
    work_type: Named | None = None
    assignee_id: int | None = None
    use_default_contract: bool = False
    custom_fields: Mapping[int, str] = field(default_factory=dict)
    """Custom field id to its value as BMS stores it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be done for one request, and why. Applying it decides nothing more."""

    key: str
    draft: TicketDraft
    plain_draft: Callable[[], TicketDraft]
    """Returns the same ticket on plain defaults, tried once when BMS refuses `draft`."""
    attachments: tuple[Attachment, ...]
    internal_note: str | None
    priority: Priority
    emergency: bool
    verdict: Verdict
    due: DueDates
    template: str | None
    rules: tuple[str, ...]
    decisions: tuple[Decision, ...]
    approval: ApprovalFor | None = None
    """For what the point of contact has to approve; None for any other request."""
