"""Tickets: create, read, change, delete."""

from datetime import timedelta
from typing import Any

from connector.sandbox.calls import Call, Handler, Refused, not_found
from connector.sandbox.contract import requests
from connector.sandbox.operations import custom_fields, references, workflows
from connector.sandbox.operations.patching import patched_fields
from connector.sandbox.state import Store, Ticket
from connector.sandbox.tenant import Item

_NOT_KEPT = {"CustomFieldsData", "TempAttachments", "UseDefaultContract"}
"""Fields of a request that are not fields of the ticket."""

_CLOCKS = {
    "StatusId": "LastStatusUpdate",
    "PriorityId": "LastPriorityUpdate",
    "QueueId": "LastQueueUpdate",
}


def create(call: Call) -> dict[str, Any]:
    """Create a ticket with all its custom fields, or refuse it and create nothing."""
    body = call.body
    values = body.get("CustomFieldsData") or []
    problems = [
        *references.problems(call.store, body),
        *custom_fields.problems(call.store.tenant, values),
        *custom_fields.missing(call.store.tenant, values),
        *_unknown_files(body),
    ]
    if problems:
        raise Refused("The ticket was not created", *problems)
    ticket = add(call, {name: value for name, value in body.items() if name not in _NOT_KEPT})
    for value in values:
        call.store.custom_values[ticket["Id"]][value["CustomFieldId"]] = value.get("Data")
    answer = show(call.store, ticket)
    workflows.run_on_create(call, ticket)
    return answer


def add(call: Call, fields: dict[str, Any]) -> Ticket:
    """Keep a new ticket; its DueDate is filled in where this BMS does that by itself."""
    hours = call.behaviour.native_due_hours
    if fields.get("DueDate") is None and hours is not None:
        fields = {**fields, "DueDate": fields["OpenDate"] + timedelta(hours=hours)}
    ticket = call.store.add_ticket(fields, call.now)
    note_completion(call, ticket)
    return ticket


def read(call: Call) -> dict[str, Any]:
    """Show a ticket; its custom fields are not part of it."""
    return show(call.store, find(call))


def replace(call: Call) -> dict[str, Any]:
    """Replace a ticket as a whole: what the request leaves out is cleared."""
    ticket = find(call)
    problems = [*references.problems(call.store, call.body), *_unknown_files(call.body)]
    if problems:
        raise Refused("The ticket was not changed", *problems)
    cleared = dict.fromkeys(requests.TICKET.keys() - _NOT_KEPT)
    kept = {name: value for name, value in call.body.items() if name not in _NOT_KEPT}
    change(call, ticket, {**cleared, **kept})
    return show(call.store, ticket)


def patch(call: Call) -> dict[str, Any]:
    """Change single fields of a ticket."""
    ticket = find(call)
    changes = patched_fields(requests.TICKET, call.operations, call.behaviour)
    if refused := changes.keys() & _NOT_KEPT:
        raise Refused(f"{', '.join(sorted(refused))} cannot be patched")
    if problems := references.problems(call.store, {**ticket, **changes}):
        raise Refused("The ticket was not changed", *problems)
    if changes:
        change(call, ticket, changes)
        if call.behaviour.patch_moves_last_activity:
            ticket["LastActivityUpdate"] = call.now
    return show(call.store, ticket)


def delete(call: Call) -> None:
    """Delete a ticket and all that hangs on it."""
    call.store.remove_ticket(find(call)["Id"])


def find(call: Call) -> Ticket:
    """Return the ticket that the path names; raises `Refused`."""
    ticket = call.store.tickets.get(call.id("ticketId"))
    if ticket is None:
        raise not_found(f"Ticket {call.id('ticketId')}")
    return ticket


def change(call: Call, ticket: Ticket, changes: dict[str, Any]) -> None:
    """Apply changes that were checked, and keep the moments of what changed."""
    for name, clock in _CLOCKS.items():
        if name in changes and changes[name] != ticket.get(name):
            ticket[clock] = call.now
    ticket.update(changes)
    ticket["ModifiedOn"] = call.now
    note_completion(call, ticket)
    note_first_response(call, ticket)


def show(store: Store, ticket: Ticket) -> dict[str, Any]:
    """Return a ticket under the names of TicketOutputDto, ids looked up to names."""
    shown = {name: value for name, value in ticket.items() if name != "Ccs"}
    shown["TenantId"] = store.tenant.id
    shown["CCs"] = [_show_cc(cc) for cc in ticket.get("Ccs") or []]
    shown["SecondaryAssignees"] = ticket.get("SecondaryAssignees") or []
    shown["SourceName"] = _name(store.tenant.ticket_sources, ticket.get("SourceId"))
    contact = store.contact(ticket.get("ContactId"))
    if contact is not None:
        shown["ContactEmail"] = contact.address
        shown["ContactPhone"] = contact.phones[0] if contact.phones else None
    return shown | names(store, ticket)


def names(store: Store, ticket: Ticket) -> dict[str, Any]:
    """Return the names that belong to a ticket's ids."""
    tenant = store.tenant
    account = store.account(ticket["AccountId"])
    site = account.location(ticket["LocationId"]) if account else None
    contact = store.contact(ticket.get("ContactId"))
    subtypes = [item for issue_type in tenant.issue_types for item in issue_type.subtypes]
    status = next((item for item in tenant.statuses if item.id == ticket["StatusId"]), None)
    return {
        "AccountName": account.name if account else None,
        "AccountCode": account.code if account else None,
        "LocationName": site.name if site else None,
        "ContactName": contact.name if contact else None,
        "StatusName": status.name if status else None,
        "StatusOrder": status.order if status else None,
        "PriorityName": _name(tenant.priorities, ticket["PriorityId"]),
        "QueueName": _name(tenant.queues, ticket.get("QueueId")),
        "TypeName": _name(tenant.ticket_types, ticket["TypeId"]),
        "IssueTypeName": _name(tenant.issue_types, ticket.get("IssueTypeId")),
        "SubIssueTypeName": _name(subtypes, ticket.get("SubIssueTypeId")),
        "WorkTypeName": _name(tenant.work_types, ticket.get("WorkTypeId")),
        "SLAName": _name(tenant.slas, ticket.get("SLAId")),
        "AssigneeName": _name(tenant.employees, ticket.get("AssigneeId")),
        "CreatedByName": _creator(store, ticket),
    }


def is_completed(store: Store, ticket: Ticket) -> bool:
    """Return whether the ticket's status is the completed one."""
    status_id = ticket["StatusId"]
    return any(item.id == status_id and item.is_completed for item in store.tenant.statuses)


def _creator(store: Store, ticket: Ticket) -> str:
    contact = store.contact(ticket["CreatedBy"])
    return contact.name if contact else store.tenant.user.name


def note_completion(call: Call, ticket: Ticket) -> None:
    """Set or clear the moment of completion, as the status says."""
    if not is_completed(call.store, ticket):
        ticket["CompletedDate"] = None
    elif ticket.get("CompletedDate") is None:
        ticket["CompletedDate"] = call.now


def note_first_response(call: Call, ticket: Ticket) -> None:
    """Keep when the ticket first had a status of the SLA event First Response; no reply does it."""
    responded = {item.id for item in call.store.tenant.statuses if item.is_first_response}
    if ticket["StatusId"] in responded and ticket.get("FirstResponseActualTime") is None:
        ticket["FirstResponseActualTime"] = call.now


def _unknown_files(body: dict[str, Any]) -> list[str]:
    return [
        f"Temporary attachment '{item.get('Alias') or item.get('Name')}' does not exist"
        for item in body.get("TempAttachments") or []
    ]


def _show_cc(cc: dict[str, Any]) -> dict[str, Any]:
    return {name: cc.get(name) for name in ("Id", "EmailAddress", "EntityType")}


def _name(items: list[Any], item_id: int | None) -> str | None:
    found: Item | None = next((item for item in items if item.id == item_id), None)
    return found.name if found else None


HANDLERS: dict[str, Handler] = {
    "POST /v2/servicedesk/tickets": create,
    "GET /v2/servicedesk/tickets/{ticketId}": read,
    "PUT /v2/servicedesk/tickets/{ticketId}": replace,
    "PATCH /v2/servicedesk/tickets/{ticketId}": patch,
    "DELETE /v2/servicedesk/tickets/{ticketId}": delete,
}
