"""Everything that is due is attempted once in a run, several requests at the same time.

What an attempt needs is imported by the first: most runs that cron starts have nothing to do.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from connector.errors import ConnectorError, ExitCode, exit_code_for
from connector.pipeline.delivering.heartbeat import leases_renewed
from connector.pipeline.delivering.workers import Workers
from connector.pipeline.filing import file_away
from connector.pipeline.services import Services
from connector.ports import RequestRecord
from connector.ports.stopping import CallAbandoned

if TYPE_CHECKING:
    from connector.pipeline.delivering.retrying import Attempted

FAILURES_IN_A_ROW = 3
"""After so many requests in a row failed for a passing fault, the fault is the service's.

Waiting for a search to settle, or for the budget, is no fault.
"""


@dataclass(slots=True)
class Delivered:
    """What delivering came to; requests and errors in the order in which they were begun.

    `ended_by` kept it from trying everything that was due.
    """

    keys: list[str] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)
    ended_by: ConnectorError | None = None


def deliver_all(services: Services) -> Delivered:
    """Attempt every request that is due, each at most once: emergencies first, then the oldest."""
    shift = _Shift(services)
    workers = Workers(
        shift.attempt, shift.take_in, at_most=services.workers, breakable=services.breakable
    )
    with leases_renewed(services):
        try:
            workers.work_through(shift.next_due)
        except CallAbandoned:
            from connector.pipeline.delivering.retrying import leave_behind

            for record in workers.left_behind:
                shift.count_error(record, leave_behind(services, record))
    return shift.delivered()


def is_fault_of_service(error: ConnectorError | None) -> bool:
    """Whether an attempt failed for a passing fault, which may not be the request's own."""
    return error is not None and exit_code_for(error) is ExitCode.UNREACHABLE


class _Shift:
    """The counting of one run; only `attempt` is called outside the main thread."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._begun: dict[str, ConnectorError | None] = {}
        self._tried: set[str] = set()
        self._ended_by: ConnectorError | None = None
        self._failed_in_a_row = 0

    def next_due(self) -> RequestRecord | None:
        """Return the next request to attempt; None once the run has to end."""
        services = self._services
        if self._ended_by is not None or services.should_stop():
            return None
        record = services.ledger.claim(
            now=services.clock(),
            holder=services.run,
            lease=services.lease,
            sources=services.of_sources,
            besides=self._tried,
        )
        if record is not None:
            self._begun[record.key] = None
            # From here on: one that was postponed is due again before `take_in` hears of it.
            self._tried.add(record.key)
            services.progress("delivering")
        return record

    def attempt(self, record: RequestRecord) -> "Attempted":
        """Attempt one request, in the thread of a worker."""
        from connector.pipeline.delivering.attempt import attempt

        with structlog.contextvars.bound_contextvars(request=record.key):
            return attempt(self._services, record)

    def take_in(self, record: RequestRecord, attempted: "Attempted") -> None:
        """Count what came of an attempt, and file its item away."""
        from connector.pipeline.post.sending import send_alerts

        error = attempted.error
        self.count_error(record, error)
        if error is None and not attempted.let_go:
            self._tried.discard(record.key)
        self._failed_in_a_row = self._failed_in_a_row + 1 if is_fault_of_service(error) else 0
        if attempted.ends_run or self._failed_in_a_row == FAILURES_IN_A_ROW:
            self._ended_by = self._ended_by or error
        file_away(self._services)
        send_alerts(self._services)

    def count_error(self, record: RequestRecord, error: ConnectorError | None) -> None:
        """Keep what stood in the way of a request."""
        self._begun[record.key] = error

    def delivered(self) -> Delivered:
        """Return what it all came to."""
        errors = [error for error in self._begun.values() if error is not None]
        return Delivered(list(self._begun), errors, self._ended_by)
