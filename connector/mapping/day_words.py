"""The day in a phrase: "friday", "11/25", "june 3", "end of week", "in 2 business days"."""

import re
from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from connector.mapping.date_language import MONTHS, NUMBERS, WEEKDAYS
from connector.mapping.day_arithmetic import (
    after_business_days,
    after_months,
    end_of_month,
    in_next_week,
    next_day_of_month,
    next_weekday,
)
from connector.mapping.open_days import OpenDays

FRIDAY, SUNDAY = 4, 6
LOOK_BACK = timedelta(days=60)
"""A day without a year that lies at most this far back is a day gone by, not next year's:
who writes 11/20 on 22 November has made a mistake, and does not mean to wait a year."""

MOST_BUSINESS_DAYS = 366
"""More are not counted out: as plain days they are too far away already."""

_ANY_WEEKDAY = "|".join(WEEKDAYS)
_WEEKDAY = rf"(?:(?P<weekday>{_ANY_WEEKDAY})\s)?"
_MONTH = rf"(?P<month_name>{'|'.join(MONTHS)})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_COUNT = (
    r"(?:in |within )?(?:\d{1,3}\s?(?:-|to|or)\s?)?"
    rf"(?P<count>\d{{1,4}}|{'|'.join(NUMBERS)})\s?"
)

EXPLICIT = tuple(
    re.compile(_WEEKDAY + pattern)
    for pattern in (
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
        r"(?P<month>\d{1,2})(?P<sign>[-/.])(?P<day>\d{1,2})(?P=sign)(?P<year>\d{4})",
        r"(?P<month>\d{1,2})(?P<sign>[-/])(?P<day>\d{1,2})(?P=sign)(?P<year>\d{2})",
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        rf"{_MONTH}[\s-]?{_DAY}(?:[\s-](?:of )?(?P<year>\d{{4}}))?",
        rf"{_DAY}[\s-]?(?:of )?{_MONTH}(?:[\s-](?:of )?(?P<year>\d{{4}}))?",
    )
)
DAY_OF_MONTH = re.compile(_WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th)")
WEEKDAY = re.compile(
    rf"(?P<which>this coming|this|next|coming|following)?\s?(?P<weekday>{_ANY_WEEKDAY})"
    r"(?P<after>\snext)?"
)
WEEKDAY_NEXT_WEEK = re.compile(
    rf"(?:next week )?(?P<weekday>{_ANY_WEEKDAY})(?: (?:of )?next week)?"
)
DAYS_AHEAD = re.compile(
    _COUNT + r"(?P<business>(?:business|working|work) )?(?:calendar )?"
    r"(?P<unit>days?|weeks?|months?)(?: time| from now| from today)?"
)
TIME_AHEAD = re.compile(_COUNT + r"(?P<unit>hours?|hrs?|h|minutes?|mins?)(?: time| from now)?")
WORDS: dict[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "tonight": lambda today: today,
    "this": lambda today: today,  # what is left of "this afternoon"
    "tomorrow": lambda today: today + timedelta(days=1),
    "day after tomorrow": lambda today: today + timedelta(days=2),
    "yesterday": lambda today: today - timedelta(days=1),
    "end of week": lambda today: next_weekday(today, FRIDAY),
    "end of this week": lambda today: next_weekday(today, FRIDAY),
    "eow": lambda today: next_weekday(today, FRIDAY),
    "this week": lambda today: next_weekday(today, FRIDAY),
    "next week": lambda today: in_next_week(today, FRIDAY),
    "end of next week": lambda today: in_next_week(today, FRIDAY),
    "weekend": lambda today: next_weekday(today, SUNDAY),
    "this weekend": lambda today: next_weekday(today, SUNDAY),
    "end of month": end_of_month,
    "end of this month": end_of_month,
    "eom": end_of_month,
    "this month": end_of_month,
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day. `repeats`: a bare weekday, so that the same day a week later may be meant."""

    on: date
    repeats: bool = False


class ContradictoryDay(ValueError):
    """The phrase names a weekday and a date that is another one."""


def read_explicit_day(text: str, today: date) -> date | None:
    """Return the day that `text` names by its number; None where it does not.

    Raises ValueError for a day that no calendar has, and `ContradictoryDay`.
    """
    for pattern in EXPLICIT:
        if match := pattern.fullmatch(text):
            on = _dated(match, today)
            _check_weekday(match["weekday"], on)
            return on
    return None


def read_day(text: str, today: date, days: OpenDays) -> Day | None:
    """Return the day that the whole of `text` names, counted from `today`; None if none.

    Raises ValueError and `ContradictoryDay` as `read_explicit_day` does.
    """
    if text in WORDS:
        return Day(WORDS[text](today))
    if match := WEEKDAY.fullmatch(text):
        return _weekday(match, today)
    if match := WEEKDAY_NEXT_WEEK.fullmatch(text):
        return Day(in_next_week(today, WEEKDAYS[match["weekday"]]))
    if match := DAY_OF_MONTH.fullmatch(text):
        on = next_day_of_month(today, int(match["day"]))
        _check_weekday(match["weekday"], on)
        return Day(on)
    if match := DAYS_AHEAD.fullmatch(text):
        return Day(_days_ahead(match, today, days))
    explicit = read_explicit_day(text, today)
    return Day(explicit) if explicit else None


def read_time_ahead(text: str) -> timedelta | None:
    """Return the hours or minutes that the whole of `text` counts, or None."""
    match = TIME_AHEAD.fullmatch(text)
    if not match:
        return None
    count = _count(match["count"])
    return timedelta(hours=count) if match["unit"][0] == "h" else timedelta(minutes=count)


def _count(text: str) -> int:
    return NUMBERS[text] if text in NUMBERS else int(text)


def _dated(match: re.Match[str], today: date) -> date:
    parts = match.groupdict()
    name, year = parts.get("month_name"), parts.get("year")
    month = MONTHS[name] if name else int(parts["month"])
    day = int(parts["day"])
    if not name and month > 12 >= day:  # day first: no month has that number
        month, day = day, month
    if year:
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    this_year = _valid_from(today.year, month, day)
    return this_year if this_year >= today - LOOK_BACK else _valid_from(today.year + 1, month, day)


def _valid_from(year: int, month: int, day: int) -> date:
    """Return the date, 29 February in the next year that has one."""
    leap = month == 2 and day == 29
    while leap and not isleap(year):
        year += 1
    return date(year, month, day)


def _check_weekday(name: str | None, on: date) -> None:
    if name and WEEKDAYS[name] != on.weekday():
        raise ContradictoryDay(f"{on.isoformat()} is a {on:%A}")


def _weekday(match: re.Match[str], today: date) -> Day:
    number = WEEKDAYS[match["weekday"]]
    if match["which"] in {"next", "coming", "following", "this coming"} or match["after"]:
        return Day(next_weekday(today + timedelta(days=1), number))
    return Day(next_weekday(today, number), repeats=True)


def _days_ahead(match: re.Match[str], today: date, days: OpenDays) -> date:
    count = _count(match["count"])
    if match["business"] and count <= MOST_BUSINESS_DAYS:
        return after_business_days(today, count, days)
    if match["unit"].startswith("month"):
        return after_months(today, count)
    if match["unit"].startswith("week"):
        count *= 7
    return today + timedelta(days=count)
