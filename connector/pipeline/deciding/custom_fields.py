"""Our custom fields of a ticket, for tenants that have them (DESIGN sections 6 and 7)."""

from collections.abc import Mapping
from datetime import datetime

from connector.domain.due_dates import Desired, DueDates
from connector.domain.tenant import CONNECTOR_REFERENCE
from connector.field_dates import FieldDates, write_field_date
from connector.sla.policy import SlaPolicy

REMOTE_RESPONSE_DUE = "Remote Response Due"
ONSITE_RESPONSE_DUE = "Onsite Response Due"
DESIRED_RESOLUTION = "Desired Resolution"


def custom_field_values(
    reference: str,
    due: DueDates,
    desired: Desired | None,
    policy: SlaPolicy,
    ids: Mapping[str, int],
    dates: FieldDates = FieldDates.ISO,
) -> dict[int, str]:
    """Return the values by custom field id; `ids` are the tenant's custom fields by name."""
    named = None if due.desired_unusable else desired_moment(desired, policy)
    values = due_date_values(due.remote_response, due.onsite_response, named, policy, ids, dates)
    return {**values, **_by_field_id({CONNECTOR_REFERENCE: reference}, ids)}


def due_date_values(
    remote_response: datetime,
    onsite_response: datetime,
    desired: datetime | None,
    policy: SlaPolicy,
    ids: Mapping[str, int],
    dates: FieldDates = FieldDates.ISO,
) -> dict[int, str]:
    """Return the values of those fields that hold dates, by custom field id.

    Moments are written as `dates` says, local to the help desk. `Desired Resolution` holds the
    date that the requester named, also for an emergency, and nothing else.
    """
    moments = {
        REMOTE_RESPONSE_DUE: remote_response,
        ONSITE_RESPONSE_DUE: onsite_response,
        DESIRED_RESOLUTION: desired,
    }
    written = {
        name: write_field_date(moment, dates, policy.zone)
        for name, moment in moments.items()
        if moment is not None
    }
    return _by_field_id(written, ids)


def _by_field_id(values: Mapping[str, str], ids: Mapping[str, int]) -> dict[int, str]:
    by_name = {name.casefold(): field_id for name, field_id in ids.items()}
    return {
        by_name[name.casefold()]: value
        for name, value in values.items()
        if name.casefold() in by_name
    }


def desired_moment(desired: Desired | None, policy: SlaPolicy) -> datetime | None:
    """Return a desired resolution as a moment; a day without a time ends with its operation."""
    if desired is None or isinstance(desired, datetime):
        return desired
    return policy.calendar.close_of_operation(desired)
