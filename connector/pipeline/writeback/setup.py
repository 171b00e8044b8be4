"""What write-back works with, gathered once by `wiring`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from connector.pipeline.rulebook import Rulebook
from connector.pipeline.writeback.reach import Reach
from connector.ports.watch import TicketWatch, WatchLedger


@dataclass(frozen=True, slots=True)
class WatchRules:
    """The rules of the help desk, as write-back needs them.

    `readable` returns the text of HTML. `replaces_existing`: whether a DueDate found when a
    ticket is first seen is replaced, once.
    """

    book: Rulebook
    readable: Callable[[str], str]
    replaces_existing: bool = False


@dataclass(frozen=True, slots=True)
class WriteBack:
    """The outside of write-back, its rules and its settings.

    `full_sweep` is the time between two looks at every open ticket. `recompute`: reckon the
    due dates of every open ticket anew, by the present rules.
    """

    tickets: TicketWatch
    ledger: WatchLedger
    rules: WatchRules
    reach: Reach
    full_sweep: timedelta
    recompute: bool = False
