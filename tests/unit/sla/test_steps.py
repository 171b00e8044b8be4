"""The steps of a reckoning: sentences that a client understands."""

from datetime import UTC, datetime

import pytest
from support.sla_policies import policy, reckoned

from connector.domain.due_dates import DueDates, Priority
from connector.sla.targets import reckon


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
