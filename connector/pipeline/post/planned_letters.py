"""What a run would send, for whoever wants to see it first. Changes nothing."""

from collections.abc import Iterator, Mapping

from connector.domain import Named
from connector.mapping.clients import is_account
from connector.pipeline.courses import Append, Course, NewTicket
from connector.pipeline.post.acknowledging import why_unanswered, writer_of
from connector.pipeline.post.office import PostOffice
from connector.pipeline.services import Services
from connector.ports.post import PostKind

PlannedLetter = Mapping[str, object]


def letters_of(services: Services, course: Course) -> Iterator[PlannedLetter]:
    """Yield the letters that carrying a course out would put into the outbox, limits aside."""
    post = services.post
    if post is None:
        return
    if isinstance(course, NewTicket):
        yield from _alerts(services, post, course, course.plan.key, course.plan.draft.account)
        yield from _acknowledgement(services, post, course)
    elif isinstance(course, Append):
        yield from _alerts(services, post, course, course.key, course.ticket.account)


def letters_waiting(services: Services) -> Iterator[PlannedLetter]:
    """Yield the letters that are in the outbox already, and due."""
    if services.post is None:
        return
    for posted in services.post.outbox.posts_due(now=services.clock()):
        letter = posted.letter
        whom = letter.recipient or letter.channel
        yield _planned(letter.request_key, letter.kind, whom)


def _alerts(
    services: Services, post: PostOffice, course: Course, key: str, account: Named | None
) -> Iterator[PlannedLetter]:
    if not course.emergency or post.outbox.posts_of(key):
        return
    is_stranger = account is None or is_account(account, services.rulebook.catch_all_account)
    for channel in post.channels[:1] if is_stranger else post.channels:
        yield _planned(key, PostKind.ALERT, channel.name)


def _acknowledgement(
    services: Services, post: PostOffice, course: NewTicket
) -> Iterator[PlannedLetter]:
    plan, rules, writer = course.plan, post.acknowledgements, writer_of(course.request)
    if rules is None or writer is None:
        return
    account, now = plan.draft.account, services.clock()
    if why_unanswered(course.request, account, services.rulebook, rules, now) is not None:
        return
    told = post.outbox.posts_of(plan.key)
    if all(each.letter.kind is not PostKind.ACKNOWLEDGEMENT for each in told):
        yield _planned(plan.key, PostKind.ACKNOWLEDGEMENT, writer.address)


def _planned(key: str, kind: PostKind, whom: str) -> PlannedLetter:
    return {"request": key, "kind": kind.value, "to": whom}
