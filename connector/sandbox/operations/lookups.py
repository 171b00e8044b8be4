"""The tenant's lists: statuses, priorities, queues, types, templates and the like."""

from collections.abc import Callable, Sequence
from typing import Any

from connector.sandbox.calls import Call, Handler, Listing, not_found
from connector.sandbox.tenant import Employee, Item, Role, Status, Tenant


def _show_name(item: Item) -> dict[str, Any]:
    return {"Id": item.id, "Name": item.name}


def _show_active(item: Item) -> dict[str, Any]:
    return {**_show_name(item), "IsActive": item.is_active}


def _show_lookup(item: Item) -> dict[str, Any]:
    return {**_show_active(item), "IsDefault": item.is_default}


def _show_priority(item: Item) -> dict[str, Any]:
    return {**_show_name(item), "IsDefault": item.is_default}


def _show_status(status: Status) -> dict[str, Any]:
    shown = _show_active(status)
    return {**shown, "StatusOrder": status.order, "IsSystemStatus": int(status.is_system)}


def _show_role(role: Role) -> dict[str, Any]:
    return {
        **_show_name(role),
        "isActive": role.is_active,
        "isSystem": True,
        "isExternal": role.is_external,
    }


def _show_employee(employee: Employee) -> dict[str, Any]:
    return {**_show_name(employee), "EmailAddress": employee.email}


def _lookup(
    items: Callable[[Tenant], Sequence[Item]], show: Callable[[Any], dict[str, Any]]
) -> Handler:
    return lambda call: Listing(items(call.store.tenant), show)


def _named(items: Sequence[Item], part: str | None) -> list[Item]:
    return [item for item in items if not part or part.lower() in item.name.lower()]


def issue_types(call: Call) -> Listing:
    """List issue types, all or those whose name holds Filter.Name."""
    return Listing(
        _named(call.store.tenant.issue_types, call.query.get("Filter.Name")), _show_active
    )


def sub_issue_types(call: Call) -> Listing:
    """List the sub-issue types of one issue type."""
    wanted = call.id("issueTypeId")
    for issue_type in call.store.tenant.issue_types:
        if issue_type.id == wanted:
            return Listing(issue_type.subtypes, _show_name)
    raise not_found(f"Issue type {wanted}")


def table(call: Call) -> Listing:
    """List a table by its name; unknown names are 404."""
    return _table(call, call.behaviour.lookup_tables)


def tenant_table(call: Call) -> Listing:
    """List a table of the tenant's own; which tables are where, the vendor does not say."""
    return _table(call, call.behaviour.tenant_lookup_tables)


def _table(call: Call, known: Sequence[str]) -> Listing:
    wanted = call.path["tableName"]
    for name, items in call.store.tenant.tables().items():
        if name in known and name.lower() == wanted.lower():
            return Listing(items, _show_lookup)
    raise not_found(f"Lookup table '{wanted}'")


def roles(call: Call) -> Listing:
    """List security roles, all or those whose name holds Name."""
    return Listing(_named(call.store.tenant.roles, call.query.get("Name")), _show_role)


def assignees(call: Call) -> Listing:
    """List employees to whom tickets can be assigned."""
    found = _named(call.store.tenant.employees, call.query.get("Filter.Name"))
    return Listing(found, _show_employee)


def template(call: Call) -> dict[str, Any]:
    """Show one ticket template, with ids."""
    wanted = call.id("templateId")
    for item in call.store.tenant.templates:
        if item.id == wanted:
            return {
                "Id": item.id,
                "Name": item.name,
                "Title": item.title,
                "Details": item.details,
                "IssueTypeId": item.issue_type_id,
                "SubIssueTypeId": item.sub_issue_type_id,
                "PriorityId": item.priority_id,
                "QueueId": item.queue_id,
                "AccountId": item.account_id,
                "TicketTypeId": item.ticket_type_id,
                "WorkTypeId": item.work_type_id,
            }
    raise not_found(f"Ticket template {wanted}")


HANDLERS: dict[str, Handler] = {
    "GET /v2/system/statuses/lookup": _lookup(lambda tenant: tenant.statuses, _show_status),
    "GET /v2/system/priorities/lookup": _lookup(lambda tenant: tenant.priorities, _show_priority),
    "GET /v2/system/queues/lookup": _lookup(lambda tenant: tenant.queues, _show_active),
    "GET /v2/system/issuetypes/lookup": issue_types,
    "GET /v2/system/issuetypes/{issueTypeId}/issuesubtypes/lookup": sub_issue_types,
    "GET /v2/system/slas/lookup": _lookup(lambda tenant: tenant.slas, _show_lookup),
    "GET /v2/system/worktypes/lookup": _lookup(lambda tenant: tenant.work_types, _show_lookup),
    "GET /v2/system/lookup/{tableName}": table,
    "GET /v2/system/tenantlookup/{tableName}": tenant_table,
    "GET /v2/admin/security/roles/lookup": roles,
    "GET /v2/hr/assignees/lookup": assignees,
    "GET /v2/servicedesk/templates/tickets/lookup": _lookup(
        lambda tenant: tenant.templates, _show_name
    ),
    "GET /v2/servicedesk/templates/tickets/{templateId}": template,
}
