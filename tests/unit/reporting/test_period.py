"""Local dates become a span of time, clock changes included, and the bars of a chart."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from connector.errors import ConfigError
from connector.reporting.period import MOST_BARS, Period, bars_of, chosen_period

ZONE = ZoneInfo("America/New_York")
LATE = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""Still the 23rd in New York."""


def test_the_usual_period_is_thirty_local_dates_the_last_of_them_today() -> None:
    period = chosen_period(None, None, LATE, ZONE)
    assert (period.first, period.last) == (date(2026, 10, 25), date(2026, 11, 23))


def test_with_a_last_date_alone_it_is_the_thirty_dates_up_to_it() -> None:
    period = chosen_period(None, date(2026, 3, 31), LATE, ZONE)
    assert (period.first, period.last) == (date(2026, 3, 2), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 11, 1), 25), (date(2026, 3, 8), 23), (date(2026, 11, 2), 24)],
    ids=["clocks go back", "clocks go forward", "any other day"],
)
def test_a_date_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    span = Period(day, day, ZONE).span
    assert span.start.astimezone(ZONE).replace(tzinfo=None) == datetime.combine(day, time())
    assert span.end - span.start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (date(2026, 11, 3), date(2026, 11, 2), "before it begins"),
        (date(2026, 11, 24), None, "today is 2026-11-23"),
        (date(1, 1, 1), None, "cannot be reported on"),
        (None, date(9999, 12, 31), "cannot be reported on"),
    ],
)
def test_what_is_no_period_is_refused(first: date | None, last: date | None, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        chosen_period(first, last, LATE, ZONE)


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), "day"),
        (date(2026, 10, 1), date(2026, 11, 30), "day"),
        (date(2026, 1, 1), date(2026, 12, 31), "week"),
        (date(2024, 2, 29), date(2026, 12, 31), "month"),
        (date(1970, 1, 1), date(2026, 12, 31), "year"),
    ],
)
def test_bars_are_few_and_cover_the_period_without_a_gap(
    first: date, last: date, unit: str
) -> None:
    period = Period(first, last, ZONE)
    word, bars = bars_of(period)
    assert word == unit
    assert len(bars) <= MOST_BARS
    assert (bars[0].first, bars[-1].last) == (first, last)
    assert (bars[0].span.start, bars[-1].span.end) == (period.span.start, period.span.end)
    for before, after in pairwise(bars):
        assert after.first == before.last + timedelta(days=1)
        assert after.span.start == before.span.end


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    _, weeks = bars_of(Period(date(2026, 1, 1), date(2026, 12, 31), ZONE))
    _, months = bars_of(Period(date(2024, 1, 31), date(2026, 12, 31), ZONE))
    assert {bar.first.weekday() for bar in weeks[1:]} == {0}
    assert [bar.first for bar in months[:3]] == [
        date(2024, 1, 31),
        date(2024, 2, 1),
        date(2024, 3, 1),
    ]
