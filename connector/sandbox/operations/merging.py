"""Merging tickets: the sources get the tenant's merge status, the destination goes on."""

from typing import Any
from uuid import uuid4

from connector.sandbox.calls import Call, Handler, Refused
from connector.sandbox.operations import tickets, workflows
from connector.sandbox.state import Ticket
from connector.sandbox.tenant import Status, Tenant


def merge(call: Call) -> dict[str, Any]:
    """Merge tickets into another and name a job, though it is done at once.

    What the vendor does with the notes of a merged ticket is not documented: here they stay.
    """
    body = call.body
    destination = call.store.tickets.get(body.get("DestinationTicketId") or 0)
    ids = list(dict.fromkeys(body.get("SourceTicketIds") or []))
    sources = [call.store.tickets.get(ticket_id) for ticket_id in ids]
    if not body.get("IsMerge"):
        raise Refused("Only merging is known, with IsMerge true")
    if destination is None or not sources or destination in sources or None in sources:
        raise Refused("DestinationTicketId and SourceTicketIds must name different tickets")
    merge_into(call, destination, [source for source in sources if source is not None])
    return {"JobId": str(uuid4())}


def merge_into(call: Call, destination: Ticket, sources: list[Ticket]) -> None:
    """Give the sources the merge status, and note on the destination what they said."""
    status = merge_status(call.store.tenant)
    for source in sources:
        tickets.change(call, source, {"StatusId": status.id})
        source["LastActivityUpdate"] = call.now
        text = f"Merged with {source['TicketNumber']}: {source['Title']}"
        workflows.add_note(call, destination, text)


def merge_status(tenant: Tenant) -> Status:
    """Return the tenant's merge status; the first merge makes it where there is none."""
    for status in tenant.statuses:
        if status.name == tenant.merge_status:
            return status
    last = max(tenant.statuses, key=lambda status: status.id)
    made = Status(last.id + 1, tenant.merge_status, order=last.order + 1)
    tenant.statuses.append(made)
    return made


HANDLERS: dict[str, Handler] = {"POST /v2/servicedesk/tickets/merge": merge}
