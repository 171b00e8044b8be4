"""The creating calls that delivery would make for a plan, for whoever wants to see them first."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from connector.domain.request import Attachment
from connector.pipeline.accounts.opening import planned_words
from connector.pipeline.deciding.course import Append, Course, NewTicket, SetAside
from connector.pipeline.deciding.decide import TICKET
from connector.pipeline.delivering.appending import (
    PRIORITY,
    find_earlier_note,
    find_file_of,
    operation_of,
)
from connector.pipeline.delivering.creating import (
    INTERNAL_NOTE,
    FindFile,
    find_attachment,
    find_note,
    find_ticket,
    note_reference,
    upload_of,
)
from connector.pipeline.delivering.once import Once
from connector.pipeline.services import Services

Call = Mapping[str, object]

ADD_NOTE = "POST /v2/servicedesk/tickets/{ticketId}/notes"


def planned_calls(services: Services, course: Course) -> list[Call]:
    """Return the calls as they would be made now, unless BMS refuses one.

    What an earlier attempt made is left out; after an unclear one BMS is searched, as delivery
    would do. Raises `Settling` when that is too early, and what the gateway raises.
    """
    if isinstance(course, SetAside):
        return []
    if isinstance(course, Append):
        return _of_note(services, course)
    return _of_ticket(services, course)


def _of_ticket(services: Services, course: NewTicket) -> list[Call]:
    plan = course.plan
    once = Once(services, plan.key)
    find = partial(find_ticket, services, plan.draft.reference)
    made = once.made_earlier(TICKET, find)
    calls: list[Call] = []
    if made is None:
        body = services.gateway.planned_ticket(plan.draft)
        calls.append(_call(plan.key, "POST /v2/servicedesk/tickets", body))
    ticket_id = made.id if made else None
    calls += _uploads(once, plan.attachments, ticket_id, find_attachment)
    remark = "" if ticket_id is None else once.remark(TICKET)
    access = planned_words(course.request, plan)
    text = "\n".join(filter(None, [access, plan.internal_note, remark]))
    calls += _internal_note(once, text, ticket_id)
    return calls


def _of_note(services: Services, note: Append) -> list[Call]:
    once = Once(services, note.key)
    ticket_id = note.ticket.id if note.ticket.id > 0 else None
    find = partial(find_earlier_note, services, note)
    made = once.made_earlier(operation_of(note), find)
    calls: list[Call] = []
    if made is None:
        calls += _priority(once, note)
        body: dict[str, object] = {"Details": note.text, "IsInternal": note.is_internal}
        if note.status is not None:
            body["StatusId"] = note.status.id
        calls.append(_call(note.key, ADD_NOTE, body))
    calls += _uploads(once, note.attachments, ticket_id, partial(find_file_of, note.key))
    remark = once.remark(operation_of(note))
    text = "\n".join(filter(None, [note.internal_note, remark]))
    calls += _internal_note(once, text, ticket_id)
    return calls


def _priority(once: Once, note: Append) -> Iterator[Call]:
    if note.raise_to is None or once.is_done(PRIORITY):
        return
    change = {"op": "replace", "path": "priorityId", "value": note.raise_to.id}
    yield _call(note.key, "PATCH /v2/servicedesk/tickets/{ticketId}", change)


def _uploads(
    once: Once, attachments: Sequence[Attachment], ticket_id: int | None, find_file: FindFile
) -> Iterator[Call]:
    for attachment in attachments:
        operation = upload_of(attachment)
        if ticket_id is not None:
            find = partial(find_file, once.services, ticket_id, attachment.name)
            if once.refusal(operation) or once.made_earlier(operation, find):
                continue
        file = {"formFile": attachment.name, "bytes": attachment.size}
        yield _call(once.key, "POST /v2/system/attachments/{moduleId}/{objectId}", file)


def _internal_note(once: Once, text: str, ticket_id: int | None) -> Iterator[Call]:
    if not text:
        return
    if ticket_id is not None:
        find = partial(find_note, once.services, ticket_id, note_reference(once.key))
        if once.made_earlier(INTERNAL_NOTE, find):
            return
    yield _call(once.key, ADD_NOTE, {"Details": text, "IsInternal": True})


def _call(key: str, call: str, body: Mapping[str, object]) -> Call:
    return {"request": key, "call": call, "body": body}
