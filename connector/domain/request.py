"""A request: one e-mail or one form submission, normalised, and the states it may be in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connector.domain.access import AccessOrder
from connector.domain.mail import Mailbox, MailFacts

HASH_HOLDS = timedelta(hours=24)
"""How long an identity taken from a payload's hash holds: the same words may be sent again."""


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
