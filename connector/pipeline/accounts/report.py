"""What the step `accounts` reports of a run."""

from dataclasses import dataclass, field

from connector.accounts.model import AccessState
from connector.errors import ConnectorError


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a run brought one person's access; `who` is a name or an address."""

    record_id: int
    who: str
    was: AccessState
    state: AccessState

    def __str__(self) -> str:
        return f"access {self.record_id}, {self.who}: {self.was} → {self.state}"

    def as_json(self) -> dict[str, object]:
        """Return it in the words of `accounts list --json`."""
        return {"id": self.record_id, "person": self.who, "was": self.was, "state": self.state}


@dataclass(slots=True)
class AccessReport:
    """`problems` are sentences for a person; `parked` counts people who began to wait for one.

    What only awaits an approval is no problem.
    """

    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)
    parked: int = 0
    moved: list[Moved] = field(default_factory=list)
