"""The times of day in a desired resolution that are easily read wrongly."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connector.mapping.desired import read_desired

NEW_YORK = ZoneInfo("America/New_York")
MONDAY_TEN = datetime(2026, 11, 23, 10, tzinfo=NEW_YORK)


def friday(hour: int, minute: int = 0, *, day: int = 27) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Friday 12pm", friday(12)),
        ("Friday 12:30 PM", friday(12, 30)),
        ("Friday 12am", friday(0)),
        ("Friday 12:30 am", friday(0, 30)),
        ("Friday 1am", friday(1)),
        ("Friday 11:59 pm", friday(23, 59)),
        ("Friday 12p.m.", friday(12)),
        ("12p.m. Friday", friday(12)),
    ],
)
def test_twelve_am_begins_the_day_and_twelve_pm_is_noon(words: str, value: datetime) -> None:
    assert read_desired(words, MONDAY_TEN).value == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Friday at 6 in the morning", friday(6)),
        ("Friday at 8 o'clock in the morning", friday(8)),
        ("Friday at 6 in the evening", friday(18)),
        ("Friday 8:30 in the evening", friday(20, 30)),
        ("Friday morning at 9am", friday(9)),
        ("Friday 9am in the morning", friday(9)),
        ("Friday afternoon, 3pm", friday(15)),
        ("Friday 3 p.m. in the afternoon", friday(15)),
        ("Friday 3 p. m.", friday(15)),
    ],
)
def test_a_part_of_the_day_tells_which_half_and_may_repeat_it(words: str, value: datetime) -> None:
    assert read_desired(words, MONDAY_TEN).value == value


def test_midnight_is_the_end_of_the_day_it_is_named_with() -> None:
    assert read_desired("Friday midnight", MONDAY_TEN).value == friday(0, day=28)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Friday at 1", friday(13)),
        ("Friday at 6", friday(18)),
        ("Friday at 7", friday(7)),
        ("Friday at 12", friday(12)),
        ("Friday 1:15", friday(13, 15)),
        ("Friday 01:15", friday(1, 15)),
    ],
)
def test_an_hour_without_am_or_pm_is_the_one_of_working_hours(words: str, value: datetime) -> None:
    assert read_desired(words, MONDAY_TEN).value == value


@pytest.mark.parametrize(
    "words", ["Friday 24:00", "Friday 10:60", "Friday 3:60pm", "Friday 13pm", "Friday 0am"]
)
def test_a_time_that_no_clock_shows_is_no_date(words: str) -> None:
    reading = read_desired(words, MONDAY_TEN)

    assert (reading.value, reading.problem) == (None, "no date could be read from it")


def test_a_time_beside_a_count_of_hours_is_no_date() -> None:
    assert read_desired("in 2 hours, 3pm", MONDAY_TEN).value is None


def test_a_weekday_at_the_very_minute_of_receipt_is_next_weeks() -> None:
    received = friday(15)

    assert read_desired("Friday 3pm", received).value == datetime(2026, 12, 4, 15, tzinfo=NEW_YORK)
