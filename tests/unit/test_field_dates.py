"""Dates in custom fields: written as configured, read back, told apart."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.field_dates import FieldDates, formats_of, read_field_date, write_field_date

ZONE = ZoneInfo("America/New_York")
MOMENT = datetime(2026, 11, 6, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("how", "written"),
    [
        ("iso", "2026-11-06T18:05:00-05:00"),
        ("iso-local", "2026-11-06T18:05:00"),
        ("iso-date", "2026-11-06"),
        ("us", "11/06/2026 06:05 PM"),
        ("us-date", "11/06/2026"),
        ("eu", "06/11/2026 18:05"),
        ("eu-date", "06/11/2026"),
    ],
)
def test_each_format_is_written_in_the_help_desk_s_wall_clock_time(how: str, written: str) -> None:
    assert write_field_date(MOMENT, FieldDates(how), ZONE) == written


@given(
    st.datetimes(
        MOMENT.replace(year=2000, tzinfo=None),
        MOMENT.replace(year=2100, tzinfo=None),
        timezones=st.just(UTC),
    ),
    st.sampled_from([how for how in FieldDates if not how.endswith("-date")]),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_with_a_time_reads_back_to_the_minute(
    wall: datetime, how: FieldDates
) -> None:
    moment = wall.replace(second=0, microsecond=0).astimezone(ZONE)

    read = read_field_date(write_field_date(moment, how, ZONE), how, ZONE)

    assert read is not None
    assert read.replace(tzinfo=None) == moment.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2026-11-06T18:05:00Z"], {"iso"}),
        (["2026-11-06T18:05:00.123"], {"iso-local"}),
        (["11/06/2026"], {"us-date", "eu-date"}),
        (["11/06/2026", "11/26/2026"], {"us-date"}),
        (["11/26/2026", "26/11/2026"], set()),
        (["soon"], set()),
    ],
)
def test_only_formats_that_fit_every_value_remain(values: list[str], formats: set[str]) -> None:
    assert formats_of(values, ZONE) == formats
