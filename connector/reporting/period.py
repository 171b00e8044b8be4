"""The period of a report: local dates, both included, and the bars that a chart has for it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connector.errors import ConfigError
from connector.local_time import at_minute
from connector.ports.statistics import Span

USUAL_DAYS = 30
YEARS = range(1970, 2101)
MOST_BARS = 62
"""More bars than these, and each stands for more than a day."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Local dates from `first` to `last`, both included, in the help desk's time zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def span(self) -> Span:
        """From the start of the first date to the end of the last, clock changes included."""
        return _span_of(self.first, self.last, self.zone)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart over time: the local dates that it stands for, both included."""

    first: date
    last: date
    span: Span


def chosen_period(first: date | None, last: date | None, now: datetime, zone: ZoneInfo) -> Period:
    """Return the period that was asked for; by default 30 local dates, the last of them today.

    Raises `ConfigError` for one that ends before it begins, or lies in the future.
    """
    today = now.astimezone(zone).date()
    last = last or today
    first = first or last - (USUAL_DAYS - 1) * DAY
    for day in (first, last):
        if day.year not in YEARS:
            raise ConfigError(
                f"{day} cannot be reported on",
                f"Name a date of the years {YEARS[0]} to {YEARS[-1]}",
            )
    if first > today:
        raise ConfigError(
            f"the period begins on {first}, and today is {today}", "Name earlier dates"
        )
    if last < first:
        raise ConfigError(
            f"the period ends on {last}, before it begins on {first}",
            "--from is the first date, --to the last; both are included",
        )
    return Period(first, last, zone)


def bars_of(period: Period) -> tuple[str, Sequence[Bar]]:
    """Return what a bar stands for (day, week, month, year), and the bars."""
    for word, next_start in _UNITS[:-1]:
        bars = list(_bars(period, next_start, MOST_BARS + 1))
        if len(bars) <= MOST_BARS:
            return word, bars
    word, next_start = _UNITS[-1]
    return word, list(_bars(period, next_start, len(YEARS)))


def _bars(period: Period, next_start: Callable[[date], date], most: int) -> Iterator[Bar]:
    start = period.first
    for _ in range(most):
        following = next_start(start)
        last = min(following - DAY, period.last)
        yield Bar(start, last, _span_of(start, last, period.zone))
        if last == period.last:
            return
        start = following


def _next_week(day: date) -> date:
    """Return the next Monday."""
    return day + (7 - day.weekday()) * DAY


def _next_month(day: date) -> date:
    return (day.replace(day=1) + 32 * DAY).replace(day=1)


_UNITS: Sequence[tuple[str, Callable[[date], date]]] = (
    ("day", lambda day: day + DAY),
    ("week", _next_week),
    ("month", _next_month),
    ("year", lambda day: date(day.year + 1, 1, 1)),
)


def _span_of(first: date, last: date, zone: ZoneInfo) -> Span:
    return Span(at_minute(first, 0, zone), at_minute(last + DAY, 0, zone))
