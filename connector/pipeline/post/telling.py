"""What is told to whom on the way of a request; delivery calls this, and sends nothing itself."""

import structlog

from connector.domain.request import Request
from connector.domain.tenant import TicketRef
from connector.pipeline.deciding.course import Append, Course, NewTicket, SetAside
from connector.pipeline.post.acknowledging import acknowledge
from connector.pipeline.post.alerting import (
    alert_of_plan,
    alert_parked,
    alert_ticket,
    alert_undecided,
    known_client,
)
from connector.pipeline.post.known_letters import know_letters
from connector.pipeline.services import Services
from connector.ports import RequestRecord

log = structlog.get_logger()


def when_undecided(services: Services, request: Request, key: str) -> None:
    """Queue the alerts of what may be an emergency, since BMS cannot be asked about it."""
    alert_undecided(services, key, request)


def before_delivery(services: Services, request: Request, course: Course) -> None:
    """Queue the alerts of an emergency, whatever BMS will say to it."""
    if services.post is None or not course.emergency:
        return
    key = _key_of(course)
    if isinstance(course, NewTicket):
        account, due = course.plan.draft.account, course.plan.due
        alert_of_plan(services, key, course.request, account, due)
    elif isinstance(course, Append):
        alert_of_plan(services, key, request, course.ticket.account, course.due)


def after_delivery(services: Services, course: Course) -> None:
    """Queue what can be told once the ticket is known, also where delivery did not get further."""
    if services.post is None or isinstance(course, SetAside):
        return
    key = _key_of(course)
    record = services.ledger.get(key)
    if record is None or record.ticket_id is None or not record.ticket_number:
        return
    due = course.plan.due if isinstance(course, NewTicket) else course.due
    if course.emergency:
        is_known = isinstance(course, NewTicket) and known_client(
            course.plan.draft.account, services.rulebook
        )
        phone = record.contact_phone if is_known else ""
        ticket = TicketRef(record.ticket_id, record.ticket_number, contact_phone=phone)
        alert_ticket(services, key, ticket, due)
    if isinstance(course, NewTicket):
        acknowledge(services, course.request, course.plan)
    know_letters(services, key, record.ticket_id)


def when_parked(services: Services, record: RequestRecord, reason: str) -> None:
    """Queue that an emergency waits for a person, before it is settled so."""
    alert_parked(services, record, reason)


def _key_of(course: Course) -> str:
    return course.plan.key if isinstance(course, NewTicket) else course.key
