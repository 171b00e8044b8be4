"""What `sla.yaml` may say: every fault is refused at its key, in a sentence."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from support.sla_policies import shipped_with

from connector.sla.policy import SlaFile

PART_DAY = {"date": "2026-12-24", "name": "Christmas Eve", "open": "07:00", "close": "12:00"}
OWN_DAY = {"date": "2026-12-24", "name": "Christmas Eve"}


@pytest.mark.parametrize(
    ("key", "value", "place", "message"),
    [
        ("windows.weekend.days", [], "windows.weekend.days", "at least 1 item"),
        ("windows.weekend.days", ["Sat", "Sat"], "windows.weekend.days", "Sat is listed twice"),
        ("windows.weekend.days", ["Saturday"], "windows.weekend.days.0", "'Sat'"),
        ("windows.weekend.open", "9:00", "windows.weekend.open", 'write it like "07:00"'),
        ("windows.weekend.open", "09:60", "windows.weekend.open", "not a time of day"),
        ("windows.weekend.close", "24:01", "windows.weekend.close", "not a time of day"),
        ("windows.weekend.close", 1020, "windows.weekend.close", "in quotes"),
        (
            "windows.weekend.close",
            "09:00",
            "windows.weekend.close",
            "the close 09:00 is not after the opening 09:00; a window lies within one day",
        ),
        (
            "windows.weekend.days",
            ["Fri", "Sat"],
            "windows.weekend",
            "09:00-17:00 overlaps business_hours 07:00-18:00 on Fri",
        ),
        ("windows.business_hours", ..., "windows.business_hours", "Field required"),
        ("windows.night", {}, "windows.night", "Extra inputs"),
        ("holidays.country", None, "holidays.names", "need a country beside them"),
        ("holidays.names", ["Labor Day"] * 2, "holidays.names", "Labor Day is listed twice"),
        ("holidays.dates", [OWN_DAY] * 2, "holidays.dates", "2026-12-24 is listed twice"),
        ("holidays.dates", ["2026-12-24"], "holidays.dates.0", "valid dictionary"),
        (
            "holidays.dates",
            [OWN_DAY | {"date": "2026-12-32"}],
            "holidays.dates.0.date",
            "'2026-12-32' is not an ISO 8601 time",
        ),
        (
            "holidays.dates",
            [OWN_DAY | {"date": "2026-12-24T10:00"}],
            "holidays.dates.0.date",
            "write a date without a time",
        ),
        ("holidays.dates", [OWN_DAY | {"name": ""}], "holidays.dates.0.name", "at least 1"),
        ("holidays.part_days", [PART_DAY] * 2, "holidays.part_days", "2026-12-24 is listed twice"),
        (
            "holidays.part_days",
            [PART_DAY | {"close": "06:00"}],
            "holidays.part_days.0.close",
            "the close 06:00 is not after the opening 07:00",
        ),
        (
            "emergency.weekend.remote_response",
            "1 h",
            "emergency.weekend.remote_response",
            "write minutes, such as 60",
        ),
        (
            "emergency.weekend.remote_response",
            {"minutes": 60, "target": 60},
            "emergency.weekend.remote_response.target",
            "the target 60 must be less than the 60 minutes due",
        ),
        (
            "emergency.weekend.remote_response",
            0,
            "emergency.weekend.remote_response.minutes",
            "greater than 0",
        ),
        ("emergency.holiday", ..., "emergency.holiday", "Field required"),
        (
            "normal.weekend.onsite_response",
            "next_opening",
            "normal.weekend.onsite_response",
            "write minutes, such as 120, or next_day; not 'next_opening'",
        ),
        (
            "normal.holiday.remote_response",
            "tomorrow",
            "normal.holiday.remote_response",
            "write minutes, such as 120, or next_day or next_opening; not 'tomorrow'",
        ),
        (
            "normal.holiday.remote_response",
            -5,
            "normal.holiday.remote_response",
            "not -5",
        ),
        ("normal.holiday.remote_response", 0, "normal.holiday.remote_response", "not 0"),
        (
            "normal.holiday.remote_response",
            True,
            "normal.holiday.remote_response",
            "not True",
        ),
        ("normal.weekend.counts_in", "hours", "normal.weekend.counts_in", "'operation_hours'"),
        ("resolution.calendar_days", {"Low": 0}, "resolution.calendar_days.Low", "equal to 1"),
        (
            "resolution.calendar_days",
            {"Critical": 1},
            "resolution.calendar_days",
            "Critical is always an emergency",
        ),
        ("due_date.normal", "onsite", "due_date.normal", "'onsite_response'"),
        ("examples", [{"received": "2026-11-23T17:30"}], "examples.0", "an example needs one of"),
        (
            "examples",
            [{"received": "2026-11-23", "expect_resolution": None}],
            "examples.0.received",
            "is a date without a time",
        ),
    ],
)
def test_a_fault_is_refused_at_its_key(key: str, value: Any, place: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SlaFile.model_validate(shipped_with({key: value}))
    first = refused.value.errors()[0]
    assert first["loc"] == _path(place)
    assert message in first["msg"]


def _path(place: str) -> tuple[str | int, ...]:
    return tuple(int(key) if key.isdigit() else key for key in place.split("."))


def test_a_part_day_on_a_full_holiday_of_ones_own_is_refused() -> None:
    holidays = {"dates": [OWN_DAY], "part_days": [PART_DAY]}
    with pytest.raises(ValidationError, match="2026-12-24 is a full holiday under dates"):
        SlaFile.model_validate(shipped_with({"holidays": holidays}))


def test_every_fault_is_found_at_once() -> None:
    faulty = shipped_with({"windows.weekend.open": "x", "normal.weekend.counts_in": "y"})
    with pytest.raises(ValidationError) as refused:
        SlaFile.model_validate(faulty)
    assert refused.value.error_count() == 2


def test_the_file_reads_the_same_from_json() -> None:
    data = shipped_with({"holidays.part_days": [PART_DAY]})
    assert SlaFile.model_validate_json(json.dumps(data)) == SlaFile.model_validate(data)


def test_two_windows_may_share_a_day_that_they_do_not_share_an_hour_of() -> None:
    evening = {"days": ["Fri", "Sat"], "open": "18:00", "close": "24:00"}
    file = SlaFile.model_validate(shipped_with({"windows.weekend": evening}))
    assert file.windows.weekend is not None
    assert file.windows.weekend.hours_text == "18:00-24:00"


def test_a_date_may_be_a_date_or_a_text() -> None:
    for written in ("2026-11-27", date(2026, 11, 27)):
        own = {"date": written, "name": "Day after Thanksgiving"}
        file = SlaFile.model_validate(shipped_with({"holidays.dates": [own]}))
        assert file.holidays.dates[0].date == date(2026, 11, 27)


def test_a_minute_and_the_last_minute_of_an_hour_are_taken() -> None:
    file = SlaFile.model_validate(
        shipped_with({"normal.weekend.remote_response": 1, "windows.weekend.open": "09:59"})
    )
    assert file.normal.weekend.remote_response == 1
    assert file.windows.weekend is not None
    assert file.windows.weekend.hours_text == "09:59-17:00"


@pytest.mark.parametrize("desired", [date(2026, 11, 28), datetime(2026, 11, 28, 9)])  # noqa: DTZ001
def test_a_desired_date_may_be_written_as_yaml_has_dates(desired: date) -> None:
    example = {"received": "2026-11-23T17:30", "desired": desired, "expect_resolution": None}
    file = SlaFile.model_validate(shipped_with({"examples": [example]}))
    assert file.examples[0].desired == desired
