"""Which due dates come up next, as BMS shows its open tickets, asked at most every two minutes.

BMS is asked rather than the ledger, which does not hear of tickets that were completed there.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connector.domain.tenant import Named
from connector.errors import ConnectorError
from connector.ports import Clock
from connector.ports.due import DueSearch
from connector.ports.watch import MadeTicket, OpenTicket, Watched, WatchLedger, remote_response_of

ASKED_EVERY = timedelta(minutes=2)
AHEAD = timedelta(days=7)
OVERDUE_FOR = timedelta(days=14)
"""What is overdue for longer is no news."""
OPENED_WITHIN = timedelta(days=3)
"""How long ago a ticket may have been opened whose remote response is still shown."""

AT_RISK_SHARE = 4
"""A date is at risk when less than one part in so many of its time is left."""

REMOTE = "remote response"
DUE_DATE = "due date"


@dataclass(frozen=True, slots=True)
class NextDue:
    """The next date of an open ticket. `since` is the moment from which its time runs."""

    ticket: OpenTicket
    what: str
    at: datetime
    since: datetime | None
    emergency: bool

    def mark(self, now: datetime) -> str:
        """Return `overdue`, `at risk` or nothing."""
        if self.at <= now:
            return "overdue"
        if self.since is None:
            return ""
        whole = self.at - self.since
        return "at risk" if (self.at - now) * AT_RISK_SHARE < whole else ""


@dataclass(frozen=True, slots=True)
class Due:
    """What the board shows. `as_of` is None before BMS was asked; `error` why it could not be."""

    dates: Sequence[NextDue] = ()
    as_of: datetime | None = None
    error: str = ""


class DueBoard:
    """The due dates that come up next. Threads share it; one of them asks at a time."""

    def __init__(
        self,
        search: DueSearch,
        ledger: WatchLedger,
        *,
        is_new: Callable[[Named], bool],
        leaves_out: Callable[[OpenTicket], bool],
        clock: Clock,
    ) -> None:
        """Ask nothing yet. `is_new` tells the status of tickets to which nobody responded."""
        self._search = search
        self._ledger = ledger
        self._is_new = is_new
        self._leaves_out = leaves_out
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_at: datetime | None = None
        self._shown = Due()

    def look(self) -> Due:
        """Return what comes up next; who comes while another asks gets what was known before."""
        now = self._clock()
        if self._is_fresh(now) or not self._lock.acquire(blocking=False):
            return self._shown
        try:
            self._shown = self._ask(now)
            self._asked_at = now
        finally:
            self._lock.release()
        return self._shown

    def _is_fresh(self, now: datetime) -> bool:
        return self._asked_at is not None and now - self._asked_at < ASKED_EVERY

    def _ask(self, now: datetime) -> Due:
        try:
            tickets = self._search.tickets_due(
                due_from=now - OVERDUE_FOR,
                due_until=now + AHEAD,
                opened_since=now - OPENED_WITHIN,
            )
        except ConnectorError as error:
            return replace(self._shown, error=error.message)
        ours = [ticket for ticket in tickets if not self._leaves_out(ticket)]
        ids = [ticket.id for ticket in ours]
        watched, made = self._ledger.watched(ids), self._ledger.made_tickets(ids)
        dates = [self._next(each, watched.get(each.id), made.get(each.id)) for each in ours]
        in_view = [date for date in dates if date and -OVERDUE_FOR <= date.at - now <= AHEAD]
        return Due(sorted(in_view, key=lambda date: date.at), as_of=now)

    def _next(
        self, ticket: OpenTicket, watched: Watched | None, made: MadeTicket | None
    ) -> NextDue | None:
        """Return the remote response while nobody responded, then the DueDate in BMS."""
        emergency = watched.emergency if watched else bool(made and made.result.get("emergency"))
        received = watched or made
        since = received.received_at if received else ticket.opened_at or ticket.created_at
        if self._is_new(ticket.status) and (remote := remote_response_of(watched, made)):
            begins = watched.raised_at if watched and watched.raised_at else since
            return NextDue(ticket, REMOTE, remote, begins, emergency)
        if ticket.due_at is None:
            return None
        return NextDue(ticket, DUE_DATE, ticket.due_at, since, emergency)
