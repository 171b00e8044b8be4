"""What goes out: letters in the outbox, and the couriers that carry them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from connector.ports.records import Stamp

UNCLEAR = "whether it was sent is unclear, and it is rather not sent than sent twice"
"""Why an acknowledgement is given up when its run, or the connection, broke off in the middle."""


class PostKind(StrEnum):
    """What a letter is."""

    ACKNOWLEDGEMENT = "acknowledgement"
    """To the requester: rather not sent than sent twice."""
    ALERT = "alert"
    """To our own people: rather sent twice than not."""
    NOTICE = "notice"
    """To those whom access concerns: rather sent twice than not."""


class PostState(StrEnum):
    """How far a letter has come."""

    WAITING = "waiting"
    SENDING = "sending"
    """About to be handed over: whether it was is unclear until it is `sent`."""
    SENT = "sent"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is put into the outbox, rendered.

    `unique_key` lets the same letter be put there once only. `channel` names the way out,
    `recipient` is an address, or empty where the channel has no other. `message_id` is ours, with
    angle brackets. A letter that is not on its way by `expires_at` is given up. `limited_as`
    names whose letters are counted together by `Limit`; empty for none.
    """

    unique_key: str
    kind: PostKind
    request_key: str
    channel: str
    recipient: str
    content: Mapping[str, object]
    message_id: str
    expires_at: datetime
    limited_as: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` letters within `window` before now."""

    count: int
    window: timedelta
    words: str
    """How a person hears of it: "5 an hour"."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter as the outbox knows it. `reason` says why it waits or was given up."""

    id: int
    letter: Letter
    state: PostState
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    reason: str = ""


class Outbox(Protocol):
    """Letters, from when they were decided on until they are sent or given up.

    Every method is one transaction. What a sender writes of a letter raises `LeaseLost` once it
    is another run's.
    """

    def post(self, letter: Letter, limits: Sequence[Limit], *, stamp: Stamp) -> bool:
        """Put a letter into the outbox, once; return whether it is new and will be sent.

        One beyond its limits is kept as given up. The same letter without limits, later, is sent.
        """
        ...

    def claim_post(
        self,
        *,
        stamp: Stamp,
        lease: timedelta,
        kinds: Collection[PostKind],
        besides: Collection[str],
    ) -> Posted | None:
        """Lease a letter of these kinds that is due, alerts first; channels in `besides` wait."""
        ...

    def begin_post(self, post_id: int, *, stamp: Stamp) -> None:
        """Commit the intent: nothing may come between this and handing the letter over."""
        ...

    def post_sent(self, post_id: int, *, stamp: Stamp) -> None:
        """Record that the letter was taken."""
        ...

    def put_back_post(self, post_id: int, *, until: datetime, reason: str, stamp: Stamp) -> None:
        """Leave the letter to a later attempt."""
        ...

    def give_up_post(self, post_id: int, *, reason: str, stamp: Stamp) -> None:
        """Record that the letter will not be sent."""
        ...

    def recover_posts(self, *, stamp: Stamp) -> Sequence[Posted]:
        """Settle what a run that died left behind; return letters that are given up for it.

        An acknowledgement that may have been sent is given up, anything else is sent again.
        """
        ...

    def posts_of(self, request_key: str) -> Sequence[Posted]:
        """Return all letters about a request, oldest first."""
        ...

    def posts_due(self, *, now: datetime) -> Sequence[Posted]:
        """Return the letters that a run would send now; changes nothing."""
        ...


class Courier(Protocol):
    """Carries letters by one channel."""

    def send(self, posted: Posted, about_to: Callable[[], None]) -> None:
        """Carry a letter; calls `about_to` right before it is handed over.

        Raises `Unreachable`, `RetryLater` and `FatalError` (a refused sign-in) when it certainly
        was not sent, `RequestRejected` when it never will be, and `OutcomeUnknown` when nobody
        knows. What `about_to` raises is passed on, and then nothing was handed over.
        """
        ...
