"""Due dates: the guide's tables and every example of DESIGN section 7, with dates."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from support.sla_policies import NEW_YORK, policy, reckoned

from connector.domain.due_dates import Priority, SlaClass, Window
from connector.sla.targets import reckon


def local(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(NEW_YORK).strftime("%Y-%m-%dT%H:%M")


# --- emergencies -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "window", "remote", "onsite"),
    [
        ("2026-11-23T10:00", Window.BUSINESS_HOURS, "2026-11-23T10:15", "2026-11-23T11:15"),
        ("2026-11-23T17:59", Window.BUSINESS_HOURS, "2026-11-23T18:14", "2026-11-23T19:14"),
        ("2026-11-21T16:59", Window.WEEKEND, "2026-11-21T17:59", "2026-11-21T19:59"),
        ("2026-11-23T18:00", Window.AFTER_HOURS, "2026-11-23T21:00", "2026-11-23T22:00"),
        ("2026-11-21T17:00", Window.AFTER_HOURS, "2026-11-21T20:00", "2026-11-21T21:00"),
        ("2026-11-26T10:00", Window.HOLIDAY, "2026-11-26T13:00", "2026-11-26T14:00"),
        ("2026-07-04T10:00", Window.HOLIDAY, "2026-07-04T13:00", "2026-07-04T14:00"),
        ("2026-12-31T23:00", Window.AFTER_HOURS, "2027-01-01T02:00", "2027-01-01T03:00"),
    ],
)
def test_emergency_times_are_elapsed_time(
    received: str, window: Window, remote: str, onsite: str
) -> None:
    due = reckoned(received, "Critical")
    assert (due.sla_class, due.window) == (SlaClass.EMERGENCY, window)
    assert (local(due.remote_response), local(due.onsite_response)) == (remote, onsite)
    assert due.resolution is None
    assert due.due_date == due.onsite_response


@pytest.mark.parametrize(
    ("received", "remote", "onsite"),
    [
        ("2026-03-08T06:00", "2026-03-08T09:00", "2026-03-08T10:00"),
        ("2026-11-01T05:30", "2026-11-01T08:30", "2026-11-01T09:30"),
    ],
    ids=["an hour is skipped", "an hour is repeated"],
)
def test_emergency_times_run_through_clock_changes(received: str, remote: str, onsite: str) -> None:
    """All in UTC: three and four hours of real time."""
    moment = datetime.fromisoformat(received).replace(tzinfo=UTC)
    due = reckon(policy(), moment, Priority.CRITICAL, emergency=False, desired=None)
    assert due.remote_response == datetime.fromisoformat(remote).replace(tzinfo=UTC)
    assert due.onsite_response == datetime.fromisoformat(onsite).replace(tzinfo=UTC)


@pytest.mark.parametrize("priority", ["Low", "Normal", "High"])
def test_an_emergency_of_any_priority_uses_the_emergency_table(priority: str) -> None:
    due = reckoned("2026-11-23T10:00", priority, emergency=True)
    assert due.sla_class is SlaClass.EMERGENCY
    assert local(due.remote_response) == "2026-11-23T10:15"
    assert due.resolution is None


def test_critical_is_an_emergency_even_when_nobody_says_so() -> None:
    assert reckoned("2026-11-23T10:00", "Critical").sla_class is SlaClass.EMERGENCY


def test_an_emergency_on_a_part_day_is_after_hours_outside_its_hours() -> None:
    part = {"date": "2026-12-24", "name": "Christmas Eve", "open": "07:00", "close": "12:00"}
    rules = policy({"holidays.part_days": [part]})
    assert local(reckoned("2026-12-24T11:00", "Critical", rules).remote_response) == (
        "2026-12-24T11:15"
    )
    assert local(reckoned("2026-12-24T12:00", "Critical", rules).remote_response) == (
        "2026-12-24T15:00"
    )


# --- normal requests -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "remote", "onsite"),
    [
        ("2026-11-23T17:30", "2026-11-24T08:30", "2026-11-24T14:30"),
        ("2026-11-20T17:30", "2026-11-21T10:30", "2026-11-21T16:30"),
        ("2026-11-20T16:00", "2026-11-20T18:00", "2026-11-21T15:00"),
        ("2026-11-23T10:00", "2026-11-23T12:00", "2026-11-23T18:00"),
        ("2026-11-23T07:00", "2026-11-23T09:00", "2026-11-23T15:00"),
        ("2026-11-21T10:00", "2026-11-21T13:00", "2026-11-22T17:00"),
        ("2026-11-21T16:00", "2026-11-22T11:00", "2026-11-22T17:00"),
        ("2026-11-22T10:00", "2026-11-22T13:00", "2026-11-23T18:00"),
        ("2026-11-22T16:00", "2026-11-23T09:00", "2026-11-23T18:00"),
        ("2026-11-24T02:00", "2026-11-24T18:00", "2026-11-24T18:00"),
        ("2026-11-24T20:00", "2026-11-25T18:00", "2026-11-25T18:00"),
        ("2026-11-24T18:00", "2026-11-25T18:00", "2026-11-25T18:00"),
        ("2026-11-20T20:00", "2026-11-21T17:00", "2026-11-21T17:00"),
        ("2026-11-21T08:59", "2026-11-21T17:00", "2026-11-21T17:00"),
        ("2026-11-25T20:00", "2026-11-27T18:00", "2026-11-27T18:00"),
        ("2026-07-03T10:00", "2026-07-05T12:00", "2026-07-05T17:00"),
        ("2026-07-04T10:00", "2026-07-05T12:00", "2026-07-05T17:00"),
        ("2026-11-26T10:00", "2026-11-27T09:00", "2026-11-27T18:00"),
        ("2027-12-31T10:00", "2028-01-02T12:00", "2028-01-02T17:00"),
    ],
    ids=[
        "Monday 17:30, remote Tuesday 08:30",
        "Friday 17:30, remote Saturday 10:30",
        "Friday 16:00, onsite Saturday 15:00",
        "Monday 10:00, onsite used up exactly at closing",
        "at the opening of business hours",
        "Saturday 10:00, onsite Sunday 17:00",
        "Saturday 16:00, remote runs on into Sunday",
        "Sunday, onsite on Monday",
        "Sunday 16:00, remote runs on into Monday",
        "Tuesday 02:00, the same day's close",
        "Tuesday 20:00, Wednesday's close",
        "at the close of business hours",
        "Friday 20:00, Saturday's close",
        "Saturday before the opening, Saturday's close",
        "the eve of a Thursday holiday, Friday's close",
        "Friday 3 July, remote Sunday 12:00",
        "the holiday on Saturday itself",
        "a Thursday holiday, by Friday's row",
        "New Year's Eve that is an observed holiday",
    ],
)
@pytest.mark.parametrize("priority", ["Low", "Normal", "High"])
def test_normal_times_follow_the_guide(
    priority: str, received: str, remote: str, onsite: str
) -> None:
    due = reckoned(received, priority)
    assert due.sla_class is SlaClass.NORMAL
    assert (local(due.remote_response), local(due.onsite_response)) == (remote, onsite)


def test_a_row_can_be_restricted_to_business_hours() -> None:
    rules = policy({"normal.business_hours.counts_in": "business_hours"})
    due = reckoned("2026-11-20T17:30", rules=rules)
    assert local(due.remote_response) == "2026-11-23T08:30"


def test_next_day_of_a_restricted_row_is_the_next_business_day() -> None:
    rules = policy({"normal.after_hours.counts_in": "business_hours"})
    assert local(reckoned("2026-11-20T20:00", rules=rules).onsite_response) == "2026-11-23T18:00"


def test_the_next_opening_of_a_restricted_row_is_that_of_business_hours() -> None:
    rules = policy({"normal.holiday.counts_in": "business_hours"})
    due = reckoned("2026-07-03T10:00", rules=rules)
    assert local(due.remote_response) == "2026-07-06T09:00"


def test_a_help_desk_without_weekend_hours_goes_on_on_monday() -> None:
    rules = policy({"windows.weekend": ...})
    assert local(reckoned("2026-11-20T17:30", rules=rules).remote_response) == "2026-11-23T08:30"
    assert reckoned("2026-11-21T10:00", rules=rules).window is Window.AFTER_HOURS


def test_a_part_day_closes_early_for_next_day() -> None:
    part = {"date": "2026-12-24", "name": "Christmas Eve", "open": "07:00", "close": "12:00"}
    rules = policy({"holidays.part_days": [part]})
    assert local(reckoned("2026-12-23T20:00", rules=rules).onsite_response) == "2026-12-24T12:00"
    assert local(reckoned("2026-12-24T12:30", rules=rules).onsite_response) == "2026-12-26T17:00"


# --- DueDate ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["remote_response", "onsite_response"])
def test_the_file_can_name_another_due_date_per_class(rule: str) -> None:
    rules = policy({"due_date": {"normal": rule}})
    normal = reckoned("2026-11-23T10:00", rules=rules)
    assert normal.due_date == getattr(normal, rule)
    emergency = reckoned("2026-11-23T10:00", "Critical", rules)
    assert emergency.due_date == emergency.onsite_response


def test_an_emergency_can_be_due_at_its_remote_response() -> None:
    rules = policy({"due_date": {"emergency": "remote_response"}})
    due = reckoned("2026-11-23T10:00", "Critical", rules)
    assert due.due_date == due.remote_response
    assert reckoned("2026-11-23T10:00", rules=rules).due_date != due.remote_response


# --- moments ---------------------------------------------------------------------------------


@pytest.fixture
def _machine_in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_machine_in_tokyo")
def test_every_moment_is_in_utc_wherever_the_machine_is() -> None:
    received = datetime(2026, 11, 23, 10, tzinfo=NEW_YORK)
    desired = datetime(2026, 11, 25, 9, tzinfo=NEW_YORK)
    due = reckon(policy(), received, Priority.LOW, emergency=False, desired=desired)
    assert due.received == received
    moments = (due.received, due.remote_response, due.onsite_response, due.due_date)
    assert {moment and moment.tzinfo for moment in (*moments, due.resolution)} == {UTC}


def test_a_receipt_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="received_at has no time zone"):
        reckon(policy(), datetime(2026, 11, 23), Priority.LOW, emergency=False, desired=None)  # noqa: DTZ001
