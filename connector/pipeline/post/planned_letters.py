"""What a run would send, for whoever wants to see it first. Changes nothing."""

from collections.abc import Iterator, Mapping

from connector.domain.mail import Verdict
from connector.domain.tenant import Named
from connector.pipeline.deciding.course import Append, Course, NewTicket
from connector.pipeline.post.acknowledging import why_unanswered, writer_of
from connector.pipeline.post.alerting import is_past, known_client, listeners
from connector.pipeline.post.office import PostOffice
from connector.pipeline.services import Services
from connector.ports import RequestRecord
from connector.ports.post import PostKind

PlannedLetter = Mapping[str, object]


def letters_of(
    services: Services, record: RequestRecord, course: Course
) -> Iterator[PlannedLetter]:
    """Yield the letters that carrying a course out would put into the outbox, limits aside."""
    post = services.post
    if post is None:
        return
    if isinstance(course, NewTicket):
        account, verdict = course.plan.draft.account, course.plan.verdict
        yield from _alerts(services, post, record, course, account, verdict)
        yield from _acknowledgement(services, post, course)
    elif isinstance(course, Append):
        yield from _alerts(services, post, record, course, course.ticket.account, course.verdict)


def letters_waiting(services: Services) -> Iterator[PlannedLetter]:
    """Yield the letters that are in the outbox already, and due."""
    if services.post is None:
        return
    for posted in services.post.outbox.posts_due(now=services.clock()):
        letter = posted.letter
        whom = letter.recipient or letter.channel
        yield _planned(letter.request_key, letter.kind, whom)


def _alerts(
    services: Services,
    post: PostOffice,
    record: RequestRecord,
    course: NewTicket | Append,
    account: Named | None,
    verdict: Verdict,
) -> Iterator[PlannedLetter]:
    key = record.key
    if not course.emergency or post.outbox.posts_of(key):
        return
    if is_past(services, post, record.source, record.received_at):
        return
    heard_by = listeners(post, verdict, known_client(account, services.rulebook))
    for channel in post.channels[:1] if heard_by is None else heard_by:
        yield _planned(key, PostKind.ALERT, channel.name)


def _acknowledgement(
    services: Services, post: PostOffice, course: NewTicket
) -> Iterator[PlannedLetter]:
    plan, rules, writer = course.plan, post.acknowledgements, writer_of(course.request)
    if rules is None or writer is None:
        return
    why_not = why_unanswered(
        course.request,
        plan.draft.account,
        services.rulebook,
        rules,
        services.clock(),
        is_imported=post.is_imported(course.request.source, course.request.received_at),
    )
    if why_not is not None:
        return
    told = post.outbox.posts_of(plan.key)
    if all(each.letter.kind is not PostKind.ACKNOWLEDGEMENT for each in told):
        yield _planned(plan.key, PostKind.ACKNOWLEDGEMENT, writer.address)


def _planned(key: str, kind: PostKind, whom: str) -> PlannedLetter:
    return {"request": key, "kind": kind.value, "to": whom}
