"""One run, on one screen: take in, deliver, file away, add up."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from connector.domain import Outcome, Waiting
from connector.errors import Action, ConnectorError, ExitCode, action_for, exit_code_for
from connector.pipeline.attempt import attempt
from connector.pipeline.intake import IntakeResult, take_in
from connector.pipeline.report import RequestReport, RunReport, worst
from connector.pipeline.services import Services
from connector.pipeline.steps import DELIVER, INTAKE, STEPS
from connector.ports import RequestRecord

log = structlog.get_logger()

LEASE = timedelta(seconds=300)
"""How long a request stays leased to a worker that is never heard of again."""

FAILURES_IN_A_ROW = 3
"""After so many requests in a row failed for a passing fault, the fault is the service's.

Waiting for a search to settle, or for the budget, is no fault.
"""


def run_once(services: Services, steps: Sequence[str] = STEPS) -> RunReport:
    """Do one run and return its report; the exit code is in it."""
    structlog.contextvars.bind_contextvars(run=services.run)
    services.ledger.start_run(services.stamp())
    services.ledger.take_over_leases()
    carried = [record.key for record in carried_over(services)]
    taken = take_in(services) if INTAKE in steps else IntakeResult()
    errors = list(taken.errors)
    if DELIVER in steps:
        errors += _deliver_all(services)
    taken.problems += file_away(services)
    report = _report(services, carried, taken, errors)
    services.ledger.finish_run(services.stamp(), exit_code=report.exit_code, summary=report.counts)
    log.info("run ended", exit_code=int(report.exit_code), **report.counts)
    return report


def carried_over(services: Services) -> list[RequestRecord]:
    """Return what was pending before this run, of the sources that it looks at."""
    return list(services.ledger.pending(services.of_sources))


def _deliver_all(services: Services) -> list[ConnectorError]:
    """Attempt every request that is due, each at most once: emergencies first, then the oldest."""
    errors: list[ConnectorError] = []
    tried: list[str] = []
    failed_in_a_row = 0
    while failed_in_a_row < FAILURES_IN_A_ROW:
        now = services.clock()
        record = services.ledger.claim(
            now=now,
            holder=services.run,
            lease_until=now + LEASE,
            sources=services.of_sources,
            besides=tried,
        )
        if record is None:
            break
        services.progress("delivering")
        with structlog.contextvars.bound_contextvars(request=record.key):
            attempted = attempt(services, record)
        if attempted.error is not None:
            errors.append(attempted.error)
            tried.append(record.key)
        if attempted.ends_run:
            break
        failed_in_a_row = failed_in_a_row + 1 if is_fault_of_service(attempted.error) else 0
        file_away(services)
    return errors


def is_fault_of_service(error: ConnectorError | None) -> bool:
    """Whether an attempt failed for a passing fault, which may not be the request's own."""
    return error is not None and exit_code_for(error) is ExitCode.UNREACHABLE


def file_away(services: Services) -> list[str]:
    """Mark settled items at their sources, now that the ledger has committed."""
    by_name = {source.name: source for source in services.sources}
    problems = []
    for mark in services.ledger.unmarked(list(by_name)):
        try:
            by_name[mark.source].mark(mark.locator, mark.outcome)
        except (ConnectorError, OSError) as error:
            problems.append(f"source {mark.source}: {mark.locator} could not be filed: {error}")
            continue
        services.ledger.marked(mark.key, mark.outcome)
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
    errors: Sequence[ConnectorError],
) -> RunReport:
    keys = [*carried, *taken.keys]
    records = [record for key in keys if (record := services.ledger.get(key))]
    report = RunReport(
        run=services.run,
        received=len(taken.keys),
        carried=len(carried),
        requests=[RequestReport.of(record) for record in records],
        api_calls=services.api_calls(),
        problems=[*taken.problems, *_told_once(errors)],
        notices=taken.notices,
        leftovers=taken.leftovers,
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
