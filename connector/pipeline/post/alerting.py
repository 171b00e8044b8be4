"""Alerts: our own people hear of an emergency the moment it is recorded (issue 5, point 8).

Each channel gets the same alert once. From a sender who belongs to no client, or whose domain
denies the mail, only the desk's own channel hears, and not often: the subject line alone would
else let anybody wake everybody.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from connector.domain.due_dates import DueDates
from connector.domain.mail import MailFacts, Origin, Verdict
from connector.domain.request import Outcome, Request
from connector.domain.tenant import Named, TicketRef
from connector.mapping.clients import account_of_domain, is_account
from connector.mapping.emergency import find_emergency_word
from connector.mapping.machine_rules import decide_machine_mail
from connector.mapping.message_templates import AlertWords
from connector.mapping.render import one_line
from connector.pipeline.deciding.planning import looks_like_emergency
from connector.pipeline.deciding.thread_rules import new_emergency_word
from connector.pipeline.post.alert_letters import (
    CHANNEL,
    EMERGENCY,
    PARKED,
    TICKET,
    alert_letter,
    answer_by,
    unique_key,
    words_in,
    words_of_emergency,
    words_of_unread,
)
from connector.pipeline.post.office import ALERTED_FOR, AlertChannel, PostOffice
from connector.pipeline.rulebook import Rulebook
from connector.pipeline.services import Services
from connector.ports import RequestRecord
from connector.ports.post import Limit, Posted, PostState

log = structlog.get_logger()

STRANGERS = (Limit(3, timedelta(hours=1), "3 an hour about emergencies of strangers"),)
MAX_NUMBERS = 3
LIMITED_AS = "emergencies of strangers"


def alert_when_recorded(services: Services, record: RequestRecord, raw: bytes) -> None:
    """Put alerts into the outbox if a request that was just recorded is an emergency.

    BMS is not asked. An answer on a ticket that we do not know is looked at once that ticket is
    at hand, and what cannot be read is told by delivery.
    """
    post = services.post
    if post is None or is_past(services, post, record.source, record.received_at):
        return
    try:
        request = services.reader.read(
            record.kind, raw, record.form, source=record.source, received_at=record.received_at
        )
        is_emergency = _is_emergency(services, request)
    except Exception as error:
        log.debug("not looked at for an emergency", request=record.key, reason=repr(error))
        return
    if is_emergency:
        _alert_by_domain(services, record.key, request)


def alert_undecided(services: Services, key: str, request: Request) -> None:
    """Put alerts into the outbox for a likely emergency of which BMS cannot be asked now."""
    if services.post is None or services.post.outbox.posts_of(key):
        return
    if _is_emergency(services, request, on_unknown_ticket=True):
        _alert_by_domain(services, key, request)


def alert_of_plan(
    services: Services, key: str, request: Request, account: Named | None, due: DueDates | None
) -> None:
    """Put alerts into the outbox for an emergency whose client was looked up by now.

    Channels that have heard of it hear nothing new.
    """
    name = known_client(account, services.rulebook)
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
    if post is None or is_past(services, post, request.source, request.received_at):
        return
    words = words_of_emergency(services, key, request, account or "", due)
    verdict = request.mail.verdict if request.mail else Verdict.NONE
    _tell(services, post, words, listeners(post, verdict, account))


def listeners(
    post: PostOffice, verdict: Verdict, account: str | None
) -> tuple[AlertChannel, ...] | None:
    """Return the channels that hear of an emergency; None where only the desk's own may."""
    return None if account is None or verdict is Verdict.FAILED else post.channels


def known_client(account: Named | None, book: Rulebook) -> str | None:
    """Return the name of the client; None where that is nobody's account."""
    if account is None or is_account(account, book.catch_all_account):
        return None
    return account.name


def alert_ticket(services: Services, key: str, ticket: TicketRef, due: DueDates | None) -> None:
    """Tell everybody who heard of an emergency which ticket it is."""
    for post, channel, told in _told(services, key):
        words = replace(
            words_in(told),
            event=TICKET,
            number=ticket.number,
            phone=words_in(told).phone or one_line(ticket.contact_phone),
            answer_by=answer_by(services, due) or words_in(told).answer_by,
        )
        letter = alert_letter(services, post, channel, words)
        post.outbox.post(letter, (), stamp=services.stamp())


def alert_parked(services: Services, record: RequestRecord, reason: str) -> None:
    """Tell everybody who heard of an emergency that it waits for a person (DESIGN section 9).

    Where nobody has heard, since it could not be read, its subject tells what it is; whose it is
    nobody knows, so that the desk alone hears.
    """
    told = list(_told(services, record.key))
    for post, channel, heard in told:
        words = replace(words_in(heard), event=PARKED, reason=one_line(reason))
        post.outbox.post(alert_letter(services, post, channel, words), (), stamp=services.stamp())
    if services.post is None or told or not _is_named_emergency(services, record):
        return
    if not is_past(services, services.post, record.source, record.received_at):
        _tell(services, services.post, words_of_unread(services, record, reason), None)


def alert_channel_failed(services: Services, failed: Posted, reason: str) -> None:
    """Tell of an alert that could not be sent by its channel through another one."""
    post = services.post
    if post is None or words_in(failed).event == CHANNEL:
        return
    broken = {*post.failed, failed.letter.channel}
    others = [each for each in post.channels if each.name not in broken]
    for channel in others[:1]:
        words = AlertWords(
            CHANNEL,
            failed.letter.request_key,
            channel=failed.letter.channel,
            reason=one_line(reason),
        )
        key = f"channel {failed.letter.channel} {failed.letter.request_key}"
        letter = replace(alert_letter(services, post, channel, words), unique_key=key)
        post.outbox.post(letter, (), stamp=services.stamp())


def _tell(
    services: Services,
    post: PostOffice,
    words: AlertWords,
    channels: tuple[AlertChannel, ...] | None,
) -> None:
    """Put an alert into the outbox for these channels; for None, only the desk's, and limited."""
    is_limited = channels is None
    limits, limited_as = (STRANGERS, LIMITED_AS) if is_limited else ((), "")
    for channel in post.channels[:1] if channels is None else channels:
        letter = alert_letter(services, post, channel, words, limited_as=limited_as)
        post.outbox.post(letter, limits, stamp=services.stamp())


def _alert_by_domain(services: Services, key: str, request: Request) -> None:
    """Put alerts into the outbox while who it is is known by the domain alone."""
    domain = request.sender.domain if request.sender else ""
    owner = account_of_domain(domain, services.rulebook.clients)
    alert(services, key, request, account=None if owner is None else str(owner))


def is_past(services: Services, post: PostOffice, source: str, received_at: datetime) -> bool:
    """Whether a request came so long ago, or before its source was ours, that nobody is told."""
    is_old = services.clock() - received_at > ALERTED_FOR
    return is_old or post.is_imported(source, received_at)


def _is_emergency(services: Services, request: Request, *, on_unknown_ticket: bool = False) -> bool:
    """Whether a request is certainly an emergency, and none that a rule sets aside.

    `on_unknown_ticket` is the answer for one that says so on a ticket whose title is not known.
    """
    book, mail = services.rulebook, request.mail
    if mail is None:
        return looks_like_emergency(request, book)
    if mail.is_our_own or mail.origin in (Origin.AUTO_REPLY, Origin.BOUNCE):
        return False
    if decide_machine_mail(request, book.machine) is not None:
        return False
    known = services.ledger.tickets_of_messages(mail.answers)
    if not known and not mail.ticket_numbers:
        return looks_like_emergency(request, book)
    title = _title(services, mail, [each.ticket.id for each in known])
    if title is None:
        return on_unknown_ticket and looks_like_emergency(request, book)
    return new_emergency_word(request, mail, title, book.priorities.emergency) is not None


def _title(services: Services, mail: MailFacts, ticket_ids: list[int]) -> str | None:
    """Return what the ticket was called that a mail answers, if it is one that we made."""
    by_ticket = services.ledger.by_ticket
    found = [by_ticket(number=None, ticket_id=each) for each in ticket_ids[:1]]
    found += [by_ticket(number=each, ticket_id=None) for each in mail.ticket_numbers[:MAX_NUMBERS]]
    made = (each for records in found for each in records if each.state is Outcome.CREATED)
    return next((each.subject for each in made), None)


def _is_named_emergency(services: Services, record: RequestRecord) -> bool:
    words = services.rulebook.priorities.emergency
    return find_emergency_word(record.subject, words) is not None


def _told(services: Services, key: str) -> Iterable[tuple[PostOffice, AlertChannel, Posted]]:
    """Yield the channels that heard, or will hear, of an emergency, with what they heard."""
    post = services.post
    if post is None:
        return
    letters = {each.letter.unique_key: each for each in post.outbox.posts_of(key)}
    for channel in post.channels:
        told = letters.get(unique_key(EMERGENCY, key, channel))
        if told is not None and not (told.state is PostState.GIVEN_UP and told.attempts == 0):
            yield post, channel, told
