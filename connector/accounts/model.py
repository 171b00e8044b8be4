"""The words of portal logins and approvals (DESIGN section 8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connector.domain.access import Person, Role
from connector.domain.mail import Mailbox
from connector.domain.tenant import Named, TicketRef

__all__ = [
    "ENDED",
    "OPEN_FOR",
    "REMINDED_AFTER",
    "AccessKind",
    "AccessRecord",
    "AccessRequest",
    "AccessState",
    "Approval",
    "ApprovalRules",
    "Channel",
    "NewAccess",
    "Person",
    "Require",
    "Role",
]

OPEN_FOR = timedelta(days=14)
"""How long an approval is waited for, and a link holds."""
REMINDED_AFTER = timedelta(days=2)


class AccessKind(StrEnum):
    """What is asked for."""

    LOGIN = "login"
    """Portal logins, which the connector provisions."""
    OTHER = "other"
    """Other access or security: a technician does it once it is approved."""


class AccessState(StrEnum):
    """How far one person's access has come, in the words of `accounts list --json`."""

    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    AWAITING_GRANT = "awaiting_grant"
    ACTIVE = "active"
    DENIED = "denied"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    PARKED = "parked"


ENDED = frozenset(
    {AccessState.ACTIVE, AccessState.DENIED, AccessState.EXPIRED, AccessState.WITHDRAWN}
)


class Channel(StrEnum):
    """By what way an approval came."""

    REQUEST = "request"
    """(a) The request itself, from a point of contact whose domain vouches for the mail."""
    LINK = "link"
    """(b) A link mailed to a point of contact, opened and confirmed."""
    STAFF = "staff"
    """(c) A record made by staff, with evidence."""


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One person's access: what `accounts list` has a line for.

    `reason` says why it is parked, denied, withdrawn or stands still, `remedy` what to do.
    """

    id: int
    request_id: int
    person: Person
    state: AccessState
    reason: str = ""
    remedy: str = ""
    contact_id: int | None = None
    updated_at: datetime | None = None
    parked_from: AccessState | None = None
    """The state in which it was parked; None for one that was parked from the start."""

    @property
    def is_stopped(self) -> bool:
        """Whether it was approved, and something in BMS stands in the way."""
        approved = (AccessState.APPROVED, AccessState.AWAITING_GRANT)
        return self.state is AccessState.PARKED and self.parked_from in approved


@dataclass(frozen=True, slots=True)
class Approval:
    """What one point of contact said: yes, or no with a reason.

    It counts only while `digest` is the request's, and until it is voided: by a change of what was
    asked for, even one that was taken back. `recorded_by` is who ran the command, for what staff
    recorded; `evidence` their words, or the reason of a denial.
    """

    approver: str
    approver_name: str
    channel: Channel
    approved: bool
    digest: str
    at: datetime
    evidence: str = ""
    recorded_by: str = ""
    voided_at: datetime | None = None

    def counts_for(self, digest: str) -> bool:
        """Whether it still says something about what has this digest."""
        return self.voided_at is None and self.digest == digest


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """What one approval covers: one or several people of one account, and one ticket.

    `request_key` is the request it came with. `account` is None while only its name is known
    (`accounts request` and `import`, before their ticket). `vouched` is the From address of the
    mail when the mail itself can approve (one address, verified, neither forwarded nor taken from
    elsewhere), else `not_vouched` says why not. `subject` and `text_digest` tell apart what OTHER
    access is asked for. `look_at` is when there is next something to do;
    None: never, by the clock.
    """

    id: int
    kind: AccessKind
    request_key: str
    account_name: str
    requested_at: datetime
    records: tuple[AccessRecord, ...]
    account: Named | None = None
    requester: Mailbox | None = None
    subject: str = ""
    text_digest: str = ""
    vouched: str = ""
    not_vouched: str = ""
    ticket: TicketRef | None = None
    approvals: tuple[Approval, ...] = ()
    digest: str = ""
    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    expires_at: datetime | None = None
    held: str = ""
    """Why nobody can approve it; empty when somebody can."""
    look_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done about it."""
        return any(record.state not in ENDED for record in self.records)

    @property
    def shown_account(self) -> str:
        """Its account as BMS calls it, or as it was asked for while BMS was not asked yet."""
        return self.account.name if self.account else self.account_name

    @property
    def awaits_approval(self) -> bool:
        """Whether any of its people waits for an approval."""
        return any(each.state is AccessState.AWAITING_APPROVAL for each in self.records)


@dataclass(frozen=True, slots=True)
class NewAccess:
    """An access request as it is opened; ids come from the ledger. See `AccessRequest`."""

    kind: AccessKind
    request_key: str
    account_name: str
    requested_at: datetime
    people: tuple[Person, ...]
    account: Named | None = None
    requester: Mailbox | None = None
    subject: str = ""
    text_digest: str = ""
    vouched: str = ""
    not_vouched: str = ""
    parked: Mapping[str, str] = field(default_factory=dict)
    """By address: why this person's record is parked from the start."""


class Require(StrEnum):
    """Whose approval it takes (`approvals.require`)."""

    ANY = "any"
    ALL = "all"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """The settings `approvals`. `named` holds approvers' addresses by account name, in lower case.

    `account_domains` gives the mail domains of an account by its name (`clients.yaml`).
    """

    require: Require = Require.ANY
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    self_approval: bool = False
    account_domains: Mapping[str, frozenset[str]] = field(default_factory=dict)
