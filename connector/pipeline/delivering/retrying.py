"""What comes of an attempt: settled, tried again later and when, or parked for a person.

The type of an error decides which (`errors.ACTIONS`).
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from connector.domain.request import Outcome, Waiting
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
from connector.pipeline.post.telling import when_parked
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


def settle(services: Services, record: RequestRecord, outcome: Ended) -> Attempted:
    """Keep what became of a request that was carried out."""
    if outcome.state is Outcome.PARKED:
        return _set_down(services, record, ConnectorError(outcome.reason, outcome.remedy))
    services.ledger.settle(
        record.key, outcome.state, reason=outcome.reason, remedy="", stamp=services.stamp()
    )
    return Attempted()


def after_error(services: Services, record: RequestRecord, error: ConnectorError) -> Attempted:
    """Park a request, or leave it to a later attempt, as the type of the error says."""
    if action_for(error) is Action.PARK:
        return park(services, record, error)
    if _is_to_blame(error) and record.attempts + 1 > len(BACKOFF):
        return park(services, record, _given_up(record, error))
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
    settling = services.search_settle if isinstance(error, OutcomeUnknown) else timedelta()
    until = now + max(backoff, settling)
    if isinstance(error, RetryLater | OutcomeUnknown) and error.not_before is not None:
        until = max(until, error.not_before)
    waits_only_to_settle = isinstance(error, OutcomeUnknown) and until == now + settling
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


def park(services: Services, record: RequestRecord, error: ConnectorError) -> Attempted:
    """Leave a request to a person, who is alerted when it is an emergency."""
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
        return after_error(services, record, error).error
    except LeaseLost:
        return None  # it was settled at the last moment


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
