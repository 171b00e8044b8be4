"""Carrying out a note on a ticket: priority, note and status, files, and the internal note."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from connector.domain.tenant import Named
from connector.errors import RequestRejected
from connector.pipeline.deciding.course import Append
from connector.pipeline.deciding.decide import NOTE_ON
from connector.pipeline.deciding.traces import remember
from connector.pipeline.delivering.creating import add_internal_note, find_note, upload
from connector.pipeline.delivering.once import Made, Once
from connector.pipeline.services import Services
from connector.pipeline.writeback.answering import take_in_answer
from connector.ports import Intent

log = structlog.get_logger()

PRIORITY = "raise of the priority"
CLOCKS_APART = timedelta(minutes=10)
"""How far BMS's clock may lie from ours."""


def append(services: Services, note: Append) -> None:
    """Carry out a note on a ticket; a re-run goes on where an earlier one stopped."""
    once = Once(services, note.key)
    if not once.is_done(operation_of(note)):
        _take_in_facts(once, note)
    remarks = [*_add_note(once, note), *_not_raised(once, note)]
    remember(services, note.key, note.traces, note.ticket.id)
    find_file = partial(find_file_of, note.key)
    for attachment in note.attachments:
        remarks += upload(once, note.ticket.id, attachment, find_file)
    internal = "\n".join(filter(None, [note.internal_note, *remarks]))
    if internal:
        add_internal_note(once, note.ticket.id, internal)


def operation_of(note: Append) -> str:
    """Return the name of the operation that adds the note."""
    return f"{NOTE_ON}{note.ticket.id}"


def reference_of(note: Append) -> str:
    """Return the reference with which the note ends."""
    return note.key


# --- an emergency, a desired date ------------------------------------------------------------


def _take_in_facts(once: Once, note: Append) -> None:
    """Let the due dates follow what the answer says, and raise the priority if it says so.

    The ledger knows first: a priority that was raised while nobody knows why would be reckoned
    from another moment.
    """
    if note.facts is None:
        return
    priority = note.raise_to or note.ticket.priority
    take_in_answer(once.services, note.ticket, priority, note.facts, note.key)
    if note.raise_to is None:
        return
    set_priority = partial(_set_priority, once.services, note.ticket.id, note.raise_to)
    try:
        once.repeat_until_done(PRIORITY, set_priority)
    except RequestRejected as error:
        log.warning("the priority was not raised", reason=error.message)
        take_in_answer(once.services, note.ticket, note.ticket.priority, note.facts, note.key)


def _not_raised(once: Once, note: Append) -> list[str]:
    """Return what a person has to do where BMS did not take the priority."""
    refusal = once.refusal(PRIORITY)
    if refusal is None:
        return []
    wanted = note.raise_to.name if note.raise_to else "Critical"
    return [f"The priority could not be set to {wanted}: {refusal}. Please set it."]


def _set_priority(services: Services, ticket_id: int, wanted: Named) -> int:
    if services.gateway.set_priority(ticket_id, wanted) is None:
        raise RequestRejected("BMS answered well and shows another one")
    return wanted.id


# --- the note --------------------------------------------------------------------------------


def _add_note(once: Once, note: Append) -> list[str]:
    """Add the note, with the status if BMS takes it; return a remark if it does not."""
    find = partial(find_earlier_note, once.services, note)
    try:
        once.make(operation_of(note), find=find, make=partial(_make_note, once.services, note))
    except RequestRejected as refusal:
        if note.status is None:
            raise
        log.info("BMS refused the note", reason=refusal.message)
        remark = f"The status was not set to {note.status.name}, since {refusal.message}"
        plain = replace(note, status=None)
        make = partial(_make_note, once.services, plain)
        once.make(operation_of(note), find=find, make=make, remark=remark)
    remark = once.remark(operation_of(note))
    return [remark] if remark else []


def _make_note(services: Services, note: Append) -> Made:
    gateway, ticket, at = services.gateway, note.ticket, services.clock()
    reference = reference_of(note)
    if note.is_internal:
        note_id = gateway.add_internal_note(ticket.id, note.text, reference=reference, at=at)
    else:
        note_id = gateway.add_client_note(
            ticket.id, note.text, reference=reference, at=at, status=note.status
        )
    return Made(note_id, note.ticket_ref)


# --- what an earlier attempt may have made ---------------------------------------------------


def find_earlier_note(services: Services, note: Append, intent: Intent) -> Made | None:
    """Search the ticket for the note of an unclear call."""
    found = find_note(services, note.ticket.id, reference_of(note), intent)
    return Made(found.id, note.ticket_ref) if found else None


def find_file_of(
    key: str, services: Services, ticket_id: int, name: str, intent: Intent
) -> Made | None:
    """Search a ticket for the file of an unclear upload, among others of the same name.

    Every mail of a program that signs with a picture brings an `image001.png`.
    """
    found = services.gateway.find_attachment(
        ticket_id,
        name,
        since=intent.first_attempt_at - CLOCKS_APART,
        besides=services.ledger.uploads_of_others(ticket_id, key),
    )
    return Made(found) if found else None
