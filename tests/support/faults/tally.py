"""What the harness did, added up: over all tests, and over all processes of pytest."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.faults.processes import Ended

PROPERTY = "faults"
"""The name under which a test's tally travels in its report."""


@dataclass
class Tally:
    """Counts of one test, or of many."""

    scenarios: int = 0
    requests: int = 0
    runs: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    exits: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)

    def ran(self, ended: "Ended") -> None:
        """Count a run that ended."""
        self.runs += 1
        self.exits["killed" if ended.was_killed else str(ended.code)] += 1
        if ended.was_killed and ended.points:
            self.kills[ended.points[-1].partition(":")[0]] += 1
            self.points[ended.points[-1]] += 1

    def add(self, other: "Tally") -> None:
        """Add what another tally counted."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(mine, Counter):
                mine.update(value)
            else:
                setattr(self, name, mine + value)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            name: dict(value) if isinstance(value, Counter) else value
            for name, value in vars(self).items()
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Tally":
        """Return what `as_json` made plain."""
        return cls(
            **{
                name: Counter(value) if isinstance(value, dict) else value
                for name, value in values.items()
            }
        )

    def lines(self, *, with_points: bool) -> Iterable[str]:
        """Yield the summary that is printed at the end."""
        yield f"{self.scenarios} scenarios, {self.requests} requests, {self.runs} runs"
        for title in ("exits", "outcomes", "faults", "kills"):
            counts: Counter[str] = getattr(self, title)
            told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
            yield f"{title} ({counts.total()}): {told}"
        yield f"seeds ({len(self.seeds)}): {' '.join(map(str, sorted(self.seeds)))}"
        yield f"killed at {len(self.points)} different points"
        for point, count in sorted(self.points.items()) if with_points else ():
            yield f"  {count:5} {point}"
