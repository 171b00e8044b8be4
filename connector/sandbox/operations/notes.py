"""Notes on tickets."""

import base64
import binascii
from typing import Any

from connector.sandbox.calls import Call, Handler, Listing, Refused
from connector.sandbox.operations import attachments, tickets
from connector.sandbox.state import Attachment, Note, Store


def list_notes(call: Call) -> Listing:
    """List the notes of a ticket, oldest first."""
    ticket = tickets.find(call)
    return Listing(call.store.notes_of(ticket["Id"]), lambda note: show(call.store, note))


def add_note(call: Call) -> dict[str, Any]:
    """Add a note, with files in it, and set the ticket's status where one is given."""
    ticket = tickets.find(call)
    body = call.body
    if problems := _problems(call.store, body):
        raise Refused("The note was not added", *problems)
    files = [_decoded(call, ticket["Id"], item) for item in body.get("Attachments") or []]
    for file in files:
        call.store.attachments[file.id] = file
    note = Note(
        id=call.store.new_id(),
        ticket_id=ticket["Id"],
        details=body["Details"],
        is_internal=body["IsInternal"],
        type_id=body["TypeId"],
        created_at=call.now,
        attachment_ids=[file.id for file in files],
    )
    call.store.notes[note.id] = note
    if body.get("StatusId") is not None:
        tickets.change(call, ticket, {"StatusId": body["StatusId"]})
    ticket["LastActivityUpdate"] = call.now
    return show(call.store, note)


def show(store: Store, note: Note) -> dict[str, Any]:
    """Return a note under the names of TicketNoteOutputDto, which has no NoteDate."""
    kinds = {item.id: item.name for item in store.tenant.note_types}
    user = store.tenant.user
    return {
        "Id": note.id,
        "CreatedBy": user.id,
        "CreatedByName": user.name,
        "CreatedByEmail": user.email,
        "CreatedOn": note.created_at,
        "Details": note.details,
        "IsInternal": note.is_internal,
        "TypeId": note.type_id,
        "TypeName": kinds.get(note.type_id),
        "Attachments": [
            attachments.show(store, store.attachments[file_id]) for file_id in note.attachment_ids
        ],
    }


def _problems(store: Store, body: dict[str, Any]) -> list[str]:
    problems = []
    if body["TypeId"] not in {item.id for item in store.tenant.note_types if item.is_active}:
        problems.append(f"TypeId {body['TypeId']} does not exist")
    status = body.get("StatusId")
    if status not in {None, *(item.id for item in store.tenant.statuses if item.is_active)}:
        problems.append(f"StatusId {status} does not exist")
    if body.get("TempAttachments") or body.get("AttachmentIds"):
        problems.append("Attachments that were uploaded before do not exist")
    return problems


def _decoded(call: Call, ticket_id: int, item: dict[str, Any]) -> Attachment:
    try:
        content = base64.b64decode(item["Base64Data"], validate=True)
    except binascii.Error:
        raise Refused(f"Base64Data of {item['Name']} is not base64") from None
    attachments.check_size(call.store, item["Name"], content)
    return Attachment(call.store.new_id(), ticket_id, item["Name"], item["Type"], content, call.now)


HANDLERS: dict[str, Handler] = {
    "GET /v2/servicedesk/tickets/{ticketId}/notes": list_notes,
    "POST /v2/servicedesk/tickets/{ticketId}/notes": add_note,
}
