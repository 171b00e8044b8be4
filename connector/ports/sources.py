"""Where requests come from, and how their raw bytes are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connector.domain import Identity, Outcome, Request, RequestKind


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item that a source hands over, before anything is parsed.

    `locator` tells this very item from any other of the source, also after a restart.
    `form` names the form mapping of a submission. `read` returns the raw bytes; it raises
    `ItemVanished` when the item is gone and `ItemUnreadable` when it cannot be read.
    """

    source: str
    locator: str
    kind: RequestKind
    received_at: datetime
    size: int
    read: Callable[[], bytes]
    form: str | None = None


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


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source holds at one moment: its items, and names it does not know what to do with.

    `held` is how many items the source itself says that it holds, where it says so: a run in
    which fewer were handed over is not conserved (DESIGN section 4).
    """

    items: Sequence[Arrival]
    strangers: Sequence[str] = ()
    held: int | None = None


class Source(Protocol):
    """Where requests come from."""

    @property
    def name(self) -> str:
        """The name that configuration gives it."""
        ...

    def list(self) -> Listing:
        """Return what it holds now, oldest first, without reading the contents."""
        ...

    def mark(self, locator: str, outcome: Outcome) -> None:
        """File the item away as done or as parked; called only once the ledger has committed.

        An item that is gone, or that is filed so already, is no error.
        """
        ...
