"""What write-back works with, gathered once by `wiring`."""

from dataclasses import dataclass
from datetime import timedelta

from connector.pipeline.writeback.reach import Reach
from connector.pipeline.writeback.rules import WatchRules
from connector.ports.watch import TicketWatch, WatchLedger


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
