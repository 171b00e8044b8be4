"""Days reckoned from others: plain calendar arithmetic, weeks begin on Monday."""

from datetime import date, timedelta

from connector.mapping.open_days import OpenDays

SATURDAY = 5


def next_weekday(start: date, weekday: int) -> date:
    """Return the first such weekday on or after `start`."""
    return start + timedelta(days=(weekday - start.weekday()) % 7)


def in_next_week(today: date, weekday: int) -> date:
    """Return the weekday (Monday is 0) of the week after this one."""
    return today + timedelta(days=7 - today.weekday() + weekday)


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after the one of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def end_of_month(today: date) -> date:
    """Return the last day of this month."""
    return first_of_next_month(today) - timedelta(days=1)


def next_day_of_month(today: date, day: int) -> date:
    """Return the next date that is the `day`-th of its month."""
    if not 1 <= day <= 31:
        raise ValueError("no month has that day")
    first = today.replace(day=1) if day >= today.day else first_of_next_month(today)
    while day > end_of_month(first).day:
        first = first_of_next_month(first)
    return first.replace(day=day)


def after_business_days(start: date, count: int, days: OpenDays) -> date:
    """Return the `count`-th day after `start` that is a Monday to Friday and no holiday."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY and not days.holiday_on(day)
    return day
