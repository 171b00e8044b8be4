"""What a folder holds: UIDs first, then receipt and size in batches; no message is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from connector.intake.sources.imap_session import Opened
from connector.intake.sources.mail_start import CLOCKS

WINDOW: Final = 50_000
"""Messages per SEARCH: the library takes no answer longer than 1,000,000 bytes."""

BATCH: Final = 500
"""Messages per FETCH of receipts and sizes."""

FIELDS: Final = ("INTERNALDATE", "RFC822.SIZE")


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a folder. `received_at` is its INTERNALDATE, in UTC; `size` is bytes."""

    uid: int
    received_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Which messages are taken: those received from `since` on, or all (None).

    `first_uid` is the first that came after the first look, as the server itself counts; with
    it, `since` may be off by as much as two clocks differ.
    """

    since: datetime | None
    first_uid: int | None = None

    def holds(self, message: Message) -> bool:
        """Tell whether a message is taken."""
        if self.since is None:
            return True
        if self.first_uid is None:
            return message.received_at >= self.since
        return message.uid >= self.first_uid and message.received_at >= self.since - CLOCKS

    def criteria(self) -> list[object]:
        """Return what SEARCH can already leave out; it knows only dates, in any time zone.

        What is marked \\Deleted has been removed by somebody, as mail clients show it.
        """
        criteria: list[object] = ["UNDELETED"]
        if self.since is not None:
            criteria += ["SINCE", (self.since - timedelta(days=2)).date()]
        if self.first_uid is not None:
            criteria += ["UID", f"{self.first_uid}:*"]
        return criteria


def messages_within(opened: Opened, reach: Reach) -> list[Message]:
    """Return the messages that are taken, oldest first."""
    uids = sorted(set(_search(opened, reach.criteria())))
    found = [message for message in _described(opened, uids) if reach.holds(message)]
    return sorted(found, key=lambda message: (message.received_at, message.uid))


def count_messages(opened: Opened) -> tuple[int, datetime | None]:
    """Return how many messages the folder holds, and when the newest one came."""
    uids = sorted(set(_search(opened, Reach(None).criteria())))
    last = list(_described(opened, uids[-1:]))
    return len(uids), last[0].received_at if last else None


def _search(opened: Opened, criteria: Sequence[object]) -> Iterator[int]:
    """Yield UIDs, searched for in windows of sequence numbers, which have no gaps.

    A message that is expunged meanwhile shifts the rest: what slips through a window is there
    at the next run.
    """
    for start in range(1, opened.messages + 1, WINDOW):
        end = start + WINDOW - 1
        window = f"{start}:{end if end < opened.messages else '*'}"
        yield from opened.client.search([window, *criteria])


def _described(opened: Opened, uids: Sequence[int]) -> Iterator[Message]:
    for start in range(0, len(uids), BATCH):
        answers = opened.client.fetch(uids[start : start + BATCH], FIELDS)
        for uid, answer in answers.items():
            received_at, size = answer.get(b"INTERNALDATE"), answer.get(b"RFC822.SIZE")
            if isinstance(received_at, datetime) and isinstance(size, int):
                yield Message(uid, received_at.astimezone(UTC), size)
