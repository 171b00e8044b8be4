"""The resolution date: as the requester desires it, else by priority (DESIGN section 7)."""

from datetime import UTC, date, datetime

import pytest
from support.sla_policies import NEW_YORK, at, policy, reckoned


def local(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(NEW_YORK).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("received", "priority", "resolution"),
    [
        ("2026-11-23T17:30", "Normal", "2026-11-28T17:30"),
        ("2026-11-23T17:30", "Low", "2026-11-28T17:30"),
        ("2026-11-23T17:30", "High", None),
        ("2026-12-29T02:00", "Normal", "2027-01-03T02:00"),
        ("2026-03-03T02:30", "Normal", "2026-03-08T03:00"),
        ("2026-03-05T10:00", "Normal", "2026-03-10T10:00"),
        ("2026-10-29T10:00", "Normal", "2026-11-03T10:00"),
    ],
    ids=[
        "Normal",
        "Low as Normal",
        "High has none",
        "over a year's end",
        "in the gap: right after it",
        "over the gap: the same local time",
        "over the repeated hour: the same local time",
    ],
)
def test_resolution_is_calendar_days_after_receipt(
    received: str, priority: str, resolution: str | None
) -> None:
    due = reckoned(received, priority)
    assert local(due.resolution) == resolution
    assert due.due_date == (due.resolution or due.onsite_response)


def test_a_resolution_in_the_repeated_hour_is_its_first_occurrence() -> None:
    due = reckoned("2026-10-27T01:30")
    assert due.resolution == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("desired", "resolution"),
    [
        (at("2026-11-24T09:15"), "2026-11-24T09:15"),
        (at("2026-11-24T03:00"), "2026-11-24T03:00"),
        (at("2026-11-23T10:01"), "2026-11-23T10:01"),
        (date(2026, 11, 23), "2026-11-23T18:00"),
        (date(2026, 11, 28), "2026-11-28T17:00"),
        (date(2026, 11, 26), "2026-11-26T18:00"),
        (date(2027, 11, 23), "2027-11-23T18:00"),
        (at("2027-11-23T10:00"), "2027-11-23T10:00"),
    ],
    ids=[
        "a moment",
        "a moment after hours",
        "a minute after receipt",
        "today until close",
        "Saturday until close",
        "a day without operation",
        "a date 365 days away",
        "a moment 365 days away",
    ],
)
@pytest.mark.parametrize("priority", ["Low", "High"])
def test_a_desired_resolution_is_taken(
    priority: str, desired: date | datetime, resolution: str
) -> None:
    due = reckoned("2026-11-23T10:00", priority, desired=desired)
    assert local(due.resolution) == resolution
    assert due.due_date == due.resolution
    assert due.desired_unusable is None


@pytest.mark.parametrize(
    ("desired", "reason"),
    [
        (at("2026-11-23T20:00"), "it is not after receipt"),
        (at("2026-11-20T09:00"), "it is not after receipt"),
        (date(2026, 11, 23), "it is not after receipt"),
        (date(2026, 11, 22), "it is not after receipt"),
        (date(1, 1, 1), "it is not after receipt"),
        (datetime(1, 1, 1, tzinfo=UTC), "it is not after receipt"),
        (date(2027, 11, 24), "it is more than 365 days after receipt"),
        (at("2027-11-23T20:01"), "it is more than 365 days after receipt"),
        (date(9999, 12, 31), "it is more than 365 days after receipt"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "it is more than 365 days after receipt"),
    ],
)
def test_an_unusable_desired_resolution_is_noted_and_the_usual_rule_holds(
    desired: date | datetime, reason: str
) -> None:
    """Received after the close of Monday 23 November 2026."""
    due = reckoned("2026-11-23T20:00", desired=desired)
    assert due.desired_unusable is not None
    assert reason in due.desired_unusable
    assert due.desired_unusable in due.steps
    assert local(due.resolution) == "2026-11-28T20:00"


def test_the_first_date_there_is_can_be_judged_in_a_zone_where_it_began_before_utc() -> None:
    rules = policy({"windows.business_hours.close": "10:00"}, zone="Pacific/Auckland")
    due = reckoned("2026-11-23T20:00", rules=rules, desired=date(1, 1, 1))
    assert due.desired_unusable is not None


def test_a_day_whose_close_is_the_moment_of_receipt_is_over() -> None:
    due = reckoned("2026-11-23T18:00", desired=date(2026, 11, 23))
    assert due.desired_unusable is not None


def test_an_emergency_has_no_resolution_even_when_one_is_desired() -> None:
    due = reckoned("2026-11-23T10:00", "Critical", desired=date(2026, 11, 30))
    assert due.resolution is None
    assert due.desired_unusable is None
    assert due.due_date == due.onsite_response


def test_an_unusable_desired_date_is_noted_for_an_emergency_too() -> None:
    due = reckoned("2026-11-23T10:00", "Critical", desired=date(2026, 11, 20))
    assert due.desired_unusable == (
        "The desired resolution, Friday 20 November 2026, is ignored: it is not after receipt."
    )
