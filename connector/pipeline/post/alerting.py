"""Alerts: our own people hear of an emergency the moment it is recorded (issue 5, point 8).

Each channel gets the same alert once. From a sender who belongs to no client, or whose domain
denies the mail, only the desk's own channel hears, and not often: the subject line alone would
else let anybody wake everybody.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import structlog

from connector.domain import DueDates, Named, Origin, Priority, Request, TicketRef, Verdict
from connector.mapping.clients import account_of_domain, is_account
from connector.mapping.machine_rules import decide_machine_mail
from connector.mapping.message_templates import AlertWords
from connector.mapping.missing_details import phone_of
from connector.mapping.render import clean, one_line
from connector.mapping.triage import triage
from connector.pipeline.planning import looks_like_emergency
from connector.pipeline.post.office import KEPT, AlertChannel, PostOffice
from connector.pipeline.services import Services
from connector.ports import RequestRecord
from connector.ports.post import Letter, Limit, Posted, PostKind, PostState
from connector.sla.targets import reckon
from connector.sla.wording import moment_words

log = structlog.get_logger()

STRANGERS = (Limit(3, timedelta(hours=1), "3 an hour about emergencies of strangers"),)
MAX_TEXT = 500
EMERGENCY, TICKET, PARKED, CHANNEL = "emergency", "ticket", "parked", "channel"


def alert_when_recorded(services: Services, record: RequestRecord, raw: bytes) -> None:
    """Put alerts into the outbox if a request that was just recorded is an emergency.

    BMS is not asked. What answers a ticket is looked at once that ticket is at hand, and what
    cannot be read is told by delivery.
    """
    post = services.post
    if post is None or not post.channels or services.clock() - record.received_at > KEPT:
        return
    try:
        request = services.reader.read(
            record.kind, raw, record.form, source=record.source, received_at=record.received_at
        )
        is_emergency = looks_like_emergency(request, services.rulebook)
    except Exception as error:
        log.debug("not looked at for an emergency", request=record.key, reason=repr(error))
        return
    if is_emergency and _stands_alone(services, request):
        owner = account_of_domain(
            request.sender.domain if request.sender else "", services.rulebook.clients
        )
        name = None if owner is None else str(owner)
        alert(services, record.key, request, account=name)


def alert_of_plan(
    services: Services, key: str, request: Request, account: Named | None, due: DueDates | None
) -> None:
    """Put alerts into the outbox for an emergency whose client was looked up by now.

    Channels that have heard of it hear nothing new.
    """
    book = services.rulebook
    is_known = account is not None and not is_account(account, book.catch_all_account)
    name = account.name if account is not None and is_known else None
    alert(services, key, request, account=name, due=due)


def alert(
    services: Services,
    key: str,
    request: Request,
    *,
    account: str | None,
    due: DueDates | None = None,
) -> None:
    """Put the alert of an emergency into the outbox, once for each channel.

    `account` is the client's name; None for a sender who belongs to no client.
    """
    post = services.post
    if post is None or services.clock() - request.received_at > KEPT:
        return
    is_denied = request.mail is not None and request.mail.verdict is Verdict.FAILED
    is_known = account is not None and not is_denied
    words = _words(services, key, request, account or "", due)
    channels = post.channels if is_known else post.channels[:1]
    limited_as = "" if is_known else "emergencies of strangers"
    for channel in channels:
        letter = _letter(services, post, channel, words, limited_as=limited_as)
        post.outbox.post(letter, () if is_known else STRANGERS, stamp=services.stamp())


def alert_ticket(services: Services, key: str, ticket: TicketRef, due: DueDates | None) -> None:
    """Tell everybody who heard of an emergency which ticket it is."""
    for post, channel, told in _told(services, key):
        words = replace(
            _words_of(told),
            event=TICKET,
            number=ticket.number,
            answer_by=_answer_by(services, due) or _words_of(told).answer_by,
        )
        letter = _letter(services, post, channel, words)
        post.outbox.post(letter, (), stamp=services.stamp())


def alert_parked(services: Services, key: str, reason: str) -> None:
    """Tell everybody who heard of an emergency that it waits for a person (DESIGN section 9)."""
    for post, channel, told in _told(services, key):
        words = replace(_words_of(told), event=PARKED, reason=one_line(reason))
        post.outbox.post(_letter(services, post, channel, words), (), stamp=services.stamp())


def alert_channel_failed(services: Services, failed: Posted, reason: str) -> None:
    """Tell of an alert that could not be sent by its channel through another one."""
    post = services.post
    if post is None or _words_of(failed).event == CHANNEL:
        return
    others = [each for each in post.channels if each.name not in post.failed]
    for channel in others[:1]:
        words = AlertWords(
            CHANNEL,
            failed.letter.request_key,
            channel=failed.letter.channel,
            reason=one_line(reason),
        )
        unique_key = f"channel {failed.letter.channel} {failed.letter.request_key}"
        letter = replace(_letter(services, post, channel, words), unique_key=unique_key)
        post.outbox.post(letter, (), stamp=services.stamp())


def _stands_alone(services: Services, request: Request) -> bool:
    """Whether a request is certainly no answer on a ticket, and none that a rule sets aside."""
    mail = request.mail
    if mail is None:
        return True
    if mail.is_our_own or mail.origin in (Origin.AUTO_REPLY, Origin.BOUNCE):
        return False
    if decide_machine_mail(request, services.rulebook.machine) is not None:
        return False
    return not mail.ticket_numbers and not services.ledger.tickets_of_messages(mail.answers)


def _told(services: Services, key: str) -> Iterable[tuple[PostOffice, AlertChannel, Posted]]:
    """Yield the channels that heard, or will hear, of an emergency, with what they heard."""
    post = services.post
    if post is None:
        return
    letters = {each.letter.unique_key: each for each in post.outbox.posts_of(key)}
    for channel in post.channels:
        told = letters.get(_unique_key(EMERGENCY, key, channel))
        if told is not None and not (told.state is PostState.GIVEN_UP and told.attempts == 0):
            yield post, channel, told


def _unique_key(event: str, key: str, channel: AlertChannel) -> str:
    return f"alert {event} {key} {channel.name}"


def _letter(
    services: Services,
    post: PostOffice,
    channel: AlertChannel,
    words: AlertWords,
    *,
    limited_as: str = "",
) -> Letter:
    message = post.templates.alert(words)
    return Letter(
        unique_key=_unique_key(words.event, words.request, channel),
        kind=PostKind.ALERT,
        request_key=words.request,
        channel=channel.name,
        recipient=channel.recipient,
        content={"subject": message.subject, "text": message.text, "data": asdict(words)},
        message_id=post.new_message_id(),
        expires_at=services.clock() + KEPT,
        limited_as=limited_as,
    )


def _words(
    services: Services, key: str, request: Request, account: str, due: DueDates | None
) -> AlertWords:
    book = services.rulebook
    said = triage(
        request, priorities=book.priorities, templates=book.templates, zone=book.zone, account=None
    )
    return AlertWords(
        event=EMERGENCY,
        request=key,
        who=one_line(str(request.sender or "an unknown sender")),
        account=one_line(account),
        what=one_line(request.subject) or "no subject",
        text=clean(request.text[:MAX_TEXT]).strip(),
        phone=one_line(phone_of(request, said.details) or ""),
        received=moment_words(request.received_at, book.zone),
        answer_by=_answer_by(services, due or _reckoned(services, request.received_at)),
    )


def _reckoned(services: Services, received_at: datetime) -> DueDates:
    policy = services.rulebook.policy
    return reckon(policy, received_at, Priority.CRITICAL, emergency=True, desired=None)


def _answer_by(services: Services, due: DueDates | None) -> str:
    return moment_words(due.remote_response, services.rulebook.zone) if due else ""


def _words_of(posted: Posted) -> AlertWords:
    data = posted.letter.content["data"]
    assert isinstance(data, dict)  # noqa: S101 - `_letter` wrote it
    return AlertWords(**data)
