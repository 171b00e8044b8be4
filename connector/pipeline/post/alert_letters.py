"""What an alert says, and the letter that carries it by a channel."""

from dataclasses import asdict

from connector.domain.due_dates import DueDates, Priority
from connector.domain.request import Request
from connector.mapping.message_templates import ALERT, AlertWords, Message, unfilled
from connector.mapping.missing_details import phone_of
from connector.mapping.render import clean, one_line
from connector.mapping.triage import triage
from connector.pipeline.post.office import KEPT, AlertChannel, PostOffice
from connector.pipeline.services import Services
from connector.ports import RequestRecord
from connector.ports.post import Letter, Posted, PostKind
from connector.sla.targets import reckon
from connector.sla.wording import minute_words

MAX_TEXT = 500
EMERGENCY, TICKET, PARKED, CHANNEL = "emergency", "ticket", "parked", "channel"


def words_of_emergency(
    services: Services, key: str, request: Request, account: str, due: DueDates | None
) -> AlertWords:
    """Return what is told of a request that was read."""
    book = services.rulebook
    said = triage(
        request, priorities=book.priorities, templates=book.templates, zone=book.zone, account=None
    )
    policy, received_at = book.policy, request.received_at
    due = due or reckon(policy, received_at, Priority.CRITICAL, emergency=True, desired=None)
    return AlertWords(
        event=EMERGENCY,
        request=key,
        who=one_line(str(request.sender or "an unknown sender")),
        account=one_line(account),
        what=one_line(request.subject) or "no subject",
        text=clean(request.text[:MAX_TEXT]).strip(),
        phone=one_line(phone_of(request, said.details) or ""),
        received=minute_words(received_at, book.zone),
        answer_by=answer_by(services, due),
    )


def words_of_unread(services: Services, record: RequestRecord, reason: str) -> AlertWords:
    """Return what is told of an emergency that was parked, and with its header at most."""
    policy, received_at = services.rulebook.policy, record.received_at
    due = reckon(policy, received_at, Priority.CRITICAL, emergency=True, desired=None)
    return AlertWords(
        event=PARKED,
        request=record.key,
        who=one_line(record.sender) or "an unknown sender",
        what=one_line(record.subject),
        received=minute_words(received_at, services.rulebook.zone),
        answer_by=answer_by(services, due),
        reason=one_line(reason),
    )


def answer_by(services: Services, due: DueDates | None) -> str:
    """Return until when somebody has to answer, in words."""
    return minute_words(due.remote_response, services.rulebook.zone) if due else ""


def words_in(posted: Posted) -> AlertWords:
    """Return what an alert in the outbox says."""
    data = posted.letter.content["data"]
    assert isinstance(data, dict)  # noqa: S101 - `alert_letter` wrote it
    return AlertWords(**data)


def unique_key(event: str, key: str, channel: AlertChannel) -> str:
    """Return by what the outbox knows that a channel has this alert already."""
    return f"alert {event} {key} {channel.name}"


def alert_letter(
    services: Services,
    post: PostOffice,
    channel: AlertChannel,
    words: AlertWords,
    *,
    limited_as: str = "",
) -> Letter:
    """Return the letter by which a channel is told."""
    message = _rendered(post, words)
    return Letter(
        unique_key=unique_key(words.event, words.request, channel),
        kind=PostKind.ALERT,
        request_key=words.request,
        channel=channel.name,
        recipient=channel.recipient,
        content={"subject": message.subject, "text": message.text, "data": asdict(words)},
        message_id=post.new_message_id(),
        expires_at=services.clock() + KEPT,
        limited_as=limited_as,
    )


def _rendered(post: PostOffice, words: AlertWords) -> Message:
    """Return the alert by its template; a template that fails must not keep it from anybody."""
    try:
        return post.templates.alert(words)
    except Exception as error:  # a template of the user's may fail in any way
        post.problems.append(f"an alert went out in plain words, since {unfilled(ALERT, error)}")
        title = f"{words.event.upper()}: {words.what or words.channel}"
        said = asdict(words).items()
        return Message(title, "".join(f"{name}: {value}\n" for name, value in said if value))
