"""The steps of a reckoning: sentences that a client understands."""

from datetime import UTC, date, datetime

import pytest
from support.sla_policies import NEW_YORK, policy, reckoned

from connector.domain.due_dates import Desired, DueDates, Priority
from connector.sla.hours import WeekHours
from connector.sla.targets import reckon
from connector.sla.wording import minute_words, week_words


def steps(due: DueDates) -> str:
    return "\n".join(due.steps)


def test_the_steps_of_a_normal_request_say_which_hours_counted() -> None:
    assert reckoned("2026-11-23T17:30").steps == (
        "Received Monday 23 November 2026 at 17:30, in business hours (Mon-Fri 07:00-18:00).",
        "Normal request (priority Normal).",
        "Remote response: 2 hours of operation hours"
        " (Mon 23 Nov 17:30-18:00, Tue 24 Nov 07:00-08:30);"
        " due Tuesday 24 November 2026 at 08:30.",
        "Onsite response: 8 hours of operation hours"
        " (Mon 23 Nov 17:30-18:00, Tue 24 Nov 07:00-14:30);"
        " due Tuesday 24 November 2026 at 14:30.",
        "Resolution: 5 calendar days after receipt, at the same local time;"
        " due Saturday 28 November 2026 at 17:30.",
        "Due date of the ticket: the resolution, Saturday 28 November 2026 at 17:30.",
    )


def test_the_steps_of_an_emergency_name_the_target_of_the_range() -> None:
    assert reckoned("2026-11-21T10:00", emergency=True).steps == (
        "Received Saturday 21 November 2026 at 10:00, in weekend hours (Sat, Sun 09:00-17:00).",
        "Emergency (priority Normal).",
        "Remote response: 1 hour of elapsed time (target 30 minutes);"
        " due Saturday 21 November 2026 at 11:00.",
        "Onsite response: 3 hours of elapsed time (target 2 hours);"
        " due Saturday 21 November 2026 at 13:00.",
        "Resolution: emergencies have none.",
        "Due date of the ticket: the onsite response, Saturday 21 November 2026 at 13:00.",
    )


def test_the_steps_name_the_holiday_and_the_opening_after_it() -> None:
    told = steps(reckoned("2026-07-03T10:00"))
    assert "10:00, on a holiday, Independence Day (observed)." in told
    assert "as if received at the next opening, Sunday 5 July 2026 at 09:00: 3 hours of" in told
    assert "next day, the close of the first operation hours that open after receipt" in told


def test_the_steps_name_a_part_day() -> None:
    part = {"date": "2026-12-24", "name": "Christmas Eve", "open": "07:00", "close": "12:00"}
    rules = policy({"holidays.part_days": [part]})
    assert "in the hours of a part day (Christmas Eve, 07:00-12:00)." in steps(
        reckoned("2026-12-24T10:00", rules=rules)
    )
    assert "after hours of a part day (Christmas Eve, 07:00-12:00)." in steps(
        reckoned("2026-12-24T13:00", rules=rules)
    )


@pytest.mark.parametrize(("hour", "name"), [(5, "EDT"), (6, "EST")])
def test_the_steps_name_the_zone_in_the_repeated_hour(hour: int, name: str) -> None:
    moment = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    due = reckon(policy(), moment, Priority.LOW, emergency=False, desired=None)
    assert f"Received Sunday 1 November 2026 at 01:30 {name}, after hours." in due.steps


def test_a_long_count_is_told_in_short() -> None:
    rules = policy({"normal.business_hours.onsite_response": 3000})
    told = steps(reckoned("2026-11-23T17:30", rules=rules))
    assert "(Mon 23 Nov 17:30-18:00, and so on over 7 windows until Mon 30 Nov 07:00-07:30)" in told


def test_a_single_hour_or_minute_is_singular_and_no_target_is_named_where_there_is_none() -> None:
    told = steps(reckoned("2026-11-23T10:00", emergency=True))
    assert "Remote response: 15 minutes of elapsed time; due" in told
    assert "Onsite response: 1 hour 15 minutes of elapsed time; due" in told


def test_the_steps_of_a_critical_request_say_that_it_always_is_an_emergency() -> None:
    due = reckoned("2026-11-23T10:00", "Critical")
    assert "Emergency (priority Critical always is one)." in due.steps


@pytest.mark.parametrize(
    ("desired", "step"),
    [
        (
            datetime(2026, 11, 24, 14, 15, tzinfo=UTC),
            "Resolution: as desired; due Tuesday 24 November 2026 at 09:15.",
        ),
        (
            date(2026, 11, 28),
            "Resolution: as desired, by the close of operation on a day named without a time;"
            " due Saturday 28 November 2026 at 17:00.",
        ),
    ],
    ids=["a moment", "a day"],
)
def test_the_steps_say_that_a_date_was_desired(desired: Desired, step: str) -> None:
    assert step in reckoned("2026-11-23T10:00", desired=desired).steps


def test_a_desired_moment_that_is_of_no_use_is_told_in_local_time() -> None:
    due = reckoned("2026-11-23T10:00", desired=datetime(2026, 11, 20, 14, 15, tzinfo=UTC))
    assert due.desired_unusable == (
        "The desired resolution, Friday 20 November 2026 at 09:15, is ignored:"
        " it is not after receipt."
    )


def test_the_last_moment_there_is_can_be_told_in_a_zone_where_it_is_already_over() -> None:
    rules = policy(zone="Pacific/Auckland")
    due = reckoned("2026-11-23T10:00", rules=rules, desired=datetime(9999, 12, 31, 23, tzinfo=UTC))
    assert "Friday 31 December 9999, is ignored" in str(due.desired_unusable)


def test_one_calendar_day_is_singular() -> None:
    rules = policy({"resolution.calendar_days": {"Normal": 1}})
    assert "Resolution: 1 calendar day after receipt" in steps(
        reckoned("2026-11-23T10:00", rules=rules)
    )


@pytest.mark.parametrize("rule", ["remote_response", "onsite_response"])
def test_the_steps_say_which_of_the_three_is_the_due_date(rule: str) -> None:
    due = reckoned("2026-11-23T10:00", rules=policy({"due_date.normal": rule}))
    assert due.steps[-1].startswith(f"Due date of the ticket: the {rule.replace('_', ' ')}, Monday")


def test_three_windows_are_told_one_by_one() -> None:
    rules = policy({"normal.business_hours.onsite_response": 30 + 2 * 660})
    told = steps(reckoned("2026-11-23T17:30", rules=rules))
    assert "(Mon 23 Nov 17:30-18:00, Tue 24 Nov 07:00-18:00, Wed 25 Nov 07:00-18:00)" in told


def test_seconds_are_told_where_there_are_some() -> None:
    due = reckoned("2026-11-23T10:00:07")
    assert due.steps[0].startswith("Received Monday 23 November 2026 at 10:00:07, in")


def test_a_moment_to_the_minute_leaves_the_seconds_out() -> None:
    moment = datetime(2026, 11, 23, 15, 0, 7, 9, tzinfo=UTC)
    assert minute_words(moment, NEW_YORK) == "Monday 23 November 2026 at 10:00"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["Tue", "Wed", "Thu"], "Tue-Thu"),
        (["Thu", "Tue", "Wed"], "Tue-Thu"),
        (["Tue", "Wed"], "Tue, Wed"),
        (["Tue", "Wed", "Fri"], "Tue, Wed, Fri"),
        (["Tue"], "Tue"),
    ],
)
def test_days_in_a_row_are_told_as_one_stretch(days: list[str], words: str) -> None:
    hours = WeekHours.model_validate({"days": days, "open": "07:00", "close": "18:00"})
    assert week_words(hours) == f"{words} 07:00-18:00"
