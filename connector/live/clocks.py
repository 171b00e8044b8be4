"""Clocks: ours against BMS's, and the zone in which BMS writes its dates."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.live.findings import Finding, error, ok, warning
from connector.ports.inspection import ApiUser

CLOCK = "clock"
TIME_ZONE = "time zone"

CLOCK_TOLERANCE = timedelta(seconds=60)
ZONE_TOLERANCE = timedelta(minutes=10)
"""DESIGN section 10: from here on write-back stops."""

QUARTER = timedelta(minutes=15)
"""Every time zone's offset is a multiple of this."""


def clock_findings(user: ApiUser, configured: str) -> Iterator[Finding]:
    """Yield how our clock stands to BMS's, and whether `bms.time_zone` is right."""
    if user.server_time is None:
        remedy = "check that bms.base_url leads to BMS itself, not to a proxy"
        yield warning(CLOCK, "BMS's answers carry no Date, so clocks cannot be compared", remedy)
        return
    yield _difference(user.our_time, user.server_time)
    if user.bms_time is None:
        yield warning(
            TIME_ZONE,
            "BMS does not say in which zone it writes dates (userinfo has no usable TimeStamp)",
            "`check --live --probe-write` finds out from a fresh ticket",
        )
        return
    yield zone_finding(
        "the present moment", user.bms_time, user.server_time, configured, user.time_zone
    )


def zone_finding(
    what: str, read: datetime, server: datetime, configured: str, of_user: str | None = None
) -> Finding:
    """Return whether `read`, a date that BMS wrote just now and we read in `configured`, fits.

    `server` is the HTTP `Date` of the same answer; `of_user` is the zone of the API user.
    """
    away = read - server
    details = {"configured": configured, "minutes_off": round(away / timedelta(minutes=1))}
    if abs(away) <= ZONE_TOLERANCE:
        return ok(
            TIME_ZONE, f"bms.time_zone {configured} fits {what} in BMS's words", details=details
        )
    offset = round((away + _offset(configured, server)) / QUARTER) * QUARTER
    remedy = f"set bms.time_zone to {_suggestion(offset, of_user, server)}"
    return error(
        TIME_ZONE,
        f"{what} in BMS's words, read in bms.time_zone {configured}, is {_shown(away)} off: "
        "every date of BMS would be",
        remedy,
        details=details,
    )


def _difference(ours: datetime, server: datetime) -> Finding:
    away = ours - server
    seconds = round(away.total_seconds())
    if abs(away) <= CLOCK_TOLERANCE:
        return ok(CLOCK, f"within {max(abs(seconds), 1)} s of BMS's", details={"seconds": seconds})
    return error(
        CLOCK,
        f"this machine's clock is {_shown(away)} off BMS's ({ours:%H:%M:%S} against "
        f"{server:%H:%M:%S} UTC)",
        "set it by NTP (`timedatectl set-ntp true`): received and due dates hang on it",
        details={"seconds": seconds},
    )


def _suggestion(offset: timedelta, of_user: str | None, at: datetime) -> str:
    if offset == timedelta(0):
        return "UTC"
    if of_user and _offset(of_user, at) == offset:
        return of_user
    hours, minutes = divmod(abs(offset), timedelta(hours=1))
    sign = "-" if offset < timedelta(0) else "+"
    return f"a zone that is at UTC{sign}{hours:02}:{minutes // timedelta(minutes=1):02} now"


def _offset(zone: str, at: datetime) -> timedelta:
    try:
        return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    except (ZoneInfoNotFoundError, ValueError):
        return at.astimezone(UTC).utcoffset() or timedelta(0)


def _shown(away: timedelta) -> str:
    sign = "-" if away < timedelta(0) else "+"
    minutes, seconds = divmod(round(abs(away).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{seconds:02}"
