"""The words of the connector as types: what a request is, what becomes of it, when it is due.

Nothing here knows a clock, a file, a network or a database. Every moment is timezone-aware;
moments that travel between modules are in UTC unless their name says otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

NameOrId = str | int
"""A thing of BMS as configuration names it: by its name in BMS, or by its plain id."""

CONNECTOR_REFERENCE = "Connector Reference"
"""The custom field, in tenants that have it, by which a ticket of ours is found again."""

HASH_HOLDS = timedelta(hours=24)
"""How long an identity taken from a payload's hash holds: the same words may be sent again."""

Desired = datetime | date
"""A desired resolution: an aware moment, or a date whose time the requester left open."""


class RequestKind(StrEnum):
    """What a source hands over."""

    EMAIL = "email"
    FORM = "form"


class Outcome(StrEnum):
    """The state of a request, and the word for it in every report."""

    PENDING = "pending"
    CREATED = "created"
    APPENDED = "appended"
    IGNORED = "ignored"
    DUPLICATE = "duplicate"
    PARKED = "parked"


class Waiting(StrEnum):
    """Why a request is pending; decides the exit code of a run."""

    TURN = "turn"
    """Nothing is wrong: it is waiting to be worked on."""
    ERROR = "error"
    """A service failed: tried again at its next attempt."""
    SETTLING = "settling"
    """An outcome was unclear: BMS is searched once its search index has had time to settle."""
    BUDGET = "budget"
    """The hourly call budget is used up."""


class Priority(StrEnum):
    """The guide's four priorities; a tenant may call them something else."""

    LOW = "Low"
    NORMAL = "Normal"
    HIGH = "High"
    CRITICAL = "Critical"


class Verdict(StrEnum):
    """Whether the sender's domain vouches for the mail."""

    VERIFIED = "verified"
    FAILED = "failed"
    NONE = "none"


class Origin(StrEnum):
    """Who wrote a mail (DESIGN section 6, "Machine mail")."""

    PERSON = "person"
    AUTO_REPLY = "auto-reply"
    """An answer that a machine gave for somebody, such as an out-of-office note (RFC 3834)."""
    BOUNCE = "bounce"
    """A report on a mail that was not delivered, or not yet (RFC 3464)."""
    AUTOMATIC = "automatic"
    """A machine wrote of its own accord: monitoring, voicemail, a scanner, a mailing list."""


class SlaClass(StrEnum):
    """Which of the guide's two tables applies."""

    EMERGENCY = "emergency"
    NORMAL = "normal"


class Window(StrEnum):
    """Where in the week a moment falls."""

    BUSINESS_HOURS = "business_hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    AFTER_HOURS = "after_hours"


class Lookup(StrEnum):
    """The kinds of things that configuration names and BMS knows by id."""

    ACCOUNT = "account"
    CUSTOM_FIELD = "custom field"
    EMAIL_TYPE = "e-mail type"
    ISSUE_TYPE = "issue type"
    SUB_ISSUE_TYPE = "sub-issue type"
    NOTE_TYPE = "note type"
    PHONE_TYPE = "phone type"
    PRIORITY = "priority"
    QUEUE = "queue"
    SOURCE = "ticket source"
    STATUS = "status"
    TEMPLATE = "ticket template"
    TICKET_TYPE = "ticket type"
    WORK_TYPE = "work type"


# --- what comes in ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person as a message names them (RFC 5322 mailbox); the address is in lower case."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the last @, or an empty string."""
        return self.address.rpartition("@")[2]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a request."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    inline: bool = False

    @property
    def size(self) -> int:
        """Size in bytes."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file that a form submission names by its address, to be fetched from there."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One answer of the requester: the words used, and what we made of them, if anything."""

    words: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What the guide asks every requester to say."""

    affected_user: Detail | None = None
    mobile: Detail | None = None
    started: Detail | None = None
    remote_ok: Detail | None = None
    first_time: Detail | None = None
    desired_resolution: Detail | None = None


@dataclass(frozen=True, slots=True)
class FormFields:
    """What only a form submission says, beside its text and its details.

    `form` is the name of the form mapping; `template` and `priority` are as submitted.
    """

    form: str
    submission_id: str | None = None
    template: str | None = None
    priority: str | None = None
    emergency: bool = False
    company: str | None = None
    phone: str | None = None
    details: Details = Details()


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """The help desk's own mail addresses and mailing lists, in lower case.

    A list is named by its address or by its List-Id (RFC 2919).
    """

    addresses: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What only an e-mail says, beside its text."""

    answers: tuple[str, ...] = ()
    """Normalised Message-IDs it answers, nearest first: In-Reply-To, then References backwards."""
    ticket_numbers: tuple[str, ...] = ()
    """Ticket numbers from `#<TicketNumber>#` in the subject, as they stand there."""
    new_text: str = ""
    """What the sender wrote now; the whole text of a first message or a forward."""
    is_forward: bool = False
    forwarded_from: Mailbox | None = None
    """Whose mail was forwarded, by the outermost header block or the attached message."""
    origin: Origin = Origin.PERSON
    evidence: tuple[str, ...] = ()
    """Sentences: which header says that a machine wrote it."""
    wants_no_answer: bool = False
    """Whether it must never be acknowledged."""
    verdict: Verdict = Verdict.NONE
    verdict_reason: str = ""
    recipients: tuple[Mailbox, ...] = ()
    """To and CC."""
    reply_to: tuple[Mailbox, ...] = ()
    original_from: Mailbox | None = None
    """X-Original-From, by which a mailing list keeps the From it replaced."""
    via: Mailbox | None = None
    """The own address that stood in From when the sender was taken from elsewhere."""
    is_our_own: bool = False
    """Whether it is outgoing mail of ours that came back."""
    list_ids: tuple[str, ...] = ()
    bounced_message_ids: tuple[str, ...] = ()
    """Normalised Message-IDs of the mails that a bounce reports on."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Headers that mark machines (`X-…`, Auto-Submitted, …), names in lower case."""


class Role(StrEnum):
    """The roles that may be asked for: an allow-list, in the words of BMS."""

    EXTERNAL_USER = "External User"
    EXTERNAL_MANAGER = "External Manager"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom access is asked for. `address` is in lower case; empty when nobody named it."""

    first_name: str
    last_name: str
    address: str
    phone: str = ""
    role: Role = Role.EXTERNAL_USER

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(filter(None, (self.first_name, self.last_name)))


@dataclass(frozen=True, slots=True)
class AccessOrder:
    """Portal logins that staff ask for on behalf of a client (`accounts request` and `import`).

    `requested_by` is who at the client wants them, if anybody said so; `recorded_by` who ran the
    command.
    """

    account_name: str
    people: tuple[Person, ...]
    requested_by: Mailbox | None = None
    recorded_by: str = ""


ApprovalFor = Literal["login", "access"]
"""For what a kind of request needs the approval of a point of contact (`templates.yaml`)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One e-mail or one form submission, normalised. `text` is readable plain text."""

    kind: RequestKind
    source: str
    received_at: datetime
    sender: Mailbox | None
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    form: FormFields | None = None
    message_id: str | None = None
    remarks: tuple[str, ...] = ()
    """What reading it had to repair or leave out, in sentences for a technician."""
    mail: MailFacts | None = None
    forwarded_by: Mailbox | None = None
    """Who sent it in fact, where `sender` is whose mail our own people forwarded."""
    order: AccessOrder | None = None
    """What `accounts request` or `accounts import` recorded."""
    links: tuple[FileLink, ...] = ()
    """Files of a form submission that lie elsewhere."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two arrivals the same request.

    One that `expires` holds for `HASH_HOLDS` from the receipt of the first request.
    """

    value: str
    expires: bool = False


# --- when it is due --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueDates:
    """The three due dates of a request, BMS's single `DueDate`, and how they were reckoned."""

    received: datetime
    sla_class: SlaClass
    window: Window
    remote_response: datetime
    onsite_response: datetime
    resolution: datetime | None
    due_date: datetime
    steps: tuple[str, ...]
    desired_unusable: str | None = None
    """Why a desired resolution that was given could not be used."""


# --- what BMS knows --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A thing of BMS: its id in this tenant and its name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """An active contact at an active account."""

    id: int
    name: str
    address: str
    account: Named
    location_id: int | None
    is_poc: bool = False
    has_portal_access: bool = False


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact as BMS has it this moment, active or not, at whatever account.

    `address` is the default one, as written in BMS.
    """

    id: int
    account_id: int
    account_name: str
    is_active: bool
    name: str = ""
    address: str = ""
    is_poc: bool = False
    has_portal_access: bool = False
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact as it will be created."""

    first_name: str
    last_name: str
    address: str
    account: Named
    location_id: int
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A BMS ticket template, its ids resolved to names where the tenant still knows them."""

    id: int
    name: str
    title: str | None = None
    priority: Named | None = None
    queue: Named | None = None
    ticket_type: Named | None = None
    issue_type: Named | None = None
    sub_issue_type: Named | None = None
    work_type: Named | None = None
    assignee_id: int | None = None


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket in BMS. `number` is opaque text: tenants choose its format.

    `due_date` and `priority_id` are what BMS says of them, which need not be what was sent.
    `contact_phone` is the number of the ticket's contact, where the answer tells one.
    """

    id: int
    number: str
    created_on: datetime | None = None
    due_date: datetime | None = None
    priority_id: int | None = None
    contact_phone: str = ""


# --- what we decide --------------------------------------------------------------------------


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
