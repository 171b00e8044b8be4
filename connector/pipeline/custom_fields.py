"""Our custom fields of a ticket, for tenants that have them (DESIGN sections 6 and 7)."""

from collections.abc import Mapping
from datetime import datetime

from connector.domain import CONNECTOR_REFERENCE, Desired, DueDates
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
) -> dict[int, str]:
    """Return the values by custom field id; `ids` are the tenant's custom fields by name.

    Dates are written as ISO 8601 with the local offset. `Desired Resolution` holds the date
    that the requester named, also for an emergency, and nothing else.
    """
    named = None if due.desired_unusable else _moment(desired, policy)
    dates = {
        REMOTE_RESPONSE_DUE: due.remote_response,
        ONSITE_RESPONSE_DUE: due.onsite_response,
        DESIRED_RESOLUTION: named,
    }
    values = {
        name: moment.astimezone(policy.zone).isoformat(timespec="seconds")
        for name, moment in dates.items()
        if moment is not None
    }
    values[CONNECTOR_REFERENCE] = reference
    by_name = {name.casefold(): field_id for name, field_id in ids.items()}
    return {
        by_name[name.casefold()]: value
        for name, value in values.items()
        if name.casefold() in by_name
    }


def _moment(desired: Desired | None, policy: SlaPolicy) -> datetime | None:
    if desired is None or isinstance(desired, datetime):
        return desired
    return policy.calendar.close_of_operation(desired)
