"""One run, on one screen: take in, deliver, file away, add up."""

from collections import Counter
from collections.abc import Sequence

import structlog

from connector.domain.request import Outcome, Waiting
from connector.errors import (
    Action,
    BudgetSpent,
    ConnectorError,
    ExitCode,
    action_for,
    exit_code_for,
)
from connector.pipeline.accounts.report import AccessReport
from connector.pipeline.accounts.step import do_accounts
from connector.pipeline.deliver_all import Delivered, deliver_all
from connector.pipeline.filing import file_away
from connector.pipeline.intake import IntakeResult, take_in
from connector.pipeline.post.sending import recover, send_alerts, send_all
from connector.pipeline.report import RequestReport, RunReport, budget_notices, worst
from connector.pipeline.services import Services
from connector.pipeline.steps import ACCOUNTS, DELIVER, INTAKE, NOTIFY, SLA, STEPS
from connector.pipeline.verdict_share import verdict_notices
from connector.pipeline.writeback.report import SlaReport
from connector.pipeline.writeback.step import write_back
from connector.ports import RequestRecord

log = structlog.get_logger()


def run_once(services: Services, steps: Sequence[str] = STEPS) -> RunReport:
    """Do one run and return its report; the exit code is in it."""
    structlog.contextvars.bind_contextvars(run=services.run)
    began = services.stamp()
    services.ledger.start_run(began)
    services.ledger.take_over_leases()
    recover(services)
    if NOTIFY in steps:
        send_alerts(services)  # what an earlier run could not send is late already
    carried = [record.key for record in carried_over(services)]
    taken = take_in(services) if INTAKE in steps else IntakeResult()
    delivered = deliver_all(services) if DELIVER in steps else Delivered()
    file_away(services)
    for record in _joined(services, [*carried, *taken.keys], delivered):
        is_new = record.was_sent_to_us and record.recorded_at >= began.at
        (taken.keys if is_new else carried).append(record.key)
    taken.problems += services.unfiled.problems()
    taken.errors += services.unfiled.sources.values()
    access = AccessReport()
    if ACCOUNTS in steps and _may_go_on(services, delivered):
        access = do_accounts(services)
    if NOTIFY in steps:
        send_all(services)
    sla = _write_back(services) if SLA in steps and _may_go_on(services, delivered) else None
    if services.retention is not None:
        services.retention.drop_old(services.stamp(), services.should_stop)
    report = _report(services, carried, taken, delivered, access, sla)
    services.ledger.finish_run(
        services.stamp(), exit_code=report.exit_code, summary=report.summary(steps)
    )
    log.debug("run ended", exit_code=int(report.exit_code), **report.counts)
    return report


def carried_over(services: Services) -> list[RequestRecord]:
    """Return what was pending before this run, of the sources that it looks at."""
    return list(services.ledger.pending(services.of_sources))


def _joined(services: Services, known: Sequence[str], delivered: Delivered) -> list[RequestRecord]:
    """Return what was worked on although it was neither pending before nor taken in by this run.

    It was sent over the web, released, or taken in by another host while the run went on.
    """
    others = [key for key in delivered.keys if key not in set(known)]
    return [record for key in others if (record := services.ledger.get(key))]


def _may_go_on(services: Services, delivered: Delivered) -> bool:
    """Whether BMS can still be asked for other things than what delivering ended with."""
    if services.should_stop():
        return False
    return delivered.ended_by is None or isinstance(delivered.ended_by, BudgetSpent)


def _write_back(services: Services) -> SlaReport | None:
    """Do the step `sla`, unless another host is at it."""
    with services.ledger.exclusive(SLA) as is_ours:
        return write_back(services) if is_ours else None


def _told_once(errors: Sequence[ConnectorError]) -> list[str]:
    """Return what went wrong beyond single requests: a parked one is told in its own line."""
    return list(
        dict.fromkeys(str(error) for error in errors if action_for(error) is not Action.PARK)
    )


def _not_once(keys: Sequence[str], records: Sequence[RequestRecord]) -> list[str]:
    """Name the requests that this run counted and has not exactly once in its report."""
    reported = Counter(record.key for record in records)
    return [f"request {key}" for key in dict.fromkeys(keys) if reported[key] != 1]


def _report(
    services: Services,
    carried: Sequence[str],
    taken: IntakeResult,
    delivered: Delivered,
    access: AccessReport,
    sla: SlaReport | None,
) -> RunReport:
    post = services.post
    sending = post.errors if post else []
    others = [*access.errors, *(sla.errors if sla else ())]
    errors = [*taken.errors, *delivered.errors, *sending, *others]
    keys = [*carried, *taken.keys]
    records = [record for key in keys if (record := services.ledger.get(key))]
    zone = services.rulebook.zone
    held_up = services.ledger.held_up(now=services.clock())
    requests = [
        RequestReport.of(record, zone, delivered.ended_by, held_up.get(record.key, ""))
        for record in records
    ]
    report = RunReport(
        run=services.run,
        received=len(taken.keys),
        carried=len(carried),
        requests=requests,
        api_calls=services.api_calls(),
        problems=[
            *taken.problems,
            *_told_once([*taken.errors, *delivered.errors, *access.errors]),
            *access.problems,
            *dict.fromkeys(map(str, sla.errors if sla else ())),
            *dict.fromkeys(post.problems if post else ()),
            *services.drift.reports,
        ],
        notices=[
            *taken.notices,
            *budget_notices(requests),
            *verdict_notices(services.ledger, records),
            *access.notices,
            *(sla.notices if sla else ()),
        ],
        sla=sla,
        access=access,
        zone=zone,
        leftovers=[*taken.leftovers, *_not_once(keys, records)],
        ended_by=delivered.ended_by,
    )
    codes = [exit_code_for(error) for error in errors]
    report.service_failed = any(code in (ExitCode.REFUSED, ExitCode.UNREACHABLE) for code in codes)
    if any(record.waiting is Waiting.ERROR for record in records):
        codes.append(ExitCode.UNREACHABLE)
    has_failed = bool(taken.problems or access.problems or (post and post.problems))
    if any(record.state is Outcome.PARKED for record in records) or has_failed:
        codes.append(ExitCode.PARTLY)
    if not report.conserved:
        codes.append(ExitCode.PARTLY)
    report.exit_code = worst(codes)
    return report
