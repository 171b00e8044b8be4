"""The calendar: windows of a date, and time counted in them. All moments are in UTC."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connector.domain.due_dates import Window
from connector.errors import ConfigError
from connector.local_time import at_minute
from connector.sla.holiday_dates import dates_of
from connector.sla.hours import WEEK, HolidayList, OpenHours, PartDay, Windows

SEARCH_DAYS = 366
"""How far ahead hours are looked for: a calendar without any must not be searched for ever."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One window of one date. Includes `opens`, excludes `closes`."""

    window: Window
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time that counted."""

    start: datetime
    end: datetime


class Calendar:
    """Windows and holidays in a time zone. Holidays are looked up per year, once."""

    def __init__(self, windows: Windows, holidays: HolidayList, zone: ZoneInfo) -> None:
        """Keep the week and the holidays as the file has them."""
        self.zone = zone
        self._windows = windows
        self._listed = holidays
        self._own_holidays = {own.date: own.name for own in holidays.dates}
        self._part_days = {part.date: part for part in holidays.part_days}
        self._named_holidays: dict[int, dict[date, str]] = {}
        self._openings: dict[date, tuple[Opening, ...]] = {}

    # --- dates -------------------------------------------------------------------------------

    def local_date(self, moment: datetime) -> date:
        """Return the local date of a moment."""
        return moment.astimezone(self.zone).date()

    def holidays(self, year: int) -> Mapping[date, str]:
        """Return the full holidays of a year, in order; a part day is none.

        Raises ConfigError for a holiday name that the `holidays` library does not know.
        """
        if year not in self._named_holidays:
            self._named_holidays[year] = self._look_up(year)
        return self._named_holidays[year]

    def holiday_on(self, day: date) -> str | None:
        """Return the name of the full holiday on a date, if it is one."""
        return self.holidays(day.year).get(day)

    def is_holiday(self, day: date) -> bool:
        """Tell whether a date is a full holiday."""
        return self.holiday_on(day) is not None

    def part_day_on(self, day: date) -> PartDay | None:
        """Return the part day on a date, if it is one."""
        return self._part_days.get(day)

    def part_days(self, year: int) -> list[PartDay]:
        """Return the part days of a year, in order."""
        days = sorted(day for day in self._part_days if day.year == year)
        return [self._part_days[day] for day in days]

    # --- windows -----------------------------------------------------------------------------

    def openings_on(self, day: date) -> tuple[Opening, ...]:
        """Return the operation hours of a date, in order; none on a full holiday."""
        if day not in self._openings:
            hours = sorted(self._hours_on(day), key=lambda pair: pair[1].open)
            openings = [self._opening(day, *pair) for pair in hours]
            # Hours that lie wholly in the gap of a clock change never happen.
            self._openings[day] = tuple(o for o in openings if o.opens < o.closes)
        return self._openings[day]

    def window_of(self, moment: datetime) -> Window:
        """Return the window in which a moment falls."""
        day = self.local_date(moment)
        if self.is_holiday(day):
            return Window.HOLIDAY
        for opening in self.openings_on(day):
            if opening.opens <= moment < opening.closes:
                return opening.window
        return Window.AFTER_HOURS

    def next_opening(self, moment: datetime, windows: Collection[Window]) -> Opening:
        """Return the first of `windows` that opens after a moment, not at it.

        Raises ConfigError when none opens within `SEARCH_DAYS`.
        """
        for opening in self._openings_from(moment, windows):
            if opening.opens > moment:
                return opening
        raise self._no_hours(moment)

    def count(
        self, moment: datetime, minutes: int, windows: Collection[Window]
    ) -> tuple[Span, ...]:
        """Return the stretches of `windows` that make up `minutes` from a moment on.

        The end of the last is when they are used up; exactly at closing is at closing. Raises
        ConfigError when there are not that many within `SEARCH_DAYS`.
        """
        left = timedelta(minutes=minutes)
        spans: list[Span] = []
        for opening in self._openings_from(moment, windows):
            start = max(moment, opening.opens)
            span = Span(start, min(opening.closes, start + left))
            spans.append(span)
            left -= span.end - span.start
            if not left:
                return tuple(spans)
        raise self._no_hours(moment)

    def close_of_operation(self, day: date) -> datetime:
        """Return the close of a date's last window; of business hours on a date without any."""
        openings = self.openings_on(day)
        if openings:
            return openings[-1].closes
        return at_minute(day, self._windows.business_hours.close, self.zone)

    # --- inside ------------------------------------------------------------------------------

    def _openings_from(self, moment: datetime, windows: Collection[Window]) -> Iterator[Opening]:
        """Yield the openings of `windows` that close after a moment, in order, bounded."""
        today = self.local_date(moment)
        for ahead in range(SEARCH_DAYS):
            for opening in self.openings_on(today + timedelta(days=ahead)):
                if opening.window in windows and opening.closes > moment:
                    yield opening

    def _opening(self, day: date, window: Window, hours: OpenHours) -> Opening:
        opens = at_minute(day, hours.open, self.zone)
        return Opening(window, opens, at_minute(day, hours.close, self.zone))

    def _hours_on(self, day: date) -> list[tuple[Window, OpenHours]]:
        usual = self._usual_hours_on(day)
        part = self._part_days.get(day)
        if part is not None:
            return [(usual[0][0] if usual else Window.BUSINESS_HOURS, part)]
        return [] if self.is_holiday(day) else usual

    def _usual_hours_on(self, day: date) -> list[tuple[Window, OpenHours]]:
        weekday = WEEK[day.weekday()]
        week = (
            (Window.BUSINESS_HOURS, self._windows.business_hours),
            (Window.WEEKEND, self._windows.weekend),
        )
        return [(window, hours) for window, hours in week if hours and weekday in hours.days]

    def _look_up(self, year: int) -> dict[date, str]:
        listed = self._listed
        named: dict[date, str] = {}
        if listed.country is not None and listed.names:
            named = dates_of(listed.country, listed.names, year, observed=listed.observed)
        own = {day: name for day, name in self._own_holidays.items() if day.year == year}
        full = named | own
        return {day: full[day] for day in sorted(full) if day not in self._part_days}

    def _no_hours(self, moment: datetime) -> ConfigError:
        return ConfigError(
            f"There are not enough operation hours in the {SEARCH_DAYS} days"
            f" from {self.local_date(moment)}",
            "Look at windows and holidays in sla.yaml; `bms-connector sla calendar` prints them",
        )
