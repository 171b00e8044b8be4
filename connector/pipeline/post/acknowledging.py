"""Acknowledgements: who gets one for a new ticket, and what it says (DESIGN section 6)."""

from datetime import datetime, timedelta

import structlog

from connector.domain.due_dates import Window
from connector.domain.mail import Mailbox, Origin, Verdict
from connector.domain.plan import Plan
from connector.domain.request import Request
from connector.domain.tenant import Named
from connector.mapping.clients import is_account, is_staff
from connector.mapping.domains import normal_address
from connector.mapping.machine_rules import is_machine_mail
from connector.mapping.message_templates import TEXT as ACKNOWLEDGEMENT
from connector.mapping.message_templates import AcknowledgementWords, Message, unfilled
from connector.mapping.missing_details import missing_details
from connector.mapping.render import one_line
from connector.mapping.triage import Triage, triage
from connector.pipeline.post.office import KEPT, MAIL, AcknowledgementRules, PostOffice
from connector.pipeline.rulebook import Rulebook
from connector.pipeline.services import Services
from connector.ports import RequestRecord
from connector.ports.post import Letter, Limit, PostKind
from connector.sla.wording import day_words, minute_words, minutes_words

log = structlog.get_logger()

LIMITS = (
    Limit(5, timedelta(hours=1), "5 an hour to this address"),
    Limit(10, timedelta(days=1), "10 a day to this address"),
)

MAX_TITLE = 120


def acknowledge(services: Services, request: Request, plan: Plan) -> None:
    """Put the acknowledgement of a new ticket into the outbox, once, if it is to have one.

    Does nothing as long as the ticket's number is not known.
    """
    post = services.post
    record = services.ledger.get(plan.key)
    if post is None or post.acknowledgements is None or record is None:
        return
    if record.ticket_id is None or not record.ticket_number:
        return
    why_not = why_unanswered(
        request,
        plan.draft.account,
        services.rulebook,
        post.acknowledgements,
        services.clock(),
        is_imported=post.is_imported(request.source, request.received_at),
    )
    if why_not is not None:
        _tell_once(services, plan.key, f"no acknowledgement: {why_not}")
        return
    words = acknowledgement_words(
        request, plan, record, services.rulebook, post.acknowledgements, services.clock()
    )
    try:
        message = post.templates.acknowledgement(words)
    except Exception as error:  # a template of the user's may fail in any way
        why_not = unfilled(ACKNOWLEDGEMENT, error)
        post.problems.append(f"request {plan.key} was not acknowledged, since {why_not}")
        _tell_once(services, plan.key, f"no acknowledgement: {why_not}")
        return
    letter = _letter(post, request, plan, message)
    if post.outbox.post(letter, LIMITS, stamp=services.stamp()):
        log.info("acknowledgement queued")


def why_unanswered(
    request: Request,
    account: Named,
    book: Rulebook,
    rules: AcknowledgementRules,
    now: datetime,
    *,
    is_imported: bool = False,
) -> str | None:
    """Return why a new ticket on `account` is not acknowledged; None when it is.

    `is_imported` as in `PostOffice`.
    """
    writer = writer_of(request)
    if writer is None or not writer.address:
        return "it names no sender"
    is_stranger = is_account(account, book.catch_all_account)
    reasons = (
        (request.order is not None, "staff recorded it"),
        (normal_address(writer.address) in rules.own_addresses, "its sender is one of our own"),
        (request.source in rules.quiet_sources, f"source {request.source} is not acknowledged"),
        (is_imported, "it came before the first sync of its mailbox"),
        (now - request.received_at > KEPT, "it was received more than 24 hours ago"),
        (
            is_stranger and not rules.to_strangers,
            "its sender belongs to no client (mail.acknowledge_strangers)",
        ),
    )
    return _why_mail(request, book) or next((why for holds, why in reasons if holds), None)


def writer_of(request: Request) -> Mailbox | None:
    """Return who sent the request in fact: a forward is answered to whoever forwarded it."""
    return request.forwarded_by or request.sender


def _why_mail(request: Request, book: Rulebook) -> str | None:
    mail = request.mail
    if mail is None:
        return None
    is_machine = mail.origin is not Origin.PERSON or is_machine_mail(request, book.machine)
    reasons = (
        (mail.is_our_own, "it is our own mail come back"),
        (is_machine, "a machine sent it"),
        (mail.wants_no_answer, "it asks for no automatic answer"),
        (mail.verdict is Verdict.FAILED, "the sender's domain disowns it"),
        (mail.via is not None, "its From is an address of our own"),
    )
    return next((why for holds, why in reasons if holds), None)


def _letter(post: PostOffice, request: Request, plan: Plan, message: Message) -> Letter:
    writer = writer_of(request)
    assert writer is not None  # noqa: S101 - `why_unanswered` has looked
    address = normal_address(writer.address)
    answered = request.message_id if request.mail is not None else None
    earlier = list(reversed(request.mail.answers)) if request.mail is not None else []
    return Letter(
        unique_key=f"ack {plan.key}",
        kind=PostKind.ACKNOWLEDGEMENT,
        request_key=plan.key,
        channel=MAIL,
        recipient=writer.address,
        content={
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "in_reply_to": answered,
            "references": earlier,
        },
        message_id=post.new_message_id(),
        expires_at=request.received_at + KEPT,
        limited_as=f"ack {address}",
    )


def acknowledgement_words(
    request: Request,
    plan: Plan,
    record: RequestRecord,
    book: Rulebook,
    rules: AcknowledgementRules,
    now: datetime,
) -> AcknowledgementWords:
    """Return what the acknowledgement of a ticket may say.

    Of a sender who belongs to no client it repeats nothing: the address may be a victim's. A
    time that is past already is promised to nobody.
    """
    is_late = plan.due.remote_response <= now
    is_known = not is_account(plan.draft.account, book.catch_all_account)
    said = _said(request, plan, book)
    writer = writer_of(request)
    return AcknowledgementWords(
        number=record.ticket_number or "",
        answer_by="" if is_late else minute_words(plan.due.remote_response, book.zone),
        answer_within="" if is_late else _within(plan, book),
        title=one_line(request.subject)[:MAX_TITLE] if is_known else "",
        name=one_line(writer.name) if is_known and writer else "",
        emergency=plan.emergency,
        phone=rules.phone,
        desired=_desired(said, book),
        questions=_questions(request, plan, said, book, record.contact_phone),
    )


def _said(request: Request, plan: Plan, book: Rulebook) -> Triage:
    return triage(
        request,
        priorities=book.priorities,
        templates=book.templates,
        zone=book.zone,
        account=plan.draft.account,
        days=book.policy.calendar,
    )


def _within(plan: Plan, book: Rulebook) -> str:
    """Return the guide's response time, where it is an amount of time that just runs on."""
    received, due = plan.due.received, plan.due.remote_response
    is_same_day = received.astimezone(book.zone).date() == due.astimezone(book.zone).date()
    is_amount = plan.due.window in (Window.BUSINESS_HOURS, Window.WEEKEND)
    if not plan.emergency and not (is_same_day and is_amount):
        return ""  # the guide says "next day"
    return minutes_words(round((due - received).total_seconds() / 60))


def _desired(said: Triage, book: Rulebook) -> str:
    if said.desired is None:
        return ""
    if isinstance(said.desired, datetime):
        return minute_words(said.desired, book.zone)
    return day_words(said.desired)


def _questions(
    request: Request, plan: Plan, said: Triage, book: Rulebook, contact_phone: str
) -> tuple[str, ...]:
    """Return what to ask for; never in an emergency, of staff, or for access and accounts."""
    asks = said.rule is None or said.rule.asks_details
    if plan.emergency or not asks or is_staff(writer_of(request), book.clients):
        return ()
    is_their_own = not is_account(plan.draft.account, book.catch_all_account)
    return missing_details(request, said.details, contact_phone if is_their_own else "")


def _tell_once(services: Services, key: str, text: str) -> None:
    if all(entry.text != text for entry in services.ledger.journal(key)):
        services.ledger.note(key, step="notify", text=text, stamp=services.stamp())
