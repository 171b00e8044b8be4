"""The step `sla`: look, then plan, keep, write (`working.py`), and report."""

from connector.errors import ConnectorError, WriteBackStopped
from connector.pipeline.services import Services
from connector.pipeline.writeback.looking import BUDGET, MANY, left_over, look, remember
from connector.pipeline.writeback.report import SlaReport
from connector.pipeline.writeback.setup import WriteBack


def write_back(services: Services, *, dry_run: bool = False) -> SlaReport:
    """Write due dates into tickets whoever made them, or only say which (`dry_run`).

    What stands in the way is in the report; nothing is raised for it.
    """
    report = SlaReport()
    try:
        _write_back(services, report, dry_run=dry_run)
    except ConnectorError as error:
        report.errors.append(error)
    if not dry_run:
        _count_waiting(services, report)
    return report


def _count_waiting(services: Services, report: SlaReport) -> None:
    """Report how many tickets a later run has to write to, and until when they wait."""
    ledger = services.write_back.ledger
    report.waiting = len(ledger.unwritten())
    free_at = ledger.watermark(BUDGET)
    if not report.waiting or free_at is None or free_at <= services.clock():
        return
    report.waiting_until = free_at
    count = "1 ticket waits" if report.waiting == 1 else f"{report.waiting} tickets wait"
    until = free_at.astimezone(services.rulebook.zone).isoformat(timespec="minutes")
    report.notices.append(f"{count} for the call budget until {until}")


def _write_back(services: Services, report: SlaReport, *, dry_run: bool) -> None:
    work = services.write_back
    _refuse_wrong_zone(work)
    services.progress("looking for tickets without due dates")
    now = services.clock()
    left = left_over(work, now)
    hinted = work.ledger.hinted()
    # A dry run reads no ticket by itself: it sees those of earlier runs among all the others.
    everything = work.recompute or len(left) + len(hinted) > (0 if dry_run else MANY)
    looked = look(work, now, everything=everything)
    if not looked.sighting.complete:
        report.notices.append(
            "tickets kept moving between the pages while they were read; the next run looks again"
        )
    if not (looked.sighting.tickets or hinted or left):
        if not dry_run:
            remember(work, looked)
        return
    from connector.pipeline.writeback.working import work_on

    work_on(services, report, looked, hinted, left, dry_run=dry_run)


def _refuse_wrong_zone(work: WriteBack) -> None:
    sentence = work.tickets.wrong_time_zone()
    if sentence:
        raise WriteBackStopped(
            f"No due date was written, since {sentence}",
            "Set bms.time_zone to the zone of BMS's dates; `check --live` tells which it may be",
        )
