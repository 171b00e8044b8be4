"""What an e-mail is: who wrote it, whom it names, and whether their domain vouches for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

EXCHANGE_ONLINE = "exchange-online"
"""The `receiver` of a source whose mail Microsoft 365 received: it names itself nowhere in
Authentication-Results."""


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
