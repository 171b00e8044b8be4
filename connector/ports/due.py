"""Tickets whose due dates come up next, as BMS shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from connector.ports.watch import OpenTicket


class DueSearch(Protocol):
    """BMS as the status page needs it. Raises what the other calls to BMS raise."""

    def tickets_due(
        self, *, due_from: datetime, due_until: datetime, opened_since: datetime
    ) -> Sequence[OpenTicket]:
        """Return open tickets with a DueDate in that time, and those opened since then."""
        ...
