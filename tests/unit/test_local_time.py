"""Local wall-clock times: the gap and the repeated hour of clock changes."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from connector.local_time import at_local, at_minute, read_moment, read_moment_or_date, to_utc

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("America/New_York", "2026-07-01T12:00", "2026-07-01T16:00"),
        ("America/New_York", "2026-12-01T12:00", "2026-12-01T17:00"),
        ("America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59"),
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T07:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("America/New_York", "2026-03-08T02:59:59.5", "2026-03-08T07:00"),
        ("America/New_York", "2026-03-08T03:00", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T01:00", "2026-11-01T05:00"),
        ("America/New_York", "2026-11-01T01:59", "2026-11-01T05:59"),
        ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        ("America/Havana", "2026-03-08T00:00", "2026-03-08T05:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
    ],
    ids=[
        "summer",
        "winter",
        "last second before the gap",
        "start of the gap",
        "inside the gap",
        "end of the gap, with a fraction",
        "first instant after the gap",
        "start of the repeated hour is the first one",
        "end of the repeated hour is the first one",
        "after the repeated hour",
        "a gap of half an hour",
        "a gap at midnight",
        "a gap of a whole day",
    ],
)
def test_a_wall_clock_time_stands_for_one_moment(zone: str, wall: str, utc: str) -> None:
    moment = at_local(datetime.fromisoformat(wall), ZoneInfo(zone))
    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_the_last_minute_of_a_day_is_the_next_midnight() -> None:
    assert at_minute(date(2026, 12, 31), 1440, NEW_YORK) == datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert at_minute(date(2026, 12, 31), 0, NEW_YORK) == datetime(2026, 12, 31, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23T17:30", "2026-11-23T22:30"),
        ("2026-11-23 17:30", "2026-11-23T22:30"),
        ("2026-11-23T17:30:00-05:00", "2026-11-23T22:30"),
        ("2026-11-23T17:30Z", "2026-11-23T17:30"),
        ("2026-11-23T17:30:15+01:00", "2026-11-23T16:30:15"),
    ],
)
def test_an_iso_time_without_offset_is_local(text: str, utc: str) -> None:
    assert to_utc(read_moment(text), NEW_YORK) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["soon", "", "23/11/2026 17:30", "2026-11-23T25:00", "2026-13-01"])
def test_what_is_no_iso_time_is_refused_with_an_example_of_one(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not an ISO 8601 time; write it like 2026-11-23T17:30"
    ):
        read_moment_or_date(text)


def test_a_date_is_no_moment() -> None:
    assert read_moment_or_date("2026-11-23") == date(2026, 11, 23)
    with pytest.raises(ValueError, match="'2026-11-23' is a date without a time"):
        read_moment("2026-11-23")
