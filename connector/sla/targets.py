"""The due dates of a request, and the steps by which they were reckoned (DESIGN section 7)."""

from datetime import UTC, datetime

from connector.domain.due_dates import Desired, DueDates, Priority, SlaClass, Window
from connector.sla.policy import DueDateRule, SlaPolicy
from connector.sla.resolution import ResolutionDue, resolve
from connector.sla.responses import Due, emergency_response, normal_response
from connector.sla.tables import Response
from connector.sla.wording import moment_words, window_words

__all__ = ["SlaPolicy", "reckon"]


def reckon(
    policy: SlaPolicy,
    received_at: datetime,
    priority: Priority,
    *,
    emergency: bool,
    desired: Desired | None,
) -> DueDates:
    """Return the due dates of a request, in UTC; priority Critical is always an emergency.

    `received_at` and a desired moment carry a time zone. Raises ConfigError when the calendar
    has too few hours, or when the `holidays` library does not know a holiday's name.
    """
    if received_at.utcoffset() is None:
        raise ValueError("received_at has no time zone")
    received = received_at.astimezone(UTC)
    window = policy.calendar.window_of(received)
    sla_class = _class_of(priority, emergency=emergency)
    respond = emergency_response if sla_class is SlaClass.EMERGENCY else normal_response
    remote = respond(policy, received, window, Response.REMOTE)
    onsite = respond(policy, received, window, Response.ONSITE)
    resolution = resolve(policy, sla_class, priority, received, desired)
    due, which = _due_date(policy.file.due_date.rule(sla_class), remote, onsite, resolution)
    return DueDates(
        received=received,
        sla_class=sla_class,
        window=window,
        remote_response=remote.moment,
        onsite_response=onsite.moment,
        resolution=resolution.moment,
        due_date=due,
        steps=(
            _received_step(policy, received, window),
            _class_step(sla_class, priority),
            _response_step(policy, "Remote response", remote),
            _response_step(policy, "Onsite response", onsite),
            *resolution.steps,
            f"Due date of the ticket: {which}, {moment_words(due, policy.zone)}.",
        ),
        desired_unusable=resolution.desired_unusable,
    )


def _class_of(priority: Priority, *, emergency: bool) -> SlaClass:
    if emergency or priority is Priority.CRITICAL:
        return SlaClass.EMERGENCY
    return SlaClass.NORMAL


def _due_date(
    rule: DueDateRule, remote: Due, onsite: Due, resolution: ResolutionDue
) -> tuple[datetime, str]:
    """Return BMS's single `DueDate`, and which of the three it is."""
    if rule is DueDateRule.REMOTE_RESPONSE:
        return remote.moment, "the remote response"
    if rule is DueDateRule.RESOLUTION_ELSE_ONSITE and resolution.moment is not None:
        return resolution.moment, "the resolution"
    return onsite.moment, "the onsite response"


def _received_step(policy: SlaPolicy, received: datetime, window: Window) -> str:
    where = window_words(received, window, policy.calendar, policy.file.windows)
    return f"Received {moment_words(received, policy.zone)}, {where}."


def _class_step(sla_class: SlaClass, priority: Priority) -> str:
    if sla_class is SlaClass.NORMAL:
        return f"Normal request (priority {priority})."
    if priority is Priority.CRITICAL:
        return "Emergency (priority Critical always is one)."
    return f"Emergency (priority {priority})."


def _response_step(policy: SlaPolicy, name: str, due: Due) -> str:
    return f"{name}: {due.words}; due {moment_words(due.moment, policy.zone)}."
