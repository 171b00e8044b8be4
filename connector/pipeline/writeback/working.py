"""What was seen of tickets becomes due dates: plan, keep, write; or only the plan (`dry_run`)."""

from collections.abc import Mapping
from datetime import datetime

from connector.pipeline.services import Services
from connector.pipeline.writeback.fields import field_writes
from connector.pipeline.writeback.looking import BUDGET, Look, read_hinted, remember
from connector.pipeline.writeback.planning import Plan, Planner, Task, urgency
from connector.pipeline.writeback.report import DueDateLine, SlaReport
from connector.pipeline.writeback.setup import WriteBack
from connector.pipeline.writeback.writing import Writer
from connector.ports.watch import Watched


def work_on(
    services: Services,
    report: SlaReport,
    looked: Look,
    hinted: Mapping[int, datetime],
    left: dict[int, Watched],
    *,
    dry_run: bool,
) -> None:
    """Write due dates into the tickets that were seen, told of, or left by earlier runs."""
    work = services.write_back
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


def _notices(looked: Look, planner: Planner, work: WriteBack) -> list[str]:
    notices = []
    if looked.is_first and work.reach.since is None and planner.too_old:
        notices.append(
            f"write-back begins with tickets opened from now on; {planner.too_old} open tickets "
            "are older and left alone (sla.since reaches further back)"
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
