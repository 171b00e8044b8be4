"""What `check --live` asks of a mailbox, and of a polled form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How a mailbox stands.

    `older` counts messages that stay where they are since they came before `since` (UTC; None
    means that all are taken). `filing` says how a message gets into the processed folder,
    `filing_doubt` what is wrong with that, `filing_fault` why it is impossible. `newest` is the
    latest receipt that the server tells, `server_time` its clock; None where it tells none.
    """

    folder: str
    messages: int
    older: int
    since: datetime | None
    processed_folder: str
    processed_exists: bool
    filing: str
    filing_doubt: str = ""
    filing_fault: str = ""
    listening: str = ""
    newest: datetime | None = None
    server_time: datetime | None = None


class Mailbox(Protocol):
    """A mailbox that can be looked at; nothing is left behind in it."""

    @property
    def name(self) -> str:
        """The name of its source."""
        ...

    def look(self) -> MailboxState:
        """Return how it stands; raises what listing it raises."""
        ...


@dataclass(frozen=True, slots=True)
class FormState:
    """How a polled form stands: its entries, and how many of them from before `since` stay unread.

    `since` is in UTC, None means that all are taken; `newest` is the latest submission.
    """

    form: str
    entries: int
    older: int
    since: datetime | None
    newest: datetime | None


class FormWatch(Protocol):
    """A polled form that can be looked at."""

    @property
    def name(self) -> str:
        """The name of its source."""
        ...

    def look(self) -> FormState:
        """Return how it stands; raises what listing it raises."""
        ...
