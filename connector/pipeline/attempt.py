"""One request, once: plan it, deliver it, and let the type of an error decide what is next."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from connector.domain import Outcome, Waiting
from connector.errors import (
    Action,
    BudgetSpent,
    ConfigError,
    ConnectorError,
    FatalError,
    OutcomeUnknown,
    RetryLater,
    Settling,
    Unreachable,
    action_for,
)
from connector.pipeline.delivery import deliver
from connector.pipeline.planning import looks_like_emergency, plan_request
from connector.pipeline.report import result_of
from connector.pipeline.services import Services
from connector.ports import RequestRecord

log = structlog.get_logger()

BACKOFF = tuple(timedelta(minutes=m) for m in (0, 1, 5, 15, 60, 120, 240, 480, 480))
"""How long a request waits after its first, second, … temporary failure; then it is parked.

The first wait is nothing: most faults are gone by the next run.
"""

ENDS_RUN = (Action.DO_NOT_START, Action.STOP_RUN, Action.END_RUN)
"""What is wrong with the settings, or with BMS as a whole, is wrong for the next request too."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """What one attempt came to. `error` is what stood in its way, `ends_run` whether for all."""

    error: ConnectorError | None = None
    ends_run: bool = False


def attempt(
    services: Services, record: RequestRecord, spent: BudgetSpent | None = None
) -> Attempted:
    """Plan and deliver one leased request; afterwards it is settled or postponed.

    Once the budget is `spent`, only an emergency is still delivered.
    """
    try:
        _plan_and_deliver(services, record, spent)
    except ConnectorError as error:
        return _after_error(services, record, error)
    except Exception as error:
        # A fault of ours in one request must not keep the next from its ticket.
        log.exception("internal error")
        remedy = "please report this as a bug, then release it"
        return _park(services, record, ConnectorError(f"internal error: {error!r}", remedy))
    services.ledger.settle(
        record.key, Outcome.CREATED, reason="", remedy="", stamp=services.stamp()
    )
    return Attempted()


def _plan_and_deliver(services: Services, record: RequestRecord, spent: BudgetSpent | None) -> None:
    raw = services.ledger.raw(record.key)
    request = services.reader.read(
        record.kind, raw, record.form, source=record.source, received_at=record.received_at
    )
    urgent = looks_like_emergency(request, services.rulebook)
    with services.gateway.for_emergency(emergency=urgent):
        plan = plan_request(
            request, raw, record.key, services.rulebook, services.gateway, services.drift
        )
    if record.ticket_id is None:
        services.ledger.keep_result(
            record.key,
            result=result_of(plan, services.rulebook.zone),
            decisions=plan.decisions,
            stamp=services.stamp(),
        )
    if spent is not None and not plan.emergency:
        raise spent
    with services.gateway.for_emergency(emergency=plan.emergency):
        deliver(services, plan)


def _after_error(services: Services, record: RequestRecord, error: ConnectorError) -> Attempted:
    if action_for(error) is Action.PARK:
        return _park(services, record, error)
    if _is_to_blame(error) and record.attempts + 1 > len(BACKOFF):
        return _park(services, record, error)
    _postpone(services, record, error)
    return Attempted(error, ends_run=_ends_run(error))


def _ends_run(error: ConnectorError) -> bool:
    if isinstance(error, BudgetSpent):
        return error.reserve_too  # else an emergency may still come
    return action_for(error) in ENDS_RUN


def _is_to_blame(error: ConnectorError) -> bool:
    """Whether the failure counts as an attempt of this request, not of the service as a whole."""
    return not isinstance(error, Unreachable | BudgetSpent | Settling | FatalError | ConfigError)


def _postpone(services: Services, record: RequestRecord, error: ConnectorError) -> None:
    now = services.clock()
    attempts = record.attempts + 1 if _is_to_blame(error) else record.attempts
    until = now
    if _is_to_blame(error):
        until = max(until, now + BACKOFF[min(attempts, len(BACKOFF)) - 1])
    if isinstance(error, OutcomeUnknown):
        until = max(until, now + services.search_settle)
    if isinstance(error, RetryLater | OutcomeUnknown) and error.not_before is not None:
        until = max(until, error.not_before)
    services.ledger.postpone(
        record.key,
        waiting=_waiting_for(error),
        until=until,
        reason=error.message,
        remedy=error.remedy,
        attempts=attempts,
        stamp=services.stamp(),
    )
    log.warning("postponed", reason=error.message, until=until.isoformat())


def _waiting_for(error: ConnectorError) -> Waiting:
    if isinstance(error, OutcomeUnknown | Settling):
        return Waiting.SETTLING
    if isinstance(error, BudgetSpent):
        return Waiting.BUDGET
    if isinstance(error, FatalError):
        return Waiting.TURN
    return Waiting.ERROR


def _park(services: Services, record: RequestRecord, error: ConnectorError) -> Attempted:
    services.ledger.settle(
        record.key,
        Outcome.PARKED,
        reason=error.message,
        remedy=error.remedy or "mend the cause, then release it",
        stamp=services.stamp(),
    )
    log.warning("parked", reason=error.message)
    return Attempted(error)
