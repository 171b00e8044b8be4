"""One run, on one screen: take in, deliver, file away, add up.

What a step needs is imported where it has something to do: most runs that cron starts have not.
"""

from collections.abc import Sequence

import structlog

from connector.errors import BudgetSpent
from connector.pipeline.accounts.report import AccessReport
from connector.pipeline.accounts.step import do_accounts
from connector.pipeline.delivering.deliver_all import Delivered, deliver_all
from connector.pipeline.filing import file_away
from connector.pipeline.intake import IntakeResult, take_in
from connector.pipeline.report import RunReport
from connector.pipeline.services import Services
from connector.pipeline.steps import ACCOUNTS, DELIVER, INTAKE, NOTIFY, SLA, STEPS
from connector.pipeline.summing_up import StepsDone, sum_up
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
    _recover_post(services, steps)
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
        _send_all(services)
    sla = _write_back(services) if SLA in steps and _may_go_on(services, delivered) else None
    services.retention.drop_old(services.stamp(), services.should_stop)
    report = sum_up(services, StepsDone(carried, taken, delivered, access, sla))
    services.ledger.finish_run(
        services.stamp(), exit_code=report.exit_code, summary=report.summary(steps)
    )
    log.debug("run ended", exit_code=int(report.exit_code), **report.counts)
    return report


def _recover_post(services: Services, steps: Sequence[str]) -> None:
    """Settle what a run that died left in the outbox; send alerts that are late already."""
    if services.post is None:
        return
    from connector.pipeline.post.sending import recover, send_alerts

    recover(services)
    if NOTIFY in steps:
        send_alerts(services)


def _send_all(services: Services) -> None:
    if services.post is None:
        return
    from connector.pipeline.post.sending import send_all

    send_all(services)


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
