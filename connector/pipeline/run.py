"""One run, on one screen: take in, deliver, file away, add up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from connector.domain import Outcome, Waiting
from connector.errors import (
    Action,
    BudgetSpent,
    ConnectorError,
    ExitCode,
    action_for,
    exit_code_for,
)
from connector.pipeline.attempt import attempt
from connector.pipeline.intake import IntakeResult, take_in
from connector.pipeline.report import RequestReport, RunReport, budget_notices, worst
from connector.pipeline.services import Services
from connector.pipeline.steps import DELIVER, INTAKE, SLA, STEPS
from connector.pipeline.writeback.report import SlaReport
from connector.pipeline.writeback.step import write_back
from connector.ports import RequestRecord

log = structlog.get_logger()

LEASE = timedelta(seconds=300)
"""How long a request stays leased to a worker that is never heard of again."""

FAILURES_IN_A_ROW = 3
"""After so many requests in a row failed for a passing fault, the fault is the service's.

Waiting for a search to settle, or for the budget, is no fault.
"""


@dataclass(slots=True)
class Delivered:
    """What delivering came to. `ended_by` kept it from trying everything that was due."""

    errors: list[ConnectorError] = field(default_factory=list)
    ended_by: ConnectorError | None = None


def run_once(services: Services, steps: Sequence[str] = STEPS) -> RunReport:
    """Do one run and return its report; the exit code is in it."""
    structlog.contextvars.bind_contextvars(run=services.run)
    services.ledger.start_run(services.stamp())
    services.ledger.take_over_leases()
    carried = [record.key for record in carried_over(services)]
    taken = take_in(services) if INTAKE in steps else IntakeResult()
    delivered = _deliver_all(services) if DELIVER in steps else Delivered()
    taken.problems += file_away(services)
    sla = write_back(services) if SLA in steps and _may_go_on(delivered) else None
    report = _report(services, carried, taken, delivered, sla)
    services.ledger.finish_run(services.stamp(), exit_code=report.exit_code, summary=report.counts)
    log.debug("run ended", exit_code=int(report.exit_code), **report.counts)
    return report


def carried_over(services: Services) -> list[RequestRecord]:
    """Return what was pending before this run, of the sources that it looks at."""
    return list(services.ledger.pending(services.of_sources))


def _deliver_all(services: Services) -> Delivered:
    """Attempt every request that is due, each at most once: emergencies first, then the oldest."""
    done = Delivered()
    tried: list[str] = []
    failed_in_a_row = 0
    while done.ended_by is None and not services.should_stop():
        record = _next(services, tried)
        if record is None:
            break
        services.progress("delivering")
        with structlog.contextvars.bound_contextvars(request=record.key):
            attempted = attempt(services, record)
        error = attempted.error
        if error is not None:
            done.errors.append(error)
            tried.append(record.key)
        failed_in_a_row = failed_in_a_row + 1 if is_fault_of_service(error) else 0
        if attempted.ends_run or failed_in_a_row == FAILURES_IN_A_ROW:
            done.ended_by = error
        file_away(services)
    return done


def _next(services: Services, tried: Sequence[str]) -> RequestRecord | None:
    now = services.clock()
    return services.ledger.claim(
        now=now,
        holder=services.run,
        lease_until=now + LEASE,
        sources=services.of_sources,
        besides=tried,
    )


def _may_go_on(delivered: Delivered) -> bool:
    """Whether BMS can still be asked for other things than what delivering ended with."""
    return delivered.ended_by is None or isinstance(delivered.ended_by, BudgetSpent)


def is_fault_of_service(error: ConnectorError | None) -> bool:
    """Whether an attempt failed for a passing fault, which may not be the request's own."""
    return error is not None and exit_code_for(error) is ExitCode.UNREACHABLE


def file_away(services: Services) -> list[str]:
    """Mark settled items at their sources, now that the ledger has committed."""
    by_name = {source.name: source for source in services.sources}
    problems = []
    for mark in services.ledger.unmarked(list(by_name)):
        try:
            has_left = by_name[mark.source].mark(mark.locator, mark.outcome)
        except (ConnectorError, OSError) as error:
            problems.append(f"source {mark.source}: {mark.locator} could not be filed: {error}")
            continue
        services.ledger.marked(mark.key, mark.outcome, has_left=has_left)
    return problems


def _told_once(errors: Sequence[ConnectorError]) -> list[str]:
    """Return what went wrong beyond single requests: a parked one is told in its own line."""
    return list(
        dict.fromkeys(str(error) for error in errors if action_for(error) is not Action.PARK)
    )


def _report(
    services: Services,
    carried: Sequence[str],
    taken: IntakeResult,
    delivered: Delivered,
    sla: SlaReport | None,
) -> RunReport:
    errors = [*taken.errors, *delivered.errors, *(sla.errors if sla else ())]
    keys = [*carried, *taken.keys]
    records = [record for key in keys if (record := services.ledger.get(key))]
    zone = services.rulebook.zone
    requests = [RequestReport.of(record, zone, delivered.ended_by) for record in records]
    report = RunReport(
        run=services.run,
        received=len(taken.keys),
        carried=len(carried),
        requests=requests,
        api_calls=services.api_calls(),
        problems=[
            *taken.problems,
            *_told_once([*taken.errors, *delivered.errors]),
            *dict.fromkeys(map(str, sla.errors if sla else ())),
            *services.drift.reports,
        ],
        notices=[*taken.notices, *budget_notices(requests), *(sla.notices if sla else ())],
        sla=sla,
        zone=zone,
        leftovers=taken.leftovers,
        ended_by=delivered.ended_by,
    )
    codes = [exit_code_for(error) for error in errors]
    if any(record.waiting is Waiting.ERROR for record in records):
        codes.append(ExitCode.UNREACHABLE)
    if any(record.state is Outcome.PARKED for record in records) or taken.problems:
        codes.append(ExitCode.PARTLY)
    if not report.conserved:
        codes.append(ExitCode.PARTLY)
    report.exit_code = worst(codes)
    return report
