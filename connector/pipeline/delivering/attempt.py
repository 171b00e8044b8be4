"""One request on one screen: read, decide, keep, carry out, tell; then what came of it.

How it got here, and what follows, stands in `connector/pipeline/__init__.py`.
"""

import structlog

from connector.domain.request import Outcome, Request
from connector.errors import ConnectorError, LeaseLost
from connector.pipeline.accounts.answering import take_in_changes, with_access_remark
from connector.pipeline.deciding.course import Append, Course, SetAside, decisions_of
from connector.pipeline.deciding.decide import Decider
from connector.pipeline.deciding.linked_files import with_linked_files
from connector.pipeline.deciding.machine_mail import reported_trouble
from connector.pipeline.deciding.planning import looks_like_emergency
from connector.pipeline.deciding.threads import Threads
from connector.pipeline.delivering.appending import append
from connector.pipeline.delivering.creating import deliver
from connector.pipeline.delivering.retrying import (
    Attempted,
    Ended,
    after_error,
    internal_error,
    park,
    settle,
)
from connector.pipeline.delivering.turns import alone_with
from connector.pipeline.post.telling import after_delivery, before_delivery, when_undecided
from connector.pipeline.result import result_of
from connector.pipeline.services import Services
from connector.ports import RequestRecord

log = structlog.get_logger()


def attempt(services: Services, record: RequestRecord) -> Attempted:
    """Plan and deliver one leased request; afterwards it is settled or postponed.

    Unless its lease was lost meanwhile: then it is another's, and nothing is said of it.
    """
    try:
        return _attempt(services, record)
    except LeaseLost as error:
        log.info("let go", reason=error.message)
        return Attempted(let_go=True)


def _attempt(services: Services, record: RequestRecord) -> Attempted:
    try:
        ended = _read_decide_carry_out(services, record)
    except LeaseLost:
        raise
    except ConnectorError as error:
        return after_error(services, record, error)
    except Exception as error:
        # A fault of ours in one request must not keep the next from its ticket.
        log.exception("internal error")
        return park(services, record, internal_error(error))
    return settle(services, record, ended)


def _read_decide_carry_out(services: Services, record: RequestRecord) -> Ended:
    raw = services.ledger.raw(record.key)
    request = _read(services, record, raw)
    with alone_with(services, reported_trouble(request, services.rulebook.machine)):
        try:
            course = _decide(services, Decider(services), request, raw, record.key)
        except ConnectorError:
            when_undecided(services, request, record.key)
            raise
        del raw  # it may be large, and so are the files that are uploaded now
        _keep_result(services, record, course)
        before_delivery(services, request, course)
        try:
            ended = _carry_out(services, request, course)
        except ConnectorError:
            after_delivery(services, course)  # the ticket may stand although a file of it does not
            raise
        after_delivery(services, course)
        return ended


def _read(services: Services, record: RequestRecord, raw: bytes) -> Request:
    request = services.reader.read(
        record.kind, raw, record.form, source=record.source, received_at=record.received_at
    )
    return with_linked_files(services, request, record)


def _decide(services: Services, decider: Decider, request: Request, raw: bytes, key: str) -> Course:
    urgent = looks_like_emergency(request, services.rulebook)
    with services.gateway.for_emergency(emergency=urgent):
        course = decider.decide(request, raw, key)
    return with_access_remark(services, request, course) if isinstance(course, Append) else course


def _keep_result(services: Services, record: RequestRecord, course: Course) -> None:
    if record.ticket_id is not None:
        return
    services.ledger.keep_result(
        record.key,
        result=result_of(course, services.rulebook.zone),
        decisions=decisions_of(course),
        stamp=services.stamp(),
    )


def _carry_out(services: Services, request: Request, course: Course) -> Ended:
    with services.gateway.for_emergency(emergency=course.emergency):
        if isinstance(course, SetAside):
            return Ended(course.outcome, course.reason, course.remedy)
        if isinstance(course, Append):
            take_in_changes(services, request, course)
            append(services, course)
            return Ended(Outcome.APPENDED)
        deliver(services, course.plan, course.traces, course.request)
        return Ended(Outcome.CREATED)


def read_and_plan(
    services: Services, record: RequestRecord, raw: bytes, threads: Threads
) -> Course:
    """Return what would be done for a request, for a dry run; raises what that raises."""
    request = _read(services, record, raw)
    return _decide(services, Decider(services, threads), request, raw, record.key)
