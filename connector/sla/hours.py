"""Windows and holidays, as `sla.yaml` writes them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from connector.sla.values import Clock, Name, PlainDate, SlaModel, clock_text, refuse_twice


class Weekday(StrEnum):
    """Days of the week, Monday first."""

    MON = "Mon"
    TUE = "Tue"
    WED = "Wed"
    THU = "Thu"
    FRI = "Fri"
    SAT = "Sat"
    SUN = "Sun"


WEEK = tuple(Weekday)
"""The days in the order of `date.weekday()`."""


class OpenHours(SlaModel):
    """From when to when: the opening is included, the close is not."""

    open: Clock
    close: Clock

    @field_validator("close")
    @classmethod
    def _close_after_open(cls, close: int, info: ValidationInfo) -> int:
        opens = info.data.get("open")
        if opens is not None and close <= opens:
            raise ValueError(
                f"the close {clock_text(close)} is not after the opening {clock_text(opens)};"
                " a window lies within one day"
            )
        return close

    @property
    def hours_text(self) -> str:
        """The hours as HH:MM-HH:MM."""
        return f"{clock_text(self.open)}-{clock_text(self.close)}"


class WeekHours(OpenHours):
    """The same hours on certain days of the week."""

    days: Annotated[
        tuple[Annotated[Weekday, Field(strict=False)], ...], Field(strict=False, min_length=1)
    ]

    @field_validator("days")
    @classmethod
    def _each_day_once(cls, days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        refuse_twice(days, "day")
        return days


class Windows(SlaModel):
    """The week: business hours, and weekend hours where there are any."""

    business_hours: WeekHours
    weekend: WeekHours | None = None

    @field_validator("weekend")
    @classmethod
    def _no_overlap(cls, weekend: WeekHours | None, info: ValidationInfo) -> WeekHours | None:
        business: WeekHours | None = info.data.get("business_hours")
        if business is None or weekend is None:
            return weekend
        shared = [day for day in weekend.days if day in business.days]
        if shared and weekend.open < business.close and business.open < weekend.close:
            raise ValueError(
                f"{weekend.hours_text} overlaps business_hours {business.hours_text}"
                f" on {', '.join(shared)}; give each moment to one window"
            )
        return weekend


class OwnHoliday(SlaModel):
    """A full holiday of one's own, on one date."""

    date: PlainDate
    name: Name


class PartDay(OpenHours):
    """A date whose hours are these instead of the usual ones; outside them is after hours."""

    date: PlainDate
    name: Name


class HolidayList(SlaModel):
    """Holidays by the names of the `holidays` library, dates of one's own, and part days."""

    country: Name | None = None
    observed: bool = True
    names: Annotated[tuple[Name, ...], Field(strict=False)] = ()
    dates: Annotated[tuple[OwnHoliday, ...], Field(strict=False)] = ()
    part_days: Annotated[tuple[PartDay, ...], Field(strict=False)] = ()

    @field_validator("names")
    @classmethod
    def _names_of_a_country(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if names and "country" in info.data and info.data["country"] is None:
            raise ValueError("holiday names need a country beside them, such as country: US")
        refuse_twice(names, "holiday")
        return names

    @field_validator("dates")
    @classmethod
    def _each_date_once(cls, dates: tuple[OwnHoliday, ...]) -> tuple[OwnHoliday, ...]:
        refuse_twice([own.date for own in dates], "date")
        return dates

    @field_validator("part_days")
    @classmethod
    def _part_or_full(cls, parts: tuple[PartDay, ...], info: ValidationInfo) -> tuple[PartDay, ...]:
        refuse_twice([part.date for part in parts], "date")
        full = {own.date for own in info.data.get("dates", ())}
        for part in parts:
            if part.date in full:
                raise ValueError(f"{part.date} is a full holiday under dates; keep one of the two")
        return parts
