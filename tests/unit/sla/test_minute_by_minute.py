"""Two fortnights, minute by minute, against a count that shares no code with the calendar.

The count knows the guide's hours as plain comparisons of local time, walks the minutes of the
UTC line one by one, and adds up those that are open. Each fortnight holds a clock change and a
holiday.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import pytest
from support.sla_policies import NEW_YORK, policy

from connector.domain.due_dates import Priority, Window
from connector.sla.tables import OPERATION_HOURS
from connector.sla.targets import reckon

MINUTE = timedelta(minutes=1)
LOOK_AHEAD = timedelta(days=6)
OWN_HOLIDAY = date(2026, 3, 11)


@dataclass(frozen=True)
class NaiveCount:
    """Every minute of a stretch of time, each open or not."""

    start: datetime
    end: datetime
    holidays: frozenset[date]

    @cached_property
    def moments(self) -> list[datetime]:
        moments = [self.start]
        while moments[-1] < self.end + LOOK_AHEAD:
            moments.append(moments[-1] + MINUTE)
        return moments

    def window(self, moment: datetime) -> str:
        local = moment.astimezone(NEW_YORK)
        if local.date() in self.holidays:
            return "holiday"
        if local.isoweekday() <= 5 and 7 <= local.hour < 18:
            return "business_hours"
        if local.isoweekday() >= 6 and 9 <= local.hour < 17:
            return "weekend"
        return "after_hours"

    @cached_property
    def windows(self) -> list[str]:
        return [self.window(moment) for moment in self.moments]

    @cached_property
    def open_minutes(self) -> list[int]:
        return [i for i, name in enumerate(self.windows) if name in ("business_hours", "weekend")]

    @cached_property
    def openings(self) -> list[int]:
        """Open minutes that follow a closed one."""
        is_open = set(self.open_minutes)
        return [i for i in self.open_minutes if i - 1 not in is_open]

    @cached_property
    def closings(self) -> list[int]:
        """Closed minutes that follow an open one."""
        is_open = set(self.open_minutes)
        return [i + 1 for i in self.open_minutes if i + 1 not in is_open]

    def after(self, index: int, minutes: int) -> datetime:
        """The end of the last of so many open minutes."""
        last = self.open_minutes[bisect_left(self.open_minutes, index) + minutes - 1]
        return self.moments[last] + MINUTE

    def opening_after(self, index: int) -> int:
        return self.openings[bisect_left(self.openings, index + 1)]

    def next_day(self, index: int) -> datetime:
        opening = self.opening_after(index)
        return self.moments[self.closings[bisect_left(self.closings, opening)]]

    def remote(self, index: int) -> datetime:
        name = self.windows[index]
        if name == "after_hours":
            return self.next_day(index)
        if name == "holiday":
            index = self.opening_after(index)
        return self.after(index, 120 if self.windows[index] == "business_hours" else 180)

    def onsite(self, index: int) -> datetime:
        if self.windows[index] == "business_hours":
            return self.after(index, 480)
        return self.next_day(index)


FORTNIGHTS = [
    (
        "2026-03-01T05:00",
        "2026-03-15T04:00",
        frozenset({OWN_HOLIDAY}),
        {"holidays.dates": [{"date": OWN_HOLIDAY, "name": "Company day"}]},
    ),
    ("2026-10-29T04:00", "2026-11-12T05:00", frozenset({date(2026, 11, 11)}), {}),
]
fortnights = pytest.mark.parametrize(
    ("start", "end", "holidays", "changes"),
    FORTNIGHTS,
    ids=["March, clocks go forward", "November, clocks go back"],
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@fortnights
def test_the_calendar_agrees_with_a_count_of_minutes(
    start: str, end: str, holidays: frozenset[date], changes: dict[str, Any]
) -> None:
    """Every minute: the window, both amounts of business hours, and next day."""
    calendar = policy(changes).calendar
    naive = NaiveCount(utc(start), utc(end), holidays)
    for index in range(int((naive.end - naive.start) / MINUTE)):
        moment = naive.moments[index]
        came_to = (
            calendar.window_of(moment).value,
            calendar.count(moment, 120, OPERATION_HOURS)[-1].end,
            calendar.count(moment, 480, OPERATION_HOURS)[-1].end,
            calendar.next_opening(moment, OPERATION_HOURS).closes,
        )
        counted = naive.after(index, 120), naive.after(index, 480), naive.next_day(index)
        assert came_to == (naive.windows[index], *counted), moment


EMERGENCY_MINUTES = {
    Window.BUSINESS_HOURS: (15, 75),
    Window.WEEKEND: (60, 180),
    Window.AFTER_HOURS: (180, 240),
    Window.HOLIDAY: (180, 240),
}


@fortnights
def test_due_dates_agree_with_a_count_of_minutes(
    start: str, end: str, holidays: frozenset[date], changes: dict[str, Any]
) -> None:
    """The whole reckoning, each half hour and the minute before it."""
    rules = policy(changes)
    naive = NaiveCount(utc(start), utc(end), holidays)
    for index in range(int((naive.end - naive.start) / MINUTE)):
        if index % 30 not in (0, 29):
            continue
        moment = naive.moments[index]
        normal = reckon(rules, moment, Priority.HIGH, emergency=False, desired=None)
        assert normal.remote_response == naive.remote(index), moment
        assert normal.due_date == normal.onsite_response == naive.onsite(index), moment
        urgent = reckon(rules, moment, Priority.HIGH, emergency=True, desired=None)
        remote, onsite = EMERGENCY_MINUTES[Window(naive.windows[index])]
        assert urgent.remote_response == moment + remote * MINUTE, moment
        assert urgent.due_date == urgent.onsite_response == moment + onsite * MINUTE, moment
