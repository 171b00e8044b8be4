"""Days of a desired resolution that are easily read wrongly: short months, leap years, weeks."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from connector.mapping.desired import read_desired

NEW_YORK = ZoneInfo("America/New_York")


def ten_on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=NEW_YORK)


MONDAY = date(2026, 11, 23)
WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("today", "words", "day"),
    [
        (WEDNESDAY, "next week", date(2026, 12, 4)),
        (WEDNESDAY, "Tuesday next week", date(2026, 12, 1)),
        (date(2026, 11, 29), "end of next week", date(2026, 12, 4)),
        (date(2026, 11, 29), "this weekend", date(2026, 11, 29)),
    ],
)
def test_next_week_is_the_one_that_begins_on_the_coming_monday(
    today: date, words: str, day: date
) -> None:
    assert read_desired(words, ten_on(today)).value == day


@pytest.mark.parametrize(
    "words",
    [
        "next Monday",
        "coming Monday",
        "this coming Monday",
        "the following Monday",
        "Monday next",
        "el próximo lunes",
        "el lunes que viene",
    ],
)
def test_a_weekday_said_to_be_coming_is_not_today(words: str) -> None:
    assert read_desired(words, ten_on(MONDAY)).value == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2027, 2, 10), date(2027, 2, 28)),
        (date(2028, 2, 29), date(2028, 2, 29)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_the_end_of_the_month_is_its_last_day(today: date, last: date) -> None:
    assert read_desired("end of the month", ten_on(today)).value == last


@pytest.mark.parametrize(
    ("today", "words", "day"),
    [
        (MONDAY, "the 23rd", MONDAY),
        (MONDAY, "the 22nd", date(2026, 12, 22)),
        (MONDAY, "the 1st", date(2026, 12, 1)),
        (MONDAY, "the 30th", date(2026, 11, 30)),
        (MONDAY, "the 31st", date(2026, 12, 31)),
        (date(2027, 1, 31), "the 30th", date(2027, 3, 30)),
        (date(2026, 12, 31), "the 1st", date(2027, 1, 1)),
        (date(2026, 12, 31), "the 31st", date(2026, 12, 31)),
        (date(2027, 1, 30), "the 29th", date(2027, 3, 29)),
    ],
)
def test_a_day_of_the_month_is_the_next_month_that_has_it(
    today: date, words: str, day: date
) -> None:
    assert read_desired(words, ten_on(today)).value == day


@pytest.mark.parametrize("words", ["the 0th", "the 32nd", "the 99th", "2/30", "13/13/2026"])
def test_a_day_that_no_month_has_is_unusable(words: str) -> None:
    reading = read_desired(words, ten_on(MONDAY))

    assert (reading.value, reading.problem) == (None, "there is no such day")


def test_a_weekday_that_contradicts_its_day_of_the_month_is_unusable() -> None:
    reading = read_desired("Friday the 26th", ten_on(MONDAY))

    assert (reading.value, reading.problem) == (None, "2026-11-26 is a Thursday")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("12/5/2026", date(2026, 12, 5)),
        ("12/12", date(2026, 12, 12)),
        ("13/12/2026", date(2026, 12, 13)),
        ("5/12/2027", date(2027, 5, 12)),
    ],
)
def test_the_month_comes_first_unless_no_month_has_that_number(words: str, day: date) -> None:
    assert read_desired(words, ten_on(MONDAY)).value == day


@pytest.mark.parametrize(
    ("words", "day"),
    [("9/24", date(2026, 9, 24)), ("9/23", date(2027, 9, 23)), ("Feb 5", date(2027, 2, 5))],
)
def test_a_day_without_a_year_is_gone_by_for_sixty_days_then_next_years(
    words: str, day: date
) -> None:
    assert read_desired(words, ten_on(MONDAY)).value == day


@pytest.mark.parametrize(
    ("today", "words", "day"),
    [
        (date(2027, 12, 1), "February 29", date(2028, 2, 29)),
        (date(2027, 6, 1), "2/29", date(2028, 2, 29)),
        (date(2028, 2, 1), "2/29", date(2028, 2, 29)),
        (date(2027, 12, 1), "Feb 5", date(2028, 2, 5)),
        (date(2026, 12, 1), "March 29", date(2027, 3, 29)),
    ],
)
def test_the_29th_of_february_is_that_of_a_leap_year(today: date, words: str, day: date) -> None:
    assert read_desired(words, ten_on(today)).value == day


def test_a_29th_of_february_years_ahead_is_too_far_away() -> None:
    reading = read_desired("Feb 29", ten_on(MONDAY))

    assert (reading.value, reading.problem) == (None, "it is more than 365 days away")


@pytest.mark.parametrize(
    ("today", "words", "day"),
    [
        (MONDAY, "within a month", date(2026, 12, 23)),
        (MONDAY, "in 2 months", date(2027, 1, 23)),
        (date(2027, 1, 31), "1 month", date(2027, 2, 28)),
        (date(2026, 11, 30), "in 12 months", date(2027, 11, 30)),
    ],
)
def test_a_month_ahead_is_the_same_day_of_the_month_or_its_last(
    today: date, words: str, day: date
) -> None:
    assert read_desired(words, ten_on(today)).value == day


@pytest.mark.parametrize("words", ["by: Friday", "Friday -", "- Friday.", "Friday:"])
def test_marks_around_a_day_do_not_hide_it(words: str) -> None:
    assert read_desired(words, ten_on(MONDAY)).value == date(2026, 11, 27)
