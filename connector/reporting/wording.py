"""What a report says in words, the same on the page and as text."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from connector.domain.request import RequestKind
from connector.reporting.figures import Figures
from connector.reporting.period import Bar
from connector.reporting.standing import Standing

KINDS: Mapping[str, str] = {
    RequestKind.EMAIL.value: "e-mails",
    RequestKind.FORM.value: "form submissions",
}

SHOWN = 25
"""Rows of a table at most; the rest is one row."""


def day_words(day: date) -> str:
    """Write a date as people do: Mon 23 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b} {day.year:04}"


def period_words(figures: Figures) -> str:
    """Write the dates of a period: 1 Nov 2026 to 30 Nov 2026, or one date."""
    first, last = figures.period.first, figures.period.last
    return _short(first) if first == last else f"{_short(first)} to {_short(last)}"


def bar_words(bar: Bar) -> str:
    """Write the dates that a bar stands for."""
    if bar.first == bar.last:
        return day_words(bar.first)
    return f"{_short(bar.first)} to {_short(bar.last)}"


def moment_words(at: datetime) -> str:
    """Write a local moment with its offset: 2026-11-23 17:30-05:00."""
    return at.isoformat(" ", "minutes")


def shown(counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    """Return the first rows of a table, and what the rest comes to as the last."""
    rows = list(counts.items())
    if len(rows) <= SHOWN:
        return rows
    rest = rows[SHOWN - 1 :]
    return [*rows[: SHOWN - 1], (f"{len(rest)} others", sum(count for _, count in rest))]


def kept_of(counts: Mapping[Standing, int]) -> tuple[int, int]:
    """Return how many were kept, and of how many that is known to be kept or missed."""
    kept = counts.get(Standing.KEPT, 0)
    return kept, kept + counts.get(Standing.MISSED, 0)


def sla_rows(
    by_name: Mapping[str, Mapping[Standing, int]],
) -> Sequence[tuple[str, Mapping[Standing, int]]]:
    """Return the rows of a table of standings, the most tickets first, the rest as the last."""
    rows = sorted(by_name.items(), key=lambda row: (-sum(row[1].values()), row[0].casefold()))
    if len(rows) <= SHOWN:
        return rows
    rest = rows[SHOWN - 1 :]
    others = {each: sum(counts.get(each, 0) for _, counts in rest) for each in Standing}
    return [*rows[: SHOWN - 1], (f"{len(rest)} others", others)]


def _short(day: date) -> str:
    return f"{day.day} {day:%b} {day.year:04}"
