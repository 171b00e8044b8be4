"""The resolution date: as the requester desires it, else by priority (DESIGN section 7)."""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

from connector.domain.due_dates import Desired, Priority, SlaClass
from connector.local_time import at_local
from connector.sla.calendar import Calendar
from connector.sla.policy import SlaPolicy
from connector.sla.wording import day_words, moment_words

FARTHEST_DESIRED = timedelta(days=365)
"""A desired date further away than this is taken for a slip (DESIGN section 6)."""


@dataclass(frozen=True, slots=True)
class ResolutionDue:
    """The resolution date in UTC, if there is one, and how it came about."""

    moment: datetime | None
    steps: tuple[str, ...]
    desired_unusable: str | None = None


def resolve(
    policy: SlaPolicy,
    sla_class: SlaClass,
    priority: Priority,
    received: datetime,
    desired: Desired | None,
) -> ResolutionDue:
    """Return the resolution date. An unusable desired date is noted, and the usual rule holds."""
    unusable = None if desired is None else why_unusable(desired, received, policy.calendar)
    noted = () if unusable is None else (unusable,)
    if sla_class is SlaClass.EMERGENCY:
        return ResolutionDue(None, (*noted, "Resolution: emergencies have none."), unusable)
    if desired is not None and unusable is None:
        return _as_desired(desired, policy)
    moment, step = _usual(policy, priority, received)
    return ResolutionDue(moment, (*noted, step), unusable)


def why_unusable(desired: Desired, received: datetime, calendar: Calendar) -> str | None:
    """Return in a sentence why a desired resolution cannot be used, or None if it can."""
    if _is_too_far(desired, received, calendar):
        reason = f"it is more than {FARTHEST_DESIRED.days} days after receipt"
    elif _is_past(desired, received, calendar):
        reason = "it is not after receipt"
    else:
        return None
    return f"The desired resolution, {_desired_words(desired, calendar)}, is ignored: {reason}."


def _as_desired(desired: Desired, policy: SlaPolicy) -> ResolutionDue:
    moment = _moment_of(desired, policy.calendar)
    how = "as desired"
    if not isinstance(desired, datetime):
        how = "as desired, by the close of operation on a day named without a time"
    return ResolutionDue(moment, (_step(how, moment, policy),))


def _usual(
    policy: SlaPolicy, priority: Priority, received: datetime
) -> tuple[datetime | None, str]:
    days = policy.file.resolution.calendar_days.get(priority)
    if days is None:
        return None, f"Resolution: priority {priority} has none unless a date is desired."
    wall = received.astimezone(policy.zone).replace(tzinfo=None)
    moment = at_local(wall + timedelta(days=days), policy.zone)
    count = f"{days} calendar day{'s' * (days != 1)}"
    return moment, _step(f"{count} after receipt, at the same local time", moment, policy)


def _step(how: str, moment: datetime, policy: SlaPolicy) -> str:
    return f"Resolution: {how}; due {moment_words(moment, policy.zone)}."


def _moment_of(desired: Desired, calendar: Calendar) -> datetime:
    """Return a desired resolution in UTC; a day without a time ends with its operation hours."""
    if isinstance(desired, datetime):
        return desired.astimezone(UTC)
    return calendar.close_of_operation(desired)


def _is_too_far(desired: Desired, received: datetime, calendar: Calendar) -> bool:
    if isinstance(desired, datetime):
        return desired - received > FARTHEST_DESIRED
    return desired - calendar.local_date(received) > FARTHEST_DESIRED


def _is_past(desired: Desired, received: datetime, calendar: Calendar) -> bool:
    if isinstance(desired, datetime):
        return desired <= received
    if desired < calendar.local_date(received):
        return True
    return calendar.close_of_operation(desired) <= received


def _desired_words(desired: Desired, calendar: Calendar) -> str:
    """Write a desired resolution; the first and the last year there is cannot change zone."""
    if isinstance(desired, datetime) and MINYEAR < desired.year < MAXYEAR:
        return moment_words(desired, calendar.zone)
    return day_words(desired)
