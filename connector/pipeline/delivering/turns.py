"""Mails of one trouble are decided one after the other: the first makes the ticket of the rest.

Within this process a lock does it, between hosts the ledger's `exclusive`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from connector.errors import Settling
from connector.ports.threads import Trouble

if TYPE_CHECKING:
    from connector.pipeline.services import Services

SOON = timedelta(seconds=30)


class Turns:
    """Locks by what they are about; one that nobody holds or waits for is forgotten."""

    def __init__(self) -> None:
        """Begin with none."""
        self._locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._turn = threading.Lock()

    def of(self, name: str) -> threading.Lock:
        """Return the lock of a name."""
        with self._turn:
            lock = self._locks.get(name)
            if lock is None:
                lock = self._locks[name] = threading.Lock()
            return lock


@contextmanager
def alone_with(services: "Services", trouble: Trouble | None) -> Iterator[None]:
    """Be the only one who works on a trouble; without one, nobody waits.

    Raises `Settling` while another host works on it.
    """
    if trouble is None:
        yield
        return
    name = turn_of(trouble)
    with services.turns.of(name), services.ledger.exclusive(name) as is_ours:
        if not is_ours:
            raise Settling(
                "another host works on a mail about the same trouble",
                "The next run goes on by itself",
                not_before=services.clock() + SOON,
            )
        yield


def turn_of(trouble: Trouble) -> str:
    """Return the name that the mails of a trouble share."""
    return f"trouble {trouble.rule} {trouble.sender} {trouble.key}"
