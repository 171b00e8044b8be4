"""The creating calls that delivery would make for a plan, for whoever wants to see them first."""

from collections.abc import Iterator, Mapping
from functools import partial

from connector.domain import Plan
from connector.pipeline.delivery import (
    INTERNAL_NOTE,
    TICKET,
    find_attachment,
    find_note,
    find_ticket,
    note_reference,
    upload_of,
)
from connector.pipeline.once import Once
from connector.pipeline.services import Services

Call = Mapping[str, object]


def planned_calls(services: Services, plan: Plan) -> list[Call]:
    """Return the calls as they would be made now, unless BMS refuses one.

    What an earlier attempt made is left out; after an unclear one BMS is searched, as delivery
    would do. Raises `Settling` when that is too early, and what the gateway raises.
    """
    once = Once(services, plan.key)
    find = partial(find_ticket, services, plan.draft.reference)
    made = once.made_earlier(TICKET, find)
    calls: list[Call] = []
    if made is None:
        body = services.gateway.planned_ticket(plan.draft)
        calls.append(_call(plan, "POST /v2/servicedesk/tickets", body))
    ticket_id = made.id if made else None
    calls += _uploads(once, plan, ticket_id)
    calls += _note(once, plan, ticket_id)
    return calls


def _uploads(once: Once, plan: Plan, ticket_id: int | None) -> Iterator[Call]:
    for attachment in plan.attachments:
        operation = upload_of(attachment)
        if ticket_id is not None:
            find = partial(find_attachment, once.services, ticket_id, attachment.name)
            if once.refusal(operation) or once.made_earlier(operation, find):
                continue
        file = {"formFile": attachment.name, "bytes": attachment.size}
        yield _call(plan, "POST /v2/system/attachments/{moduleId}/{objectId}", file)


def _note(once: Once, plan: Plan, ticket_id: int | None) -> Iterator[Call]:
    remark = "" if ticket_id is None else once.remark(TICKET)
    text = "\n".join(filter(None, [plan.internal_note, remark]))
    if not text:
        return
    if ticket_id is not None:
        find = partial(find_note, once.services, ticket_id, note_reference(plan.key))
        if once.made_earlier(INTERNAL_NOTE, find):
            return
    body = {"Details": text, "IsInternal": True}
    yield _call(plan, "POST /v2/servicedesk/tickets/{ticketId}/notes", body)


def _call(plan: Plan, call: str, body: Mapping[str, object]) -> Call:
    return {"request": plan.key, "call": call, "body": body}
