"""Files on tickets."""

from typing import Any

from connector.sandbox.calls import Call, Download, Handler, Listing, Refused, not_found
from connector.sandbox.state import Attachment, Store

TICKETS = 22
"""The module id of tickets (facts, section 3)."""

BYTES_PER_MEGABYTE = 1024 * 1024


def list_attachments(call: Call) -> Listing:
    """List the files of a ticket, oldest first."""
    ticket_id = find_ticket(call, "objectId")
    return Listing(
        call.store.attachments_of(ticket_id), lambda attachment: show(call.store, attachment)
    )


def upload(call: Call) -> Listing:
    """Keep a file; one that exceeds the tenant's limit is refused. Names may repeat."""
    ticket_id = find_ticket(call, "objectId")
    part = call.form.get("formFile")
    if part is None or not part.file_name:
        raise Refused("The formFile field must hold a file with a name")
    check_size(call.store, part.file_name, part.content)
    attachment = Attachment(
        id=call.store.new_id(),
        ticket_id=ticket_id,
        name=part.file_name,
        content_type=part.content_type,
        content=part.content,
        created_at=call.now,
    )
    call.store.attachments[attachment.id] = attachment
    return Listing([attachment], lambda item: show(call.store, item))


def download(call: Call) -> Download:
    """Return the bytes of a file."""
    ticket_id = find_ticket(call, "objectId")
    attachment = call.store.attachments.get(call.id("attachmentId"))
    if attachment is None or attachment.ticket_id != ticket_id:
        raise not_found(f"Attachment {call.id('attachmentId')}")
    return Download(attachment.content, attachment.content_type, attachment.name)


def find_ticket(call: Call, name: str) -> int:
    """Return the id of the ticket that the path names; raises `Refused`."""
    if call.id("moduleId") != TICKETS:
        raise not_found(f"Module {call.id('moduleId')}")
    if call.id(name) not in call.store.tickets:
        raise not_found(f"Ticket {call.id(name)}")
    return call.id(name)


def check_size(store: Store, name: str, content: bytes) -> None:
    """Raise `Refused` when a file exceeds the tenant's limit."""
    limit = store.tenant.maximum_attachment_mb
    if len(content) > limit * BYTES_PER_MEGABYTE:
        raise Refused(f"{name} exceeds the maximum attachment size of {limit} MB")


def show(store: Store, attachment: Attachment) -> dict[str, Any]:
    """Return a file under the names of AttachmentOutputDto."""
    base = f"/v2/system/attachments/{TICKETS}/{attachment.ticket_id}/{attachment.id}"
    return {
        "Id": attachment.id,
        "OriginalFileName": attachment.name,
        "AliasName": f"{attachment.id}-{attachment.name}",
        "FileType": attachment.content_type,
        "ObjectId": attachment.ticket_id,
        "ModuleId": TICKETS,
        "Url": f"{base}/download",
        "CreatedById": store.tenant.user.id,
        "CreatedByName": store.tenant.user.name,
        "CreatedOn": attachment.created_at,
        "IsUploadedToBlob": True,
    }


HANDLERS: dict[str, Handler] = {
    "GET /v2/system/attachments/{moduleId}/{objectId}": list_attachments,
    "POST /v2/system/attachments/{moduleId}/{objectId}": upload,
    "GET /v2/system/attachments/{moduleId}/{objectId}/{attachmentId}/download": download,
}
