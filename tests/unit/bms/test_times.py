from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from connector.bms.times import read_http_date, read_time, write_time

MIAMI = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("written", "zone", "read"),
    [
        ("2026-11-23T15:00:00", UTC, "2026-11-23T15:00:00+00:00"),
        ("2026-11-23T15:00:00", MIAMI, "2026-11-23T20:00:00+00:00"),
        ("2026-07-01T15:00:00", MIAMI, "2026-07-01T19:00:00+00:00"),
        ("2026-11-23T15:00:00Z", MIAMI, "2026-11-23T15:00:00+00:00"),
        ("2026-11-23T15:00:00+02:00", MIAMI, "2026-11-23T13:00:00+00:00"),
        ("2026-11-23T15:00:00.1234567", UTC, "2026-11-23T15:00:00.123456+00:00"),
        ("2026-11-23T15:00:00.12Z", UTC, "2026-11-23T15:00:00.120000+00:00"),
        ("2026-11-23", UTC, "2026-11-23T00:00:00+00:00"),
    ],
)
def test_a_date_without_an_offset_is_in_the_zone_given(
    written: str, zone: timezone, read: str
) -> None:
    moment = read_time(written, zone)
    assert moment is not None
    assert moment.isoformat() == read


@pytest.mark.parametrize(
    "written", [None, "", "soon", "0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999"]
)
def test_no_usable_date_is_none(written: str | None) -> None:
    assert read_time(written, MIAMI) is None


def test_a_date_is_written_in_utc_with_its_offset() -> None:
    moment = datetime(2026, 11, 23, 10, 0, 0, 999, tzinfo=timezone(timedelta(hours=-5)))
    assert write_time(moment) == "2026-11-23T15:00:00+00:00"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Mon, 23 Nov 2026 15:00:00 GMT", datetime(2026, 11, 23, 15, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 15:00:00 -0000", datetime(2026, 11, 23, 15, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_http_dates_are_read(value: str | None, read: datetime | None) -> None:
    assert read_http_date(value) == read
