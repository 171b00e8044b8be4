"""One at a time per thing: of several threads that miss the same name, one asks BMS for it.

A lock is held while BMS is asked, so locks are taken in one order only: contact, list of names,
single thing, sign-in, ledger. The ledger's is the last and never held during a call.
"""

import threading
from collections import defaultdict


class SingleFlight:
    """A lock for each thing that is looked up."""

    def __init__(self) -> None:
        """Know of none yet."""
        self._locks: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def of(self, kind: str, name: str) -> threading.Lock:
        """Return the lock of one thing; whoever waits for it finds the answer in the cache."""
        with self._guard:
            return self._locks[kind, name]
