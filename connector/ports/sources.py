"""Where requests come from, and how their raw bytes are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from connector.domain.request import Identity, Outcome, Request, RequestKind


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item that a source hands over, before anything is parsed.

    `locator` tells this very item from any other of the source, also after a restart.
    `form` names the form mapping of a submission. `read` returns the raw bytes; it raises
    `ItemVanished` when the item is gone and `ItemUnreadable` when it cannot be read.
    `read_header` returns the header of a mail without the rest, and raises the same; None where
    the source cannot do that. `again` says how a person hands over an item that was parked unread.
    """

    source: str
    locator: str
    kind: RequestKind
    received_at: datetime
    size: int
    read: Callable[[], bytes]
    form: str | None = None
    again: str = "move the file from parked/ back into its folder"
    read_header: Callable[[], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """What a first, light look at raw bytes tells: who it is, from whom, about what.

    Requests of one `conversation` are worked on in the order of their receipt; None for one that
    stands alone.
    """

    identity: Identity
    subject: str
    sender: str
    flagged: bool = False
    """Whether a form says of itself that it is an emergency."""
    conversation: str | None = None
    by_machine: bool = False
    """Whether the header of a mail says that a machine wrote it."""


@dataclass(frozen=True, slots=True)
class Item:
    """What was read of an arrival, under the key that its request gets."""

    key: str
    arrival: Arrival
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """Which identity a recorded request claims.

    What is `urgent` is worked on before everything else.
    """

    key: str
    identified: Identified
    urgent: bool = False


class Reader(Protocol):
    """Reads raw bytes. Raises `RequestRejected` when there is nothing to read, and no other."""

    def identify(self, kind: RequestKind, raw: bytes, form: str | None) -> Identified:
        """Return the identity of an item, without parsing all of it."""
        ...

    def read(
        self, kind: RequestKind, raw: bytes, form: str | None, *, source: str, received_at: datetime
    ) -> Request:
        """Parse an item into a request."""
        ...


class ItemVanished(Exception):
    """The item was there when the source was listed and is gone now: somebody took it."""


class ItemUnreadable(Exception):
    """The item is there and cannot be read; it stays where it is."""


class ItemUnfiled(Exception):
    """The source is there and does not file this one item away; the next run tries again."""


def never_stale(_locator: str) -> bool:
    """Tell that locators of a source last for ever."""
    return False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source holds at one moment: its items, and names it does not know what to do with.

    `held` is how many items the source itself says that it holds, where it says so: a run in
    which fewer were handed over is not conserved (DESIGN section 4).
    `is_stale` tells whether a locator can name no item any more because the source has numbered
    all its items anew (IMAP: another UIDVALIDITY); the item may be there under a new one.
    """

    items: Sequence[Arrival]
    strangers: Sequence[str] = ()
    held: int | None = None
    is_stale: Callable[[str], bool] = never_stale


class Source(Protocol):
    """Where requests come from."""

    @property
    def name(self) -> str:
        """The name that configuration gives it."""
        ...

    def list(self) -> Listing:
        """Return what it holds now, oldest first, without reading the contents."""
        ...

    def mark(self, locator: str, outcome: Outcome) -> bool:
        """File the item away as done or as parked; called only once the ledger has committed.

        An item that is gone, or that is filed so already, is no error. Raises `ItemUnfiled` for
        what concerns this item alone, and other errors for the source as a whole. Return
        whether the item has left what `list` returns; a mailbox keeps what is parked where it
        is, flagged.
        """
        ...


@runtime_checkable
class Listening(Protocol):
    """A source that can tell when something new has come (IMAP IDLE, RFC 2177)."""

    @property
    def has_news(self) -> bool:
        """Whether something came before listening began, after the last listing."""
        ...

    def listen(self) -> int | None:
        """Begin to listen; return a file descriptor that becomes readable at news, if any.

        None where the source cannot listen just now. Raises nothing.
        """
        ...

    def heard(self) -> bool:
        """Stop listening; return whether something new has come. Raises nothing."""
        ...


@runtime_checkable
class Closing(Protocol):
    """A source that holds a connection."""

    def close(self) -> None:
        """Close it; the source opens another one when it needs it. Raises nothing."""
        ...


class SourceMemory(Protocol):
    """What one source keeps in the ledger from run to run."""

    def has_looked(self) -> bool:
        """Return whether the source was ever looked at."""
        ...

    def first_look(self, now: datetime) -> datetime:
        """Return when the source was first looked at: `now`, if it never was."""
        ...

    def load(self, name: str) -> object | None:
        """Return the JSON value kept under `name`, unless it was never kept or expired."""
        ...

    def save(self, name: str, value: object, *, expires_at: datetime | None = None) -> None:
        """Keep a JSON value under `name`, until it expires."""
        ...
