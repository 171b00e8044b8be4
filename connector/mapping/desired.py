"""When a requester wants it solved: "by Friday 3pm", "EOD", "in 2 business days" (DESIGN 6).

The own grammar reads what people write; `dateparser` is asked only for full dates in other
spellings. Whatever neither reads as a whole is no date: a wrong promise is worse than none.
"""

import re
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from connector.domain.due_dates import Desired
from connector.mapping.clock_words import Clock, take_clock
from connector.mapping.date_language import (
    NO_DATE,
    fold,
    month_name_in,
    reduce_words,
    without_asap,
    without_fillers,
)
from connector.mapping.day_words import (
    ContradictoryDay,
    Day,
    read_day,
    read_explicit_day,
    read_time_ahead,
)
from connector.mapping.open_days import OpenDays, PlainDays, local_moment

MAX_PHRASE = 100
"""Characters; a longer answer is prose, and prose holds dates that are meant otherwise."""
FARTHEST = timedelta(days=365)
WEEK = timedelta(days=7)

_DATEPARSER_TURN = threading.Lock()
"""Not every release of dateparser that we accept can be used by several threads."""

YEAR = re.compile(r"\b\d{4}\b")
ISO_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class DesiredReading:
    """What the words came to. `problem` says why they are unusable; ASAP is none, and no date."""

    value: Desired | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Base:
    """The moment of receipt in the help desk's zone, from which relative words count."""

    received: datetime
    days: OpenDays

    @property
    def today(self) -> date:
        return self.received.date()


def read_desired(
    words: str, received_local: datetime, days: OpenDays | None = None
) -> DesiredReading:
    """Read a desired resolution; relative words count from `received_local`, an aware moment.

    A moment comes back in the zone of `received_local`; a date means that no time was named.
    A weekday is the next one, today if its time (or the close of the day) is still ahead.
    "Next Friday" is the first after today; a week's end is its Friday. One that lies in the
    past comes back as it is: `sla` says what becomes of it. Never raises ValueError.
    """
    base = _Base(received_local, days or PlainDays(received_local.tzinfo))
    line = " ".join(words.split())
    if len(line) > MAX_PHRASE:
        return DesiredReading(None, "it is too long to be a date")
    try:
        value = _read(line, base)
    except ContradictoryDay as error:
        return DesiredReading(None, str(error))
    except (ValueError, OverflowError):
        return DesiredReading(None, "there is no such day")
    if value is None:
        is_no_date = without_fillers(fold(line)) in NO_DATE
        return DesiredReading(None, None if is_no_date else "no date could be read from it")
    if _is_too_far(value, received_local):
        return DesiredReading(None, f"it is more than {FARTHEST.days} days away")
    return DesiredReading(value)


def read_started(words: str, received_local: datetime) -> str | None:
    """Return the ISO 8601 date, or local date and time, that `words` plainly name.

    Only today, yesterday and dates with their year: "Monday" may be any, and stays words.
    """
    if len(words) > MAX_PHRASE:
        return None
    line = " ".join(words.split())
    clock, rest = take_clock(reduce_words(fold(line)))
    text = without_fillers(rest)
    try:
        value = _plain_past(text, clock, received_local) or _iso_moment(line, received_local)
    except (ValueError, OverflowError):
        return None
    return value.isoformat() if value else None


def _plain_past(text: str, clock: Clock | None, received: datetime) -> Desired | None:
    today = received.date()
    if text == "today":
        return _at(today, clock, received)
    if text == "yesterday":
        return _at(today - timedelta(days=1), clock, received)
    day = read_explicit_day(text, today) if YEAR.search(text) else None
    return _at(day, clock, received) if day else None


def _read(line: str, base: _Base) -> Desired | None:
    moment = _iso_moment(line, base.received)
    if moment is not None:
        return moment
    folded = without_asap(fold(line))
    if folded in NO_DATE:
        return None
    clock, rest = take_clock(reduce_words(folded))
    text = without_fillers(rest)
    ahead = read_time_ahead(text) if clock is None else None
    if ahead is not None:
        zone = base.received.tzinfo
        return (base.received.astimezone(UTC) + ahead).astimezone(zone)
    day = read_day(text, base.today, base.days)
    if day is not None:
        return _combined(day, clock, base)
    if not text and clock is not None:
        return _next_time(clock, base)
    return _ask_dateparser(line, base)


def _iso_moment(line: str, received: datetime) -> datetime | None:
    if not ISO_MOMENT.fullmatch(line):
        return None
    moment = datetime.fromisoformat(line)
    if moment.tzinfo is None:
        return local_moment(moment, received.tzinfo)
    return moment.astimezone(received.tzinfo)


def _combined(day: Day, clock: Clock | None, base: _Base) -> Desired:
    """Put day and time together; a bare weekday whose time is over means the next week's."""
    value = _at(day.on, clock, base.received)
    if day.repeats and not _is_ahead(value, base):
        return _at(day.on + WEEK, clock, base.received)
    return value


def _next_time(clock: Clock, base: _Base) -> Desired:
    """Return the next time the clock shows this: today if it is still ahead, else tomorrow."""
    value = _at(base.today, clock, base.received)
    if _is_ahead(value, base):
        return value
    return _at(base.today + timedelta(days=1), clock, base.received)


def _at(day: date, clock: Clock | None, received: datetime) -> Desired:
    if clock is None or clock.at is None:
        return day
    wall = datetime.combine(day, clock.at) + timedelta(days=clock.is_next_day)
    zone = ZoneInfo(clock.zone) if clock.zone else received.tzinfo
    return local_moment(wall, zone).astimezone(received.tzinfo)


def _is_ahead(value: Desired, base: _Base) -> bool:
    if isinstance(value, datetime):
        return value > base.received
    return base.days.close_of_operation(value) > base.received


def _is_too_far(value: Desired, received: datetime) -> bool:
    if isinstance(value, datetime):
        return value - received > FARTHEST
    return value - received.date() > FARTHEST


def _ask_dateparser(line: str, base: _Base) -> Desired | None:
    """Return a full date (a month's name and its day) in a spelling of dateparser's."""
    if not month_name_in(fold(line)):
        return None
    from dateparser.date import DateDataParser  # 250 ms: only for what the grammar cannot read

    settings = {
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": base.received.replace(tzinfo=None),
        "DATE_ORDER": "MDY",
        "REQUIRE_PARTS": ["day", "month"],
        "RETURN_TIME_AS_PERIOD": True,
    }
    try:
        with _DATEPARSER_TURN:
            found = DateDataParser(languages=["en", "es"], settings=settings).get_date_data(line)
    except Exception:  # a library that fails on odd words has read no date in them
        return None
    if found.date_obj is None:
        return None
    if found.period != "time":
        return found.date_obj.date()  # type: ignore[no-any-return]
    if found.date_obj.tzinfo is None:
        return local_moment(found.date_obj, base.received.tzinfo)
    return found.date_obj.astimezone(base.received.tzinfo)  # type: ignore[no-any-return]
