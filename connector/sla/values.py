"""How values are written in `sla.yaml`, and the sentences for those written otherwise."""

from collections.abc import Hashable, Iterable
from datetime import date, datetime
from typing import Annotated, TypeGuard

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from connector.domain.due_dates import Desired, Priority
from connector.local_time import MINUTES_OF_A_DAY, read_moment, read_moment_or_date


class SlaModel(BaseModel):
    """Base of every model of `sla.yaml`: frozen, strict about types, no unknown keys."""

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True, strict=True)


def clock_text(minute: int) -> str:
    """Write a minute of the day (0 to 1440) as HH:MM."""
    hours, minutes = divmod(minute, 60)
    return f"{hours:02}:{minutes:02}"


def refuse_twice(values: Iterable[Hashable], what: str) -> None:
    """Raise ValueError when a value is listed more than once."""
    seen = set()
    for value in values:
        if value in seen:
            raise ValueError(f"the {what} {value} is listed twice")
        seen.add(value)


def is_minutes(value: object) -> TypeGuard[int]:
    """Tell whether a value is a whole number (YAML's true is none)."""
    return isinstance(value, int) and not isinstance(value, bool)


def _read_clock(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError('write the time of day in quotes, such as "07:00"')  # noqa: TRY004
    hours, colon, minutes = value.partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal()):
        raise ValueError(f'{value!r} is not a time of day; write it like "07:00"')
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > MINUTES_OF_A_DAY:
        raise ValueError(f'{value!r} is not a time of day; the last one is "24:00"')
    return minute


def _read_date(value: object) -> object:
    read = read_moment_or_date(value) if isinstance(value, str) else value
    if isinstance(read, datetime):
        raise ValueError("write a date without a time, such as 2026-12-24")  # noqa: TRY004
    return read


def _read_moment(value: object) -> object:
    return read_moment(value) if isinstance(value, str) else value


def _read_desired(value: object) -> object:
    return read_moment_or_date(value) if isinstance(value, str) else value


Clock = Annotated[int, BeforeValidator(_read_clock)]
"""A minute of the day, 0 to 1440, written "HH:MM"."""
PlainDate = Annotated[date, BeforeValidator(_read_date)]
Moment = Annotated[datetime, BeforeValidator(_read_moment)]
"""A date and time; without an offset it is local."""
DesiredMoment = Annotated[Desired, BeforeValidator(_read_desired)]
Name = Annotated[str, Field(min_length=1)]
Minutes = Annotated[int, Field(gt=0)]
AnyPriority = Annotated[Priority, Field(strict=False)]
