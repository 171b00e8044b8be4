"""Custom fields of tickets and their values, which travel as texts."""

from collections.abc import Sequence
from typing import Any

from connector.sandbox.calls import Call, Handler, Listing, Refused, not_found
from connector.sandbox.contract.checking import parse_moment
from connector.sandbox.operations.attachments import TICKETS, find_ticket
from connector.sandbox.tenant import CustomField, Tenant

DATE = 3


def list_fields(call: Call) -> Listing:
    """List the custom fields of tickets, inactive ones only when asked for."""
    if call.id("moduleId") != TICKETS:
        raise not_found(f"Module {call.id('moduleId')}")
    found = [
        field
        for field in call.store.tenant.custom_fields
        if field.is_active or call.query.get("withInactive")
    ]
    return Listing(found, _show_field)


def list_values(call: Call) -> Listing:
    """List the values of a ticket's custom fields; those without a value have null."""
    values = call.store.custom_values[find_ticket(call, "objectId")]
    active = [field for field in call.store.tenant.custom_fields if field.is_active]
    return Listing(active, lambda field: _show_value(field, values.get(field.id)))


def set_value(call: Call) -> dict[str, Any]:
    """Write one value of one ticket."""
    ticket_id = find_ticket(call, "entityId")
    field_id, value = call.id("customFieldId"), call.body.get("Value")
    if found := problems(call.store.tenant, [{"CustomFieldId": field_id, "Data": value}]):
        raise Refused("The value was not written", *found)
    call.store.custom_values[ticket_id][field_id] = value
    return {
        "Id": ticket_id * 10 + field_id,
        "CreatedOn": call.now,
        "ModifiedOn": call.now,
        "Value": value,
        "EntityId": ticket_id,
        "CustomFieldName": _field(call.store.tenant, field_id).name,
        "CustomFieldId": field_id,
        "ModuleName": "Tickets",
        "ModuleId": TICKETS,
    }


def problems(tenant: Tenant, values: Sequence[dict[str, Any]]) -> list[str]:
    """Return a sentence for every value that is for no active field, or no date in a date field."""
    known = {field.id: field for field in tenant.custom_fields if field.is_active}
    found = []
    for value in values:
        field = known.get(value.get("CustomFieldId", 0))
        if field is None:
            found.append(f"CustomFieldId {value.get('CustomFieldId')} does not exist")
        elif field.data_type == DATE and not _is_date(value.get("Data")):
            found.append(f"'{value.get('Data')}' is not a date for {field.name}")
    return found


def missing(tenant: Tenant, values: Sequence[dict[str, Any]]) -> list[str]:
    """Return a sentence for every required field that has no value."""
    given = {value.get("CustomFieldId") for value in values if value.get("Data")}
    return [
        f"The custom field {field.name} is required"
        for field in tenant.custom_fields
        if field.is_active and field.is_required and field.id not in given
    ]


def _is_date(text: str | None) -> bool:
    if not text:
        return True
    try:
        parse_moment(text, zone_needed=False)
    except ValueError:
        return False
    return True


def _field(tenant: Tenant, field_id: int) -> CustomField:
    return next(field for field in tenant.custom_fields if field.id == field_id)


def _show_field(field: CustomField) -> dict[str, Any]:
    return {
        "Id": field.id,
        "Name": field.name,
        "DataType": field.data_type,
        "IsRequired": field.is_required,
        "IsActive": field.is_active,
        "Settings": [],
    }


def _show_value(field: CustomField, value: str | None) -> dict[str, Any]:
    return {
        "Id": field.id,
        "Name": field.name,
        "Data": value,
        "CustomFieldType": field.data_type,
        "CustomFieldId": field.id,
    }


HANDLERS: dict[str, Handler] = {
    "GET /v2/system/customFields/{moduleId}": list_fields,
    "GET /v2/system/customFields/{moduleId}/{objectId}": list_values,
    "PUT /v2/system/customFields/data/{moduleId}/{entityId}/{customFieldId}": set_value,
}
