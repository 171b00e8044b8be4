"""One request, once: plan it, deliver it, and let the type of an error decide what is next."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from connector.domain.request import Outcome, Request, Waiting
from connector.errors import (
    Action,
    BudgetSpent,
    ConfigError,
    ConnectorError,
    FatalError,
    LeaseLost,
    OutcomeUnknown,
    RetryLater,
    Settling,
    Throttled,
    Unreachable,
    action_for,
)
from connector.pipeline.accounts.answering import take_in_changes, with_access_remark
from connector.pipeline.deciding.course import Append, Course, SetAside, decisions_of
from connector.pipeline.deciding.decide import Courses
from connector.pipeline.deciding.linked_files import with_linked_files
from connector.pipeline.deciding.machine_mail import reported_trouble
from connector.pipeline.deciding.planning import looks_like_emergency
from connector.pipeline.deciding.threads import Threads
from connector.pipeline.delivering.appending import append
from connector.pipeline.delivering.creating import deliver
from connector.pipeline.delivering.turns import alone_with
from connector.pipeline.post.telling import (
    after_delivery,
    before_delivery,
    when_parked,
    when_undecided,
)
from connector.pipeline.report import result_of
from connector.pipeline.services import Services
from connector.ports import RequestRecord

log = structlog.get_logger()

BACKOFF = tuple(timedelta(minutes=m) for m in (0, 0, 1, 5, 15, 60, 120, 240, 480))
"""How long a request waits after its first, second, … temporary failure; then it is parked.

The first two waits are nothing: most faults are gone by the next run.
"""


@dataclass(frozen=True, slots=True)
class Attempted:
    """What one attempt came to.

    `error` is what stood in its way, `ends_run` whether for all. `let_go`: the request is
    another's by now.
    """

    error: ConnectorError | None = None
    ends_run: bool = False
    let_go: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a request that was carried out, and why where that is not plain."""

    state: Outcome
    reason: str = ""
    remedy: str = ""


def attempt(services: Services, record: RequestRecord) -> Attempted:
    """Plan and deliver one leased request; afterwards it is settled or postponed.

    Unless its lease was lost meanwhile: then it is another's, and nothing is said of it.
    """
    try:
        return _attempt(services, record)
    except LeaseLost as error:
        log.info("let go", reason=error.message)
        return Attempted(let_go=True)


def leave_behind(services: Services, record: RequestRecord) -> ConnectorError | None:
    """Hand back a request whose worker hangs in a call, since we were asked to stop.

    What the call may have made is searched for before it is made again.
    """
    intents = services.ledger.intents(record.key).values()
    kind = OutcomeUnknown if any(each.is_unclear for each in intents) else Unreachable
    error = kind(
        "BMS had not answered yet when we were asked to stop", "The next run goes on by itself"
    )
    try:
        return _after_error(services, record, error).error
    except LeaseLost:
        return None  # it was settled at the last moment


def _attempt(services: Services, record: RequestRecord) -> Attempted:
    try:
        outcome = _plan_and_deliver(services, record)
    except LeaseLost:
        raise
    except ConnectorError as error:
        return _after_error(services, record, error)
    except Exception as error:
        # A fault of ours in one request must not keep the next from its ticket.
        log.exception("internal error")
        return _park(services, record, internal_error(error))
    if outcome.state is not Outcome.PARKED:
        return _settle(services, record, outcome)
    return _set_down(services, record, ConnectorError(outcome.reason, outcome.remedy))


def _settle(services: Services, record: RequestRecord, outcome: Ended) -> Attempted:
    services.ledger.settle(
        record.key, outcome.state, reason=outcome.reason, remedy="", stamp=services.stamp()
    )
    return Attempted()


def internal_error(error: Exception) -> ConnectorError:
    """Return what a person hears of a fault of ours; the request waits for that person."""
    return ConnectorError(
        f"internal error: {error!r}", "please report this as a bug, then release it"
    )


def ends_run(error: ConnectorError) -> bool:
    """Whether what is wrong (the settings, or BMS as a whole) is wrong for the next request too.

    A spent budget is not, as long as something is left for emergencies: whatever looks like one
    had its turn before, but a template can make one of what does not.
    """
    if isinstance(error, BudgetSpent):
        return error.reserve_too
    return action_for(error) in (Action.DO_NOT_START, Action.STOP_RUN, Action.END_RUN)


def read_and_plan(
    services: Services, record: RequestRecord, raw: bytes, threads: Threads | None = None
) -> Course:
    """Return what will be done for a request; raises what the reader and `Courses` raise."""
    request = _read(services, record, raw)
    return _decided(services, Courses(services, threads), request, raw, record.key)


def _read(services: Services, record: RequestRecord, raw: bytes) -> Request:
    request = services.reader.read(
        record.kind, raw, record.form, source=record.source, received_at=record.received_at
    )
    return with_linked_files(services, request, record)


def _decided(
    services: Services, courses: Courses, request: Request, raw: bytes, key: str
) -> Course:
    urgent = looks_like_emergency(request, services.rulebook)
    with services.gateway.for_emergency(emergency=urgent):
        course = courses.decide(request, raw, key)
    return with_access_remark(services, request, course) if isinstance(course, Append) else course


def _plan_and_deliver(services: Services, record: RequestRecord) -> Ended:
    raw = services.ledger.raw(record.key)
    request = _read(services, record, raw)
    courses = Courses(services)
    trouble = reported_trouble(request, services.rulebook.machine)
    with alone_with(services, trouble):
        try:
            course = _decided(services, courses, request, raw, record.key)
        except ConnectorError:
            when_undecided(services, request, record.key)
            raise
        _keep_result(services, record, course)
        before_delivery(services, request, course)
        try:
            with services.gateway.for_emergency(emergency=course.emergency):
                ended = _carry_out(services, request, course)
        except ConnectorError:
            after_delivery(services, course)  # the ticket may stand although a file of it does not
            raise
        after_delivery(services, course)
        return ended


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
    if isinstance(course, SetAside):
        return Ended(course.outcome, course.reason, course.remedy)
    if isinstance(course, Append):
        take_in_changes(services, request, course)
        append(services, course)
        return Ended(Outcome.APPENDED)
    deliver(services, course.plan, course.traces, course.request)
    return Ended(Outcome.CREATED)


def _after_error(services: Services, record: RequestRecord, error: ConnectorError) -> Attempted:
    if action_for(error) is Action.PARK:
        return _park(services, record, error)
    if _is_to_blame(error) and record.attempts + 1 > len(BACKOFF):
        return _park(services, record, _given_up(record, error))
    _postpone(services, record, error)
    return Attempted(error, ends_run=ends_run(error))


def _given_up(record: RequestRecord, error: ConnectorError) -> ConnectorError:
    message = f"given up after {record.attempts + 1} attempts: {error.message}"
    return ConnectorError(message, "release it once the cause is gone")


NOT_TO_BLAME = (Unreachable, Throttled, BudgetSpent, Settling, FatalError, ConfigError)
"""Failures of a service, or of the settings, which count as no attempt of a request."""


def _is_to_blame(error: ConnectorError) -> bool:
    return not isinstance(error, NOT_TO_BLAME)


def _postpone(services: Services, record: RequestRecord, error: ConnectorError) -> None:
    now = services.clock()
    attempts = record.attempts + 1 if _is_to_blame(error) else record.attempts
    backoff = BACKOFF[min(attempts, len(BACKOFF)) - 1] if _is_to_blame(error) else timedelta()
    settle = services.search_settle if isinstance(error, OutcomeUnknown) else timedelta()
    until = now + max(backoff, settle)
    if isinstance(error, RetryLater | OutcomeUnknown) and error.not_before is not None:
        until = max(until, error.not_before)
    waits_only_to_settle = isinstance(error, OutcomeUnknown) and until == now + settle
    services.ledger.postpone(
        record.key,
        waiting=Waiting.SETTLING if waits_only_to_settle else _waiting_for(error),
        until=until,
        reason=error.message,
        remedy=error.remedy,
        attempts=attempts,
        stamp=services.stamp(),
    )
    log.info("postponed", reason=error.message, until=until.isoformat())


def _waiting_for(error: ConnectorError) -> Waiting:
    if isinstance(error, Settling):
        return Waiting.SETTLING
    if isinstance(error, BudgetSpent):
        return Waiting.BUDGET
    if isinstance(error, FatalError):
        return Waiting.TURN
    return Waiting.ERROR


def _park(services: Services, record: RequestRecord, error: ConnectorError) -> Attempted:
    when_parked(services, record, error.message)
    return _set_down(services, record, error)


def _set_down(services: Services, record: RequestRecord, error: ConnectorError) -> Attempted:
    services.ledger.settle(
        record.key,
        Outcome.PARKED,
        reason=error.message,
        remedy=error.remedy or "mend the cause, then release it",
        stamp=services.stamp(),
    )
    log.info("parked", reason=error.message)
    return Attempted(error)
