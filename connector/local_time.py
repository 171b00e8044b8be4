"""Local wall-clock times and the moments they stand for (DESIGN section 7, first rule)."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MINUTES_OF_A_DAY = 24 * 60


def at_local(wall: datetime, zone: tzinfo) -> datetime:
    """Return in UTC the moment at which the clocks of `zone` show `wall` (given without zone).

    A local time that does not exist (clocks go forward) is the first instant after the gap;
    one that occurs twice (clocks go back) is the first of the two.
    """
    first = wall.replace(tzinfo=zone, fold=0)
    moment = first.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _end_of_gap(first.replace(fold=1).astimezone(UTC), moment, zone)


def at_minute(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return in UTC the given minute (0 to 1440) of a local date; 1440 is its end."""
    days, minute_of_day = divmod(minute, MINUTES_OF_A_DAY)
    clock = time(*divmod(minute_of_day, 60))
    return at_local(datetime.combine(day + timedelta(days=days), clock), zone)


def to_utc(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment in UTC; one without offset is local in `zone`."""
    return at_local(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC)


def read_moment(text: str) -> datetime:
    """Read an ISO 8601 date and time, with or without offset.

    Raises ValueError with a sentence for whoever wrote it.
    """
    moment = read_moment_or_date(text)
    if not isinstance(moment, datetime):
        raise ValueError(  # noqa: TRY004
            f"{text!r} is a date without a time; write it like {text}T09:00"
        )
    return moment


def read_moment_or_date(text: str) -> datetime | date:
    """Read an ISO 8601 date, or a date and time with or without offset.

    Raises ValueError with a sentence for whoever wrote it.
    """
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    raise ValueError(
        f"{text!r} is not an ISO 8601 time; write it like 2026-11-23T17:30 (local time)"
        " or 2026-11-23T17:30:00-05:00"
    )


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first second of (before, after] at which the offset of `after` is in force."""
    start = before.replace(microsecond=0)
    new_offset = after.astimezone(zone).utcoffset()

    def is_after(second: int) -> bool:
        return (start + timedelta(seconds=second)).astimezone(zone).utcoffset() == new_offset

    width = int((after - start).total_seconds()) + 1
    return start + timedelta(seconds=bisect_left(range(width), x=True, key=is_after))
