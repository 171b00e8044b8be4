"""What is kept between runs beside requests: answers of BMS, and the calls it was asked."""

from datetime import datetime
from typing import Protocol


class Cache(Protocol):
    """Answers of BMS worth keeping between runs, and the sign-in token."""

    def load(self, kind: str, name: str, now: datetime) -> object | None:
        """Return the JSON value kept under `kind` and `name`, unless it expired."""
        ...

    def save(self, kind: str, name: str, value: object, expires_at: datetime) -> None:
        """Keep a JSON value until it expires."""
        ...

    def drop(self, kind: str, name: str | None = None) -> None:
        """Forget one value, or every value of a kind."""
        ...


class CallBudget(Protocol):
    """How many calls an endpoint may still get; shared by all who share the ledger."""

    def take(self, endpoint: str, *, now: datetime, emergency: bool) -> None:
        """Count one call to `endpoint` (method and path template).

        Raises `BudgetSpent` when the last 60 minutes are used up; the last tenth of the
        budget is for emergencies only. Raises `Unreachable` while BMS wants a pause.
        """
        ...

    def pause(self, endpoint: str, *, now: datetime, until: datetime) -> None:
        """Make no call to `endpoint` before `until`, which BMS asked for (Retry-After)."""
        ...
