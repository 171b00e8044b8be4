"""The calendar: windows of a date, their edges, part days, clock changes, and its bounds."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from support.sla_policies import NEW_YORK, at, policy

from connector.domain.due_dates import Window
from connector.errors import ConfigError
from connector.sla.calendar import Calendar
from connector.sla.tables import BUSINESS_HOURS, OPERATION_HOURS

CHRISTMAS_EVE = {"date": "2026-12-24", "name": "Christmas Eve", "open": "07:00", "close": "12:00"}


def calendar(changes: dict[str, Any] | None = None) -> Calendar:
    return policy(changes).calendar


def ends(calendar: Calendar, start: str, minutes: int) -> str:
    """Return in local time when operation hours counted from `start` are used up."""
    end = calendar.count(at(start), minutes, OPERATION_HOURS)[-1].end
    return end.astimezone(NEW_YORK).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("moment", "window"),
    [
        ("2026-11-23T06:59:59.999999", Window.AFTER_HOURS),
        ("2026-11-23T07:00", Window.BUSINESS_HOURS),
        ("2026-11-23T17:59:59.999999", Window.BUSINESS_HOURS),
        ("2026-11-23T18:00", Window.AFTER_HOURS),
        ("2026-11-21T08:59:59", Window.AFTER_HOURS),
        ("2026-11-21T09:00", Window.WEEKEND),
        ("2026-11-21T16:59:59", Window.WEEKEND),
        ("2026-11-21T17:00", Window.AFTER_HOURS),
        ("2026-11-25T23:59:59", Window.AFTER_HOURS),
        ("2026-11-26T00:00", Window.HOLIDAY),
        ("2026-11-26T12:00", Window.HOLIDAY),
        ("2026-11-26T23:59:59", Window.HOLIDAY),
        ("2026-11-27T00:00", Window.AFTER_HOURS),
        ("2026-07-04T12:00", Window.HOLIDAY),
        ("2026-12-31T17:00", Window.BUSINESS_HOURS),
        ("2027-01-01T10:00", Window.HOLIDAY),
        ("2027-12-31T10:00", Window.HOLIDAY),
    ],
)
def test_a_window_includes_its_opening_and_excludes_its_close(moment: str, window: Window) -> None:
    assert calendar().window_of(at(moment)) is window


@pytest.mark.parametrize(
    ("moment", "window"),
    [
        ("2026-12-24T06:59", Window.AFTER_HOURS),
        ("2026-12-24T07:00", Window.BUSINESS_HOURS),
        ("2026-12-24T11:59", Window.BUSINESS_HOURS),
        ("2026-12-24T12:00", Window.AFTER_HOURS),
        ("2026-12-24T17:00", Window.AFTER_HOURS),
        ("2026-12-23T17:00", Window.BUSINESS_HOURS),
    ],
)
def test_a_part_day_replaces_the_hours_of_its_date(moment: str, window: Window) -> None:
    assert calendar({"holidays.part_days": [CHRISTMAS_EVE]}).window_of(at(moment)) is window


def test_a_part_day_on_a_saturday_is_a_weekend_window() -> None:
    part = CHRISTMAS_EVE | {"date": "2026-11-21"}
    assert calendar({"holidays.part_days": [part]}).window_of(at("2026-11-21T08:00")) is (
        Window.WEEKEND
    )


def test_a_part_day_on_a_day_without_hours_counts_as_business_hours() -> None:
    part = CHRISTMAS_EVE | {"date": "2026-11-21"}
    rules = calendar({"windows.weekend": None, "holidays.part_days": [part]})
    assert rules.window_of(at("2026-11-21T08:00")) is Window.BUSINESS_HOURS


def test_two_windows_of_a_day_count_in_the_order_in_which_they_open() -> None:
    early = {"days": ["Fri"], "open": "04:00", "close": "06:00"}
    rules = calendar({"windows.weekend": early})
    assert ends(rules, "2026-11-20T03:00", 150) == "2026-11-20T07:30"
    assert rules.close_of_operation(date(2026, 11, 20)) == at("2026-11-20T18:00")


def test_a_part_day_wins_over_a_holiday_by_name() -> None:
    part = CHRISTMAS_EVE | {"date": "2026-10-12", "name": "Columbus Day, mornings"}
    rules = calendar({"holidays.part_days": [part]})
    assert rules.window_of(at("2026-10-12T08:00")) is Window.BUSINESS_HOURS
    assert rules.window_of(at("2026-10-12T13:00")) is Window.AFTER_HOURS
    assert not rules.is_holiday(date(2026, 10, 12))
    assert [part.name for part in rules.part_days(2026)] == ["Columbus Day, mornings"]


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23T10:00", 480, "2026-11-23T18:00"),
        ("2026-11-23T10:00", 481, "2026-11-24T07:01"),
        ("2026-11-23T17:59", 1, "2026-11-23T18:00"),
        ("2026-11-23T18:00", 1, "2026-11-24T07:01"),
        ("2026-11-23T03:00", 1, "2026-11-23T07:01"),
        ("2026-11-25T17:00", 120, "2026-11-27T08:00"),
        ("2026-12-31T17:30", 60, "2027-01-02T09:30"),
        ("2027-12-30T17:30", 60, "2028-01-02T09:30"),
        ("2026-07-02T17:00", 120, "2026-07-05T10:00"),
    ],
    ids=[
        "used up at closing is due at closing",
        "a minute more is due the next morning",
        "the last minute of a day",
        "nothing counts at the close",
        "nothing counts before the opening",
        "over a holiday",
        "over a year's end",
        "over a year's end whose holiday is observed before it",
        "over a holiday on Saturday, observed on Friday",
    ],
)
def test_minutes_are_counted_in_operation_hours(start: str, minutes: int, end: str) -> None:
    assert ends(calendar(), start, minutes) == end


def test_a_part_day_counts_only_its_own_hours() -> None:
    rules = calendar({"holidays.part_days": [CHRISTMAS_EVE]})
    assert ends(rules, "2026-12-24T11:00", 120) == "2026-12-26T10:00"


def test_business_hours_alone_skip_the_weekend() -> None:
    spans = calendar().count(at("2026-11-20T17:30"), 120, BUSINESS_HOURS)
    assert [(span.start, span.end) for span in spans] == [
        (at("2026-11-20T17:30"), at("2026-11-20T18:00")),
        (at("2026-11-23T07:00"), at("2026-11-23T08:30")),
    ]


def test_counting_from_a_close_begins_at_the_next_opening() -> None:
    [span] = calendar().count(at("2026-11-23T18:00"), 1, OPERATION_HOURS)
    assert span.start == at("2026-11-24T07:00")


def test_counting_keeps_seconds() -> None:
    start = at("2026-11-23T10:00:15.5")
    assert calendar().count(start, 5, OPERATION_HOURS)[-1].end == start + timedelta(minutes=5)


def test_the_next_opening_is_after_the_moment_not_at_it() -> None:
    opening = calendar().next_opening(at("2026-11-21T09:00"), OPERATION_HOURS)
    assert opening.opens == at("2026-11-22T09:00")
    assert opening.window is Window.WEEKEND


# --- clock changes ---------------------------------------------------------------------------

NIGHTS = {"days": ["Sat", "Sun"], "open": "00:00", "close": "06:00"}


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-08T00:00", 240, "2026-03-08T05:00"),
        ("2026-11-01T00:00", 240, "2026-11-01T03:00"),
    ],
    ids=["an hour is skipped", "an hour is repeated"],
)
def test_an_hour_of_hours_is_an_hour_of_real_time(start: str, minutes: int, end: str) -> None:
    assert ends(calendar({"windows.weekend": NIGHTS}), start, minutes) == end


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 5), (date(2026, 11, 1), 7)])
def test_a_window_over_a_clock_change_is_as_long_as_it_really_is(day: date, hours: int) -> None:
    [opening] = calendar({"windows.weekend": NIGHTS}).openings_on(day)
    assert opening.closes - opening.opens == timedelta(hours=hours)


def test_a_window_that_opens_in_the_gap_opens_right_after_it() -> None:
    night = {"days": ["Sun"], "open": "02:30", "close": "06:00"}
    [opening] = calendar({"windows.weekend": night}).openings_on(date(2026, 3, 8))
    assert opening.opens == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_a_window_wholly_in_the_gap_does_not_happen() -> None:
    night = {"days": ["Sun"], "open": "02:15", "close": "02:45"}
    rules = calendar({"windows.weekend": night})
    assert rules.openings_on(date(2026, 3, 8)) == ()
    assert rules.window_of(datetime(2026, 3, 8, 7, tzinfo=UTC)) is Window.AFTER_HOURS
    assert len(rules.openings_on(date(2026, 3, 15))) == 1


def test_a_close_in_the_repeated_hour_is_its_first_occurrence() -> None:
    night = {"days": ["Sun"], "open": "00:00", "close": "01:30"}
    rules = calendar({"windows.weekend": night})
    assert rules.window_of(datetime(2026, 11, 1, 5, 29, tzinfo=UTC)) is Window.WEEKEND
    assert rules.window_of(datetime(2026, 11, 1, 5, 30, tzinfo=UTC)) is Window.AFTER_HOURS
    assert rules.window_of(datetime(2026, 11, 1, 6, 15, tzinfo=UTC)) is Window.AFTER_HOURS


# --- close of operation ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "close"),
    [
        (date(2026, 11, 23), time(18)),
        (date(2026, 11, 21), time(17)),
        (date(2026, 11, 26), time(18)),
        (date(2026, 7, 4), time(18)),
        (date(2026, 12, 24), time(12)),
    ],
    ids=["weekday", "weekend", "holiday", "holiday on a Saturday", "part day"],
)
def test_a_day_closes_when_its_operation_does(day: date, close: time) -> None:
    rules = calendar({"holidays.part_days": [CHRISTMAS_EVE]})
    assert rules.close_of_operation(day) == at(f"{day}T{close}")


def test_a_day_may_close_at_midnight() -> None:
    always = {"days": ["Sat", "Sun"], "open": "00:00", "close": "24:00"}
    rules = calendar({"windows.weekend": always})
    assert rules.close_of_operation(date(2026, 11, 21)) == at("2026-11-22T00:00")
    assert ends(rules, "2026-11-21T23:30", 60) == "2026-11-22T00:30"


# --- bounds ----------------------------------------------------------------------------------


def test_a_year_of_holidays_is_an_error_not_an_endless_search() -> None:
    first = date(2026, 1, 1)
    days = [first + timedelta(days=day) for day in range(800)]
    rules = calendar({"holidays.dates": [{"date": day, "name": "Closed"} for day in days]})
    with pytest.raises(ConfigError, match="not enough operation hours in the 366 days from 2026-0"):
        rules.next_opening(at("2026-01-05T10:00"), OPERATION_HOURS)
    with pytest.raises(ConfigError, match="Look at windows and holidays in sla"):
        rules.count(at("2026-01-05T10:00"), 1, OPERATION_HOURS)


def test_no_business_hours_within_reach_is_an_error() -> None:
    weekend_only = {"days": ["Sun"], "open": "09:00", "close": "09:01"}
    rules = calendar({"windows.weekend": weekend_only})
    with pytest.raises(ConfigError, match="not enough operation hours"):
        rules.count(at("2026-11-23T10:00"), 60, frozenset({Window.WEEKEND}))
