"""What reading a date needs of the help desk's calendar; `connector.sla.calendar` is one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Protocol

from connector.local_time import at_local

USUAL_CLOSE = time(18)
"""The close of a day without operation hours (DESIGN section 7)."""


class OpenDays(Protocol):
    """When the help desk closes, and which days it keeps free."""

    def close_of_operation(self, day: date) -> datetime:
        """Return the moment at which operation closes on `day`."""
        ...

    def holiday_on(self, day: date) -> str | None:
        """Return the name of the full holiday on `day`, if it is one."""
        ...


@dataclass(frozen=True, slots=True)
class PlainDays:
    """No holidays, and every day closes at the usual hour."""

    zone: tzinfo | None

    def close_of_operation(self, day: date) -> datetime:
        """Return the usual closing time in the zone."""
        return local_moment(datetime.combine(day, USUAL_CLOSE), self.zone)

    def holiday_on(self, day: date) -> None:
        """Return None."""


def local_moment(wall: datetime, zone: tzinfo | None) -> datetime:
    """Return the moment at which the clocks of `zone` show `wall`, which is naive, in that zone."""
    zone = zone or UTC
    return at_local(wall, zone).astimezone(zone)
