"""What is kept between runs beside requests: answers of BMS, and the calls it was asked."""

from datetime import UTC, datetime
from typing import Final, Protocol

FOR_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When something expires that is kept until it is dropped."""


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

        Raises `BudgetSpent` when the last 60 minutes are used up, of which the last tenth is
        for emergencies only, and `Throttled` while the endpoint is paused.
        """
        ...

    def pause(self, endpoint: str, *, until: datetime) -> None:
        """Let no call to `endpoint` be made before `until`, as BMS asked (Retry-After)."""
        ...
