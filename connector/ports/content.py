"""Content of requests that is removed: by the clock (retention), or because a person asks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from connector.ports.records import RequestRecord, Stamp


class Kept(StrEnum):
    """Why the content of a request was not erased."""

    WAITS = "waits"
    """It is pending or parked: without its content it would be lost."""
    LETTER = "letter"
    """A letter about it is yet to be sent."""
    ACCESS = "access"
    """Access was asked for in it, and that is still open."""
    ERASED = "erased"
    """It was erased before."""


class ContentLedger(Protocol):
    """The ledger as what removes content sees it."""

    def drop_raw(self, *, settled_before: datetime, limit: int, stamp: Stamp) -> int:
        """Drop raw messages and letters of at most `limit` requests settled before then.

        In one transaction, which ends early when it has dropped many bytes. What waits for
        anybody, also for an approval or for its letters to be sent, is passed over. Return of how
        many requests: 0 when there is nothing left to drop.
        """
        ...

    def give_back_space(self) -> None:
        """Give space that nothing uses any more back to the disk: a bounded part of it."""
        ...

    def requests_from(self, addresses: Collection[str]) -> Sequence[RequestRecord]:
        """Return the requests whose sender has one of these addresses, whatever their case."""
        ...

    def with_copies(self, keys: Collection[str]) -> Sequence[RequestRecord]:
        """Return these requests, those they repeat, and those that repeat them, oldest first.

        A request and its duplicates have the same content.
        """
        ...

    def erase(self, key: str, *, by: str, stamp: Stamp) -> Kept | None:
        """Erase what a request says and whose it is, everywhere but in records of access.

        Return why it was kept, or None. Raises `KeyError` when there is no such request.
        """
        ...

    def erase_mentions(self, addresses: Collection[str], words: Collection[str]) -> None:
        """Erase what is kept beside requests: participants, cached answers, problems of runs.

        The latter also where they hold one of `words`.
        """
        ...

    def forget_deleted(self) -> bool:
        """Leave nothing of what was deleted in the database's own files, as far as it can be told.

        Return False when somebody reads the ledger just now, and a part of it stays until then.
        """
        ...
