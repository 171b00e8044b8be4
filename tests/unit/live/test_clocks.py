"""The zone of BMS's dates, told from a date that it wrote just now."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.live.clocks import zone_finding
from connector.live.findings import Level

SERVER = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)


def read_as(configured: str, written_in: str) -> datetime:
    """Return how we read what BMS wrote now, in its zone and without an offset."""
    wall = SERVER.astimezone(ZoneInfo(written_in)).replace(tzinfo=None)
    return wall.replace(tzinfo=ZoneInfo(configured)).astimezone(UTC)


@pytest.mark.parametrize(
    ("configured", "written_in", "of_user", "remedy"),
    [
        ("UTC", "America/New_York", "America/New_York", "set bms.time_zone to America/New_York"),
        ("UTC", "America/New_York", None, "set bms.time_zone to a zone that is at UTC-04:00 now"),
        ("UTC", "Asia/Kolkata", "UTC", "set bms.time_zone to a zone that is at UTC+05:30 now"),
        ("America/New_York", "UTC", "America/New_York", "set bms.time_zone to UTC"),
        ("Europe/Berlin", "America/New_York", "Bogus/Zone", "at UTC-04:00 now"),
    ],
)
def test_a_wrong_zone_is_told_with_the_right_one(
    configured: str, written_in: str, of_user: str | None, remedy: str
) -> None:
    read = read_as(configured, written_in) + timedelta(seconds=40)

    finding = zone_finding("now", read, SERVER, configured, of_user)

    assert finding.level is Level.ERROR
    assert remedy in finding.remedy


@pytest.mark.parametrize(("seconds", "level"), [(600, Level.OK), (601, Level.ERROR)])
def test_ten_minutes_are_tolerated(seconds: int, level: Level) -> None:
    read = SERVER - timedelta(seconds=seconds)

    assert zone_finding("now", read, SERVER, "UTC").level is level
