"""Dates as BMS writes and reads them.

BMS answers .NET date-times, often without an offset and with up to seven fractional digits;
which zone those are in is not documented (`bms.time_zone`). We always write an offset.
"""

from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

DOTNET_UNSET_YEARS = (1, 9999)
"""Years of .NET's DateTime.MinValue and MaxValue: its ways to say "not set"."""


def read_time(value: str | None, zone: tzinfo) -> datetime | None:
    """Return a date of BMS in UTC; one without an offset is in `zone`. None when unreadable."""
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.year in DOTNET_UNSET_YEARS:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def is_unset(value: str) -> bool:
    """Whether a date of BMS is one of .NET's ways to say that there is none."""
    year = value.strip()[:4]
    return year.isdecimal() and int(year) in DOTNET_UNSET_YEARS


def write_time(moment: datetime, zone: tzinfo = UTC) -> str:
    """Return an aware moment as BMS gets it: ISO 8601 in `zone` with its offset, whole seconds."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def read_http_date(value: str | None) -> datetime | None:
    """Return the moment of an HTTP date (RFC 9110 section 5.6.7) in UTC; None when unreadable."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
