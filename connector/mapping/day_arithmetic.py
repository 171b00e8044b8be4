"""Days reckoned from others: plain calendar arithmetic, weeks begin on Monday."""

from calendar import monthrange
from datetime import date, timedelta

from connector.mapping.open_days import OpenDays

SATURDAY = 5


def next_weekday(start: date, weekday: int) -> date:
    """Return the first such weekday on or after `start`."""
    return start + timedelta(days=(weekday - start.weekday()) % 7)


def in_next_week(today: date, weekday: int) -> date:
    """Return the weekday (Monday is 0) of the week after this one."""
    return today + timedelta(days=7 - today.weekday() + weekday)


def end_of_month(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def after_months(start: date, count: int) -> date:
    """Return the same day of the month `count` months later, or that month's last day."""
    years, months = divmod(start.month - 1 + count, 12)
    year, month = start.year + years, months + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def next_day_of_month(today: date, day: int) -> date:
    """Return the next date that is the `day`-th of its month, today or later.

    Raises ValueError for a day that no month has.
    """
    month = today if day >= today.day else after_months(today, 1)
    if day > end_of_month(month).day:  # the month after a short one is never short
        month = after_months(month, 1)
    return month.replace(day=day)


def after_business_days(start: date, count: int, days: OpenDays) -> date:
    """Return the `count`-th day after `start` that is a Monday to Friday and no holiday."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY and not days.holiday_on(day)
    return day
