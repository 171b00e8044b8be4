"""Our custom fields of a ticket."""

from datetime import date, datetime

import pytest
from support.sla_policies import at, reckoned, shipped_policy

from connector.domain.due_dates import Desired
from connector.pipeline.deciding.custom_fields import custom_field_values

IDS = {
    "Remote Response Due": 1,
    "Onsite Response Due": 2,
    "Desired Resolution": 3,
    "Connector Reference": 4,
}
RECEIVED = "2026-11-16 10:05"


def values(desired: Desired | None = None, *, emergency: bool = False) -> dict[int, str]:
    due = reckoned(RECEIVED, desired=desired, emergency=emergency)
    return custom_field_values("key", due, desired, shipped_policy(), IDS)


def test_dates_are_iso_8601_with_the_local_offset() -> None:
    assert values() == {
        1: "2026-11-16T12:05:00-05:00",
        2: "2026-11-17T07:05:00-05:00",
        4: "key",
    }


@pytest.mark.parametrize("emergency", [False, True])
@pytest.mark.parametrize(
    ("desired", "shown"),
    [
        (at("2026-11-18 15:00"), "2026-11-18T15:00:00-05:00"),
        (date(2026, 11, 18), "2026-11-18T18:00:00-05:00"),
        (date(2026, 11, 21), "2026-11-21T17:00:00-05:00"),
    ],
)
def test_the_desired_resolution_is_what_was_named_also_in_an_emergency(
    desired: Desired, shown: str, emergency: bool
) -> None:
    assert values(desired, emergency=emergency)[3] == shown


def test_a_desired_date_that_cannot_be_used_is_not_written() -> None:
    assert 3 not in values(at("2026-11-15 15:00"))


def test_only_fields_of_the_tenant_are_written() -> None:
    due = reckoned(RECEIVED)

    assert custom_field_values("key", due, None, shipped_policy(), {"Other": 9}) == {}
    assert custom_field_values(
        "key", due, None, shipped_policy(), {"Connector Reference": 4, "Other": 9}
    ) == {4: "key"}


def test_in_summer_the_offset_is_that_of_summer() -> None:
    due = reckoned("2026-07-06 10:00")

    written = custom_field_values("key", due, None, shipped_policy(), IDS)

    assert (
        datetime.fromisoformat(written[1]).utcoffset()
        == datetime.fromisoformat("2026-07-06T12:00:00-04:00").utcoffset()
    )
