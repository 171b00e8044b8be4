"""Moments, amounts and windows in words a client understands."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connector.domain.due_dates import Window
from connector.sla.calendar import Calendar, Span
from connector.sla.hours import WEEK, Weekday, WeekHours, Windows

SHOWN_SPANS = 3


def day_words(day: date) -> str:
    """Write a date: Monday 23 November 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment in local time: Monday 23 November 2026 at 17:30."""
    local = moment.astimezone(zone)
    return f"{day_words(local)} at {_clock_words(local)}"


def minute_words(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as `moment_words` does, to the minute: for whom seconds are in the way."""
    return moment_words(moment.replace(second=0, microsecond=0), zone)


def minutes_words(minutes: int) -> str:
    """Write an amount: 1 hour 15 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [(hours, "hour"), (rest, "minute")]
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count)


def spans_words(spans: Sequence[Span], zone: ZoneInfo) -> str:
    """Write the stretches of time that counted: Mon 23 Nov 17:30-18:00, Tue 24 Nov 07:00-08:30."""
    if len(spans) <= SHOWN_SPANS:
        return ", ".join(_span_words(span, zone) for span in spans)
    first, last = _span_words(spans[0], zone), _span_words(spans[-1], zone)
    return f"{first}, and so on over {len(spans)} windows until {last}"


def week_words(hours: WeekHours) -> str:
    """Write the hours of a window: Mon-Fri 07:00-18:00, or Sat, Sun 09:00-17:00."""
    return f"{_days_words(hours.days)} {hours.hours_text}"


def window_words(moment: datetime, window: Window, calendar: Calendar, windows: Windows) -> str:
    """Write where in the week a moment falls, with the reason."""
    day = calendar.local_date(moment)
    part = calendar.part_day_on(day)
    if window is Window.HOLIDAY:
        return f"on a holiday, {calendar.holiday_on(day)}"
    if part is not None:
        where = "after hours" if window is Window.AFTER_HOURS else "in the hours"
        return f"{where} of a part day ({part.name}, {part.hours_text})"
    if window is Window.AFTER_HOURS:
        return "after hours"
    if window is Window.WEEKEND and windows.weekend is not None:
        return f"in weekend hours ({week_words(windows.weekend)})"
    return f"in business hours ({week_words(windows.business_hours)})"


def _clock_words(local: datetime) -> str:
    """Write the time of day; with the zone's name where the clocks show it twice that day."""
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{clock} {local:%Z}" if twice else clock


def _span_words(span: Span, zone: ZoneInfo) -> str:
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    return f"{start:%a} {start.day} {start:%b} {_clock_words(start)}-{_clock_words(end)}"


def _days_words(days: Sequence[Weekday]) -> str:
    places = sorted(WEEK.index(day) for day in days)
    in_a_row = places == list(range(places[0], places[-1] + 1))
    if in_a_row and len(places) > 2:
        return f"{WEEK[places[0]]}-{WEEK[places[-1]]}"
    return ", ".join(WEEK[place] for place in places)
