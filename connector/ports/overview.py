"""What people ask of the ledger at a glance: how runs ended, what came in, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from connector.domain.request import Outcome


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run as the ledger knows it. `finished_at` and `exit_code` are None until it ended.

    `summary` is `RunReport.summary`; empty for a run that has not ended.
    """

    run: str
    started_at: datetime
    finished_at: datetime | None = None
    exit_code: int | None = None
    summary: Mapping[str, object] = field(default_factory=dict)

    @property
    def steps(self) -> Sequence[str]:
        """The steps that it did."""
        steps = self.summary.get("steps")
        return [str(step) for step in steps] if isinstance(steps, list) else []

    @property
    def ended_well(self) -> bool:
        """Whether it ended, and every service could be reached and let us in."""
        return self.finished_at is not None and not self.summary.get("service_failed")


class OverviewLedger(Protocol):
    """The ledger at a glance. Every method is one transaction that changes nothing."""

    def past_runs(self, *, since: datetime, limit: int) -> Sequence[PastRun]:
        """Return the runs that began since then, the newest first, at most so many."""
        ...

    def received_since(self, since: datetime) -> Mapping[str, Mapping[Outcome, int]]:
        """Return how many requests received since then are in which state, by source."""
        ...

    def last_received(self, source: str) -> datetime | None:
        """Return when the newest request of a source was received; None where it had none."""
        ...

    def waiting(self) -> Mapping[Outcome, int]:
        """Return how many requests are pending and parked, whenever they were received."""
        ...

    def letters_waiting(self) -> int:
        """Return how many letters are yet to be sent."""
        ...

    def has_moved(self) -> bool:
        """Return whether the ledger has moved to another database, and takes nothing in here."""
        ...
