"""What could not be filed away at its source: told once, and not tried again in the same run.

Filing follows every delivered request, so a mailbox that hangs would otherwise be waited for
again and again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from connector.errors import ConnectorError
from connector.ports import Mark


@dataclass(slots=True)
class Unfiled:
    """By source: the error that keeps it from filing anything, and the single items it refused."""

    sources: dict[str, ConnectorError] = field(default_factory=dict)
    _items: dict[tuple[str, str], list[Mark]] = field(default_factory=dict)
    _tried: set[Mark] = field(default_factory=set)

    def add(self, mark: Mark, why: str) -> None:
        """Keep that one item could not be filed."""
        self._tried.add(mark)
        self._items.setdefault((mark.source, why), []).append(mark)

    def has(self, mark: Mark) -> bool:
        """Tell whether an item was tried."""
        return mark in self._tried

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each reason why items could not be filed."""
        for (source, why), marks in self._items.items():
            more = f" and {len(marks) - 1} more" if len(marks) > 1 else ""
            yield f"source {source}: {marks[0].locator}{more} could not be filed: {why}"
