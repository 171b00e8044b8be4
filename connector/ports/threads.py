"""What the ledger knows of conversations: messages, people and troubles, and their tickets."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from connector.domain.mail import Verdict
from connector.domain.tenant import TicketRef


class MessageKind(StrEnum):
    """Which way a message went."""

    RECEIVED = "received"
    SENT = "sent"


class Part(StrEnum):
    """What somebody is to a ticket by the mails that are on it."""

    REQUESTER = "requester"
    CC = "cc"


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """A message that ended as, or on, a ticket, or that we sent about one."""

    message_id: str
    ticket: TicketRef
    request_key: str
    kind: MessageKind


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody whom a mail on a ticket names; the address is in lower case."""

    address: str
    part: Part


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a machine reports again and again: its rule, its sender and its correlation key."""

    rule: str
    sender: str
    key: str


class ThreadLedger(Protocol):
    """Our record of conversations. Every method is one transaction.

    Message-IDs are spelled as in `MailFacts.answers`; angle brackets do no harm.
    """

    def know_message(
        self, message_id: str, ticket_id: int, request_key: str, kind: MessageKind
    ) -> None:
        """Keep that a message is on, or about, a ticket of ours, or one born in BMS."""
        ...

    def tickets_of_messages(self, message_ids: Sequence[str]) -> Sequence[KnownMessage]:
        """Return what is known of these messages, in their order, the oldest ticket first."""
        ...

    def know_participants(self, ticket_id: int, people: Collection[Participant]) -> None:
        """Keep whom the mails on a ticket name."""
        ...

    def participants(self, ticket_id: int) -> Sequence[Participant]:
        """Return whom the mails on a ticket name."""
        ...

    def ticket_of_trouble(
        self, trouble: Trouble, *, since: datetime, besides: str
    ) -> TicketRef | None:
        """Return the ticket of a trouble whose last mail came at `since` or later, if any.

        Of mails other than those of request `besides`.
        """
        ...

    def know_trouble(self, trouble: Trouble, request_key: str, at: datetime) -> None:
        """Keep that a request, received `at`, reports a trouble; its ticket is the request's."""
        ...

    def uploads_of_others(self, ticket_id: int, request_key: str) -> Collection[int]:
        """Return the ids of the files on a ticket that requests other than this one uploaded."""
        ...

    def verdicts(self, source: str, limit: int) -> Sequence[Verdict]:
        """Return the verdicts on the newest e-mails of a source that were decided, newest first."""
        ...
