"""Workflows: what BMS does by itself once a ticket was created (facts, section 3)."""

from connector.sandbox.calls import Call
from connector.sandbox.state import Note, Ticket


def run_on_create(call: Call, ticket: Ticket) -> None:
    """Set the status, and add the note, that `Behaviour` asks for.

    API activity triggers workflows too, and their effect is not in the answer to that call.
    """
    if call.behaviour.status_on_create is not None:
        ticket["StatusId"] = call.store.status(call.behaviour.status_on_create).id
        ticket["LastStatusUpdate"] = call.now
    if call.behaviour.note_on_create is not None:
        add_note(call, ticket, call.behaviour.note_on_create)


def add_note(call: Call, ticket: Ticket, details: str, *, is_internal: bool = True) -> Note:
    """Add a note that did not come over the API; it counts as activity on the ticket."""
    note = Note(
        id=call.store.new_id(),
        ticket_id=ticket["Id"],
        details=details,
        is_internal=is_internal,
        type_id=call.store.tenant.note_types[0].id,
        created_at=call.now,
    )
    call.store.notes[note.id] = note
    ticket["LastActivityUpdate"] = call.now
    return note
