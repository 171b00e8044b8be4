"""The step `sla`: look, plan, keep, write, report."""

from connector.errors import ConnectorError, WriteBackStopped
from connector.pipeline.services import Services
from connector.pipeline.writeback.fields import field_writes
from connector.pipeline.writeback.looking import (
    BUDGET,
    MANY,
    Look,
    left_over,
    look,
    read_hinted,
    remember,
)
from connector.pipeline.writeback.planning import Plan, Planner, Task, urgency
from connector.pipeline.writeback.report import DueDateLine, SlaReport
from connector.pipeline.writeback.setup import WriteBack
from connector.pipeline.writeback.writing import Writer


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
    planner = Planner(work, report, looked.started_at, looked.since)
    plan = planner.plan(looked.sighting.tickets, are_rows=True)
    read, followed = read_hinted(work, hinted, looked)
    plan += planner.plan(read, are_rows=False)
    report.notices += _notices(looked, planner, work)
    if dry_run:
        _preview(plan, report)
        return
    work.ledger.watch(plan.records, stamp=services.stamp())
    work.ledger.looked_at(followed)
    remember(work, looked)
    for ticket in looked.sighting.tickets:
        if left.pop(ticket.id, None) and work.reach.leaves_out(ticket):
            work.ledger.forget(ticket.id)
    left |= {task.known.ticket_id: task.known for task in plan.unread}
    tasks = {task.known.ticket_id: task for task in plan.tasks}
    writer = Writer(services, planner, tasks, left)
    writer.write()
    if writer.calls_free_at:
        work.ledger.set_watermark(BUDGET, writer.calls_free_at)


def _refuse_wrong_zone(work: WriteBack) -> None:
    sentence = work.tickets.wrong_time_zone()
    if sentence:
        raise WriteBackStopped(
            f"No due date was written, since {sentence}",
            "Set bms.time_zone to the zone of BMS's dates; `check --live` tells which it may be",
        )


def _notices(looked: Look, planner: Planner, work: WriteBack) -> list[str]:
    notices = []
    if looked.is_first and work.reach.since is None and planner.too_old:
        notices.append(
            f"write-back begins with tickets opened from now on; {planner.too_old} open tickets "
            "are older and left alone (sla.since reaches further back)"
        )
    if not looked.sighting.complete:
        notices.append(
            "tickets kept moving between the pages while they were read; the next run looks again"
        )
    unmapped = planner.unmapped_notice()
    return [*notices, unmapped] if unmapped else notices


def _preview(plan: Plan, report: SlaReport) -> None:
    unread = {task.known.ticket_id for task in plan.unread}
    for task in sorted([*plan.tasks, *plan.unread], key=lambda each: urgency(each.known)):
        if task.due_date_is_open:
            report.written.append(DueDateLine.of(task.known, task.judgement))
        report.planned_calls += _calls(task, is_unread=task.known.ticket_id in unread)
    if unread:
        report.notices.append(
            f"of {len(unread)} tickets the search shows too little: each is read before "
            "it is written to, and may turn out to have another date"
        )


def _calls(task: Task, *, is_unread: bool) -> list[dict[str, object]]:
    calls: list[dict[str, object]] = []

    def add(call: str, body: object) -> None:
        calls.append({"ticket": task.known.number, "call": call, "body": body})

    if is_unread:
        add("GET /v2/servicedesk/tickets/{ticketId}", {})
    if task.due_date_is_open:
        value = task.judgement.new.isoformat()
        body = [{"op": "replace", "path": "dueDate", "value": value}]
        add("PATCH /v2/servicedesk/tickets/{ticketId}", body)
    fields = task.fields
    if fields is None:
        add("GET /v2/system/customFields/{moduleId}/{objectId}", {})
        fields = field_writes(task.known, {})
    for field_id, value in fields.items():
        call = "PUT /v2/system/customFields/data/{moduleId}/{entityId}/{customFieldId}"
        add(call, {"customFieldId": field_id, "Value": value})
    return calls
