"""What the step `accounts` reports of a run."""

from dataclasses import dataclass, field

from connector.errors import ConnectorError


@dataclass(slots=True)
class AccessReport:
    """`problems` are sentences for a person; `parked` counts people who began to wait for one.

    What only awaits an approval is no problem.
    """

    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)
    parked: int = 0
