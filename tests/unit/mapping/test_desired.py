from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.desired import read_desired, read_started

NEW_YORK = ZoneInfo("America/New_York")
MONDAY_TEN = datetime(2026, 11, 23, 10, tzinfo=NEW_YORK)


def at(month, day, hour, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("by Friday 3pm", at(11, 27, 15)),
        ("Friday, 3 p.m.", at(11, 27, 15)),
        ("5 PM on Friday", at(11, 27, 17)),
        ("this Friday by noon please", at(11, 27, 12)),
        ("tomorrow noon", at(11, 24, 12)),
        ("tomorrow morning", at(11, 24, 12)),
        ("11/25/2026 5 PM", at(11, 25, 17)),
        ("11/25 at 3pm", at(11, 25, 15)),
        ("2026-11-30T15:00-05:00", at(11, 30, 15)),
        ("2026-11-30T20:00Z", at(11, 30, 15)),
        ("2026-11-30T15:00", at(11, 30, 15)),
        ("2026-11-30 05:00", at(11, 30, 5)),
        ("Nov 25, 2026 at 5:30 PM", at(11, 25, 17, 30)),
        ("Thursday the 26th at 5 in the afternoon", at(11, 26, 17)),
        ("Friday at 3", at(11, 27, 15)),
        ("Friday at 9", at(11, 27, 9)),
        ("Friday 15:30", at(11, 27, 15, 30)),
        ("noon", at(11, 23, 12)),
        ("3pm", at(11, 23, 15)),
        ("9am", at(11, 24, 9)),
        ("midnight", at(11, 24, 0)),
        ("3pm EST", at(11, 23, 15)),
        ("Friday 2 PM PST", at(11, 27, 17)),
        ("within 2 hours", at(11, 23, 12)),
        ("24 hours", at(11, 24, 10)),
        ("in half an hour", at(11, 23, 10, 30)),
        ("Wed, 25 Nov 2026 17:00:00 -0500", at(11, 25, 17)),
        ("Wed, 25 Nov 2026 17:00:00 +0100", at(11, 25, 11)),
        ("2026 Nov 25 17:15", at(11, 25, 17, 15)),
        ("viernes 3pm", at(11, 27, 15)),
        ("el viernes a las 3 de la tarde", at(11, 27, 15)),
        ("mañana a mediodía", at(11, 24, 12)),
        ("viernes a las 3", at(11, 27, 15)),
        ("dentro de 2 horas", at(11, 23, 12)),
    ],
)
def test_a_moment_in_words(words, value):
    reading = read_desired(words, MONDAY_TEN)
    assert (reading.value, reading.problem) == (value, None)
    assert reading.value.tzinfo is NEW_YORK


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("today", date(2026, 11, 23)),
        ("tomorrow", date(2026, 11, 24)),
        ("day after tomorrow", date(2026, 11, 25)),
        ("Friday", date(2026, 11, 27)),
        ("FRI", date(2026, 11, 27)),
        ("Monday", date(2026, 11, 23)),
        ("next Monday", date(2026, 11, 30)),
        ("next Tuesday", date(2026, 11, 24)),
        ("Tuesday next week", date(2026, 12, 1)),
        ("EOD", date(2026, 11, 23)),
        ("by the end of the day", date(2026, 11, 23)),
        ("COB Friday", date(2026, 11, 27)),
        ("close of business tomorrow", date(2026, 11, 24)),
        ("Friday afternoon", date(2026, 11, 27)),
        ("end of the week", date(2026, 11, 27)),
        ("EOW", date(2026, 11, 27)),
        ("next week", date(2026, 12, 4)),
        ("end of the month", date(2026, 11, 30)),
        ("in 2 business days", date(2026, 11, 25)),
        ("next business day", date(2026, 11, 24)),
        ("3 days", date(2026, 11, 26)),
        ("2-3 days", date(2026, 11, 26)),
        ("within one week", date(2026, 11, 30)),
        ("a couple of weeks", date(2026, 12, 7)),
        ("2026-11-30", date(2026, 11, 30)),
        ("11/30/2026", date(2026, 11, 30)),
        ("11/30/26", date(2026, 11, 30)),
        ("11-30-2026", date(2026, 11, 30)),
        ("11/30", date(2026, 11, 30)),
        ("25/12/2026", date(2026, 12, 25)),
        ("June 3", date(2027, 6, 3)),
        ("3 June 2027", date(2027, 6, 3)),
        ("the 3rd of June", date(2027, 6, 3)),
        ("first of December", date(2026, 12, 1)),
        ("the 26th", date(2026, 11, 26)),
        ("the 5th", date(2026, 12, 5)),
        ("Friday, Nov 27", date(2026, 11, 27)),
        ("asap, Friday at the latest", date(2026, 11, 27)),
        ("mañana", date(2026, 11, 24)),
        ("miércoles", date(2026, 11, 25)),
        ("antes del 3 de diciembre", date(2026, 12, 3)),
        ("en 2 días hábiles", date(2026, 11, 25)),
        ("fin del día", date(2026, 11, 23)),
    ],
)
def test_a_date_without_a_time_stays_a_date(words, value):
    reading = read_desired(words, MONDAY_TEN)
    assert (reading.value, reading.problem) == (value, None)
    assert not isinstance(reading.value, datetime)


@pytest.mark.parametrize(
    ("received", "words", "value"),
    [
        (at(11, 27, 10), "Friday", date(2026, 11, 27)),
        (at(11, 27, 17, 59), "Friday", date(2026, 11, 27)),
        (at(11, 27, 18), "Friday", date(2026, 12, 4)),
        (at(11, 27, 10), "Friday 3pm", at(11, 27, 15)),
        (at(11, 27, 16), "Friday 3pm", at(12, 4, 15)),
        (at(11, 27, 10), "next Friday", date(2026, 12, 4)),
        (at(11, 27, 10), "end of the week", date(2026, 11, 27)),
        (at(11, 28, 10), "end of the week", date(2026, 12, 4)),
        (at(11, 27, 10), "EOD", date(2026, 11, 27)),
        (at(11, 27, 19), "EOD", date(2026, 11, 28)),
        (at(11, 27, 10), "in 2 business days", date(2026, 12, 1)),
        (at(12, 30, 10), "January 5", date(2027, 1, 5)),
    ],
)
def test_friday_is_today_only_while_its_time_is_still_ahead(received, words, value):
    assert read_desired(words, received).value == value


class FourOClock:
    """A help desk that closes at four and keeps Thanksgiving."""

    def close_of_operation(self, day):
        return datetime(day.year, day.month, day.day, 16, tzinfo=NEW_YORK)

    def holiday_on(self, day):
        return "Thanksgiving" if day == date(2026, 11, 26) else None


def test_the_calendar_tells_the_close_of_the_day_and_the_holidays():
    friday = at(11, 27, 17)
    assert read_desired("Friday", friday, FourOClock()).value == date(2026, 12, 4)
    wednesday = at(11, 25, 9)
    assert read_desired("1 business day", wednesday, FourOClock()).value == date(2026, 11, 27)


@pytest.mark.parametrize(
    "words",
    ["ASAP", "ASAP please!", "as soon as possible!", "", "urgent", "now", "no rush",
     "whenever you can", "n/a", "lo antes posible"],
)  # fmt: skip
def test_asap_is_no_date_and_no_fault(words):
    reading = read_desired(words, MONDAY_TEN)
    assert (reading.value, reading.problem) == (None, None)


@pytest.mark.parametrize(
    "words",
    [
        "version 10.2.1",
        "call 555-1234",
        "305-555-0101",
        "you may close",
        "May",
        "friday 3",
        "15",
        "1.5",
        "room 12",
        "12 users",
        "3 march or 4",
        "Monday or Tuesday",
        "before the board meeting on Monday",
        "as discussed",
        "den 27. november 2026",
        "25:00",
        "13pm",
    ],
)
def test_what_only_resembles_a_date_is_none_and_says_so(words):
    reading = read_desired(words, MONDAY_TEN)
    assert reading.value is None
    assert reading.problem == "no date could be read from it"


@pytest.mark.parametrize("words", ["11/31", "2026-02-30", "0/0/2026", "99/99/9999", "32nd"])
def test_a_day_that_no_calendar_has_is_unusable(words):
    reading = read_desired(words, MONDAY_TEN)
    assert (reading.value, reading.problem) == (None, "there is no such day")


def test_a_weekday_that_contradicts_its_date_is_unusable():
    reading = read_desired("Monday, Nov 27", MONDAY_TEN)
    assert (reading.value, reading.problem) == (None, "2026-11-27 is a Friday")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("11/23/2027", date(2027, 11, 23)),
        ("11/24/2027", None),
        ("11/23/2027 10am", at(11, 23, 10, year=2027)),
        ("11/23/2027 10:01 am", None),
        ("9999 days", None),
        ("9999 business days", None),
        ("in 12 months", date(2027, 11, 23)),
    ],
)
def test_more_than_365_days_away_is_unusable(words, value):
    reading = read_desired(words, MONDAY_TEN)
    assert reading.value == value
    assert (reading.problem is None) is (value is not None)


def test_twelve_months_across_a_29_february_are_more_than_365_days():
    received = datetime(2027, 6, 1, 10, tzinfo=MONDAY_TEN.tzinfo)
    assert read_desired("in 12 months", received).value is None


@pytest.mark.parametrize(
    ("words", "value"), [("yesterday", date(2026, 11, 22)), ("11/20", date(2026, 11, 20))]
)
def test_a_date_gone_by_comes_back_as_it_is(words, value):
    assert read_desired(words, MONDAY_TEN).value == value


def test_a_local_time_that_does_not_exist_is_the_first_instant_after_the_gap():
    reading = read_desired("3/14/2027 2:30 am", MONDAY_TEN)
    assert reading.value.astimezone(UTC) == datetime(2027, 3, 14, 7, tzinfo=UTC)


def test_a_local_time_that_occurs_twice_is_the_first():
    received = at(10, 31, 12)
    reading = read_desired("11/1/2026 1:30 am", received)
    assert reading.value.astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_hours_from_receipt_are_elapsed_time_across_a_clock_change():
    received = at(10, 31, 20)
    reading = read_desired("within 10 hours", received)
    assert reading.value.astimezone(UTC) - received.astimezone(UTC) == timedelta(hours=10)
    assert (reading.value.hour, reading.value.minute) == (5, 0)


def test_a_long_answer_is_prose_and_no_date():
    words = "please " * 13 + "by Friday"
    assert len(words) == 100
    assert read_desired(words, MONDAY_TEN).value == date(2026, 11, 27)
    longer = read_desired(f"{words}!", MONDAY_TEN)
    assert (longer.value, longer.problem) == (None, "it is too long to be a date")


PIECES = (
    "by next friday monday 3pm 11/25 2026 noon end of week in 2 business days hours nov 31 the "
    "26th EOD mañana a las 5 de tarde junio may 99 9999 / - : T00:00 Z EST at"
)
phrases = st.lists(st.sampled_from(PIECES.split()), max_size=6).map(" ".join)
moments = st.integers(min_value=946_684_800, max_value=4_102_444_800).map(
    lambda second: datetime.fromtimestamp(second, NEW_YORK)
)


@given(words=phrases | st.text(max_size=110), received=moments)
@settings(max_examples=200, deadline=None)
def test_any_words_can_be_read_and_come_out_usable_or_with_a_reason(words, received):
    reading = read_desired(words, received)
    assert reading == read_desired(words, received)
    assert reading.value is None or reading.problem is None
    if isinstance(reading.value, datetime):
        assert reading.value.tzinfo is NEW_YORK
        assert reading.value - received <= timedelta(days=365)
    elif reading.value is not None:
        assert reading.value - received.date() <= timedelta(days=365)
    read_started(words, received)
