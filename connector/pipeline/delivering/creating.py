"""Delivery: a plan becomes a ticket, its attachments and its internal note."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from connector.domain.plan import Plan, TicketDraft
from connector.domain.request import Attachment, Request
from connector.errors import NameUnresolved, RequestRejected
from connector.pipeline.accounts.opening import open_for
from connector.pipeline.deciding.course import Traces
from connector.pipeline.deciding.decide import TICKET
from connector.pipeline.deciding.traces import remember
from connector.pipeline.delivering.once import Made, Once
from connector.pipeline.services import Services
from connector.ports import Intent, TicketGateway

log = structlog.get_logger()

ATTACHMENT = "attachment"
INTERNAL_NOTE = "internal note"

SEARCH_BACK = timedelta(hours=26)
"""How far before the first attempt a lost ticket is searched for (DESIGN section 9)."""


def deliver(services: Services, plan: Plan, traces: Traces, request: Request) -> None:
    """Carry out the plan of a request; a re-run goes on where an earlier one stopped."""
    once = Once(services, plan.key)
    ticket_id = _create_ticket(once, plan)
    remember(services, plan.key, traces, ticket_id)
    remarks = [once.remark(TICKET)]
    for attachment in plan.attachments:
        remarks += upload(once, ticket_id, attachment, find_attachment)
    access = open_for(services, request, plan)
    note = "\n".join(filter(None, [access, plan.internal_note, *remarks]))
    if note:
        add_internal_note(once, ticket_id, note)


def _create_ticket(once: Once, plan: Plan) -> int:
    gateway = once.services.gateway
    find = partial(find_ticket, once.services, plan.draft.reference)
    remarks: list[str] = []
    refusal: RequestRejected | None = None
    for how, draft in _drafts(plan):
        if refusal is not None:
            remarks.append(f"Sent again {how}, since {refusal.message}")
        make = partial(_create, gateway, draft)
        try:
            return once.make(TICKET, find=find, make=make, remark="\n".join(remarks))
        except RequestRejected as error:
            log.info("BMS refused the ticket", reason=error.message)
            refusal = error
    raise refusal or RequestRejected("there was no draft to send")


def _create(gateway: TicketGateway, draft: TicketDraft) -> Made:
    return Made.of_ticket(gateway.create_ticket(draft))


def _drafts(plan: Plan) -> Iterator[tuple[str, TicketDraft]]:
    """Yield the drafts to send in turn until BMS takes one, each with how it differs."""
    yield "as planned", plan.draft
    if plan.draft.custom_fields:
        yield "without its custom fields", replace(plan.draft, custom_fields={})
    yield "on plain defaults", plan.plain_draft()


FindFile = Callable[[Services, int, str, Intent], Made | None]
"""Searches a ticket for the file of this name that an unclear upload may have left there."""


def upload(once: Once, ticket_id: int, attachment: Attachment, find_file: FindFile) -> list[str]:
    """Upload one file; return a remark if BMS will not have it."""
    gateway = once.services.gateway
    operation = upload_of(attachment)
    refusal = once.refusal(operation)
    if refusal is None:
        try:
            once.make(
                operation,
                find=partial(find_file, once.services, ticket_id, attachment.name),
                make=lambda: Made(gateway.attach(ticket_id, attachment)),
            )
        except RequestRejected as error:
            refusal = error.message
    if refusal is None:
        return []
    return [f"BMS refused the attachment {attachment.name}: {refusal}. It is kept in the ledger."]


def add_internal_note(once: Once, ticket_id: int, text: str) -> None:
    """Add the internal note of a request; the ticket stands without it if BMS will not have it."""
    gateway = once.services.gateway
    reference = note_reference(once.key)

    def make() -> Made:
        at = once.services.clock()
        return Made(gateway.add_internal_note(ticket_id, text, reference=reference, at=at))

    try:
        find = partial(find_note, once.services, ticket_id, reference)
        once.make(INTERNAL_NOTE, find=find, make=make)
    except (RequestRejected, NameUnresolved) as refusal:
        # The ticket stands without its note; what it would have said is in the ledger.
        once.services.ledger.note(
            once.key,
            step="deliver",
            text=f"the internal note could not be added ({refusal.message}): {text}",
            stamp=once.services.stamp(),
        )


# --- what an earlier attempt may have made ---------------------------------------------------


def upload_of(attachment: Attachment) -> str:
    """Return the name of the operation that uploads a file."""
    return f"{ATTACHMENT} {attachment.name}"


def note_reference(key: str) -> str:
    """Return the reference with which the internal note of a request ends."""
    return f"{key}-note"


def find_ticket(services: Services, reference: str, intent: Intent) -> Made | None:
    """Search BMS for the ticket of an unclear creation."""
    ticket = services.gateway.find_ticket(
        reference,
        created_from=intent.first_attempt_at - SEARCH_BACK,
        created_to=services.clock(),
    )
    return Made.of_ticket(ticket) if ticket else None


def find_attachment(services: Services, ticket_id: int, name: str, _intent: Intent) -> Made | None:
    """Search a ticket for the file of an unclear upload."""
    found = services.gateway.find_attachment(ticket_id, name)
    return Made(found) if found else None


def find_note(services: Services, ticket_id: int, reference: str, _intent: Intent) -> Made | None:
    """Search a ticket for the note of an unclear call."""
    found = services.gateway.find_note(ticket_id, reference)
    return Made(found) if found else None
