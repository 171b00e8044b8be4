"""Letting raw messages go once their requests have been settled for long enough."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from connector.ports import Stamp
from connector.ports.content import ContentLedger

log = structlog.get_logger()

BATCH = 100
"""How many requests one transaction lets go of: others who write wait no longer than that takes."""
MOST_BATCHES = 20
"""How many a run does; a ledger that is full of old mail is done within a few hundred runs."""


@dataclass(frozen=True, slots=True)
class RawRetention:
    """How long raw messages are kept, and where. `kept` is None for ever."""

    ledger: ContentLedger
    kept: timedelta | None

    def drop_old(self, stamp: Stamp, should_stop: Callable[[], bool]) -> int:
        """Drop what is older, in batches, as many as a run may; return of how many requests."""
        dropped = 0
        for _ in range(MOST_BATCHES if self.kept is not None else 0):
            if should_stop():
                break
            batch = self._drop_batch(stamp)
            if not batch:
                break
            dropped += batch
        self.ledger.give_back_space()
        if dropped:
            log.info("raw messages dropped", requests=dropped)
        return dropped

    def _drop_batch(self, stamp: Stamp) -> int:
        kept = self.kept or timedelta()
        return self.ledger.drop_raw(settled_before=stamp.at - kept, limit=BATCH, stamp=stamp)
