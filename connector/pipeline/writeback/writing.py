"""Carrying out: one PATCH per due date, one PUT per custom field, each verified.

What a person sees first is written first: emergencies, then the newest. A ticket that fails
stops no other, until three in a row have failed. What is not written stays pending in the
ledger, and a later run looks at the ticket anew before it writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

import structlog

from connector.errors import BudgetSpent, RequestRejected, RetryLater, Unreachable
from connector.pipeline.services import Services
from connector.pipeline.writeback.fields import has_unwritten, same_value
from connector.pipeline.writeback.ownership import is_unwritten
from connector.pipeline.writeback.planning import Planner, Task, urgency
from connector.pipeline.writeback.report import DueDateLine
from connector.ports.watch import WRITTEN, Line, Watched

log = structlog.get_logger()

FAILURES_IN_A_ROW = 3
"""After so many tickets in a row failed, it is not the tickets' fault."""


@dataclass(slots=True)
class Writer:
    """Writes what a run has planned. `left` are tickets to be read first: those that an earlier
    run left, and those whose search row did not tell all.
    """

    services: Services
    planner: Planner
    tasks: dict[int, Task]
    left: dict[int, Watched]
    failed_in_a_row: int = 0
    ended: bool = False
    calls_free_at: datetime | None = None
    """When the call budget that ended the writing has calls again."""

    def write(self) -> None:
        """Write every due date, then every custom field: each has a call budget of its own.

        Raises `FatalError`.
        """
        self._each(self._write_due_date, _is_not_only_for_fields)
        self.failed_in_a_row = 0
        self._each(self._write_fields, has_unwritten)

    def _each(self, write: Callable[[Task], None], is_left: Callable[[Watched], bool]) -> None:
        """Write for one ticket after another, until something stands in the way of all.

        Of the tickets that are yet to be read, those are that `is_left` says.
        """
        for ticket_id in self._order(is_left):
            if self.ended or self.services.should_stop():
                return
            self.services.progress("writing due dates")
            try:
                self._one(ticket_id, write)
            except BudgetSpent as error:
                # Emergencies came first: whoever comes next has no more of the budget.
                self._wait(error)
                return
            except RetryLater as error:
                self.planner.report.errors.append(error)
                self.ended = isinstance(error, Unreachable) or error.not_before is not None
                self._count_failure()

    def _order(self, is_left: Callable[[Watched], bool]) -> Sequence[int]:
        known = [task.known for task in self.tasks.values()]
        known += filter(is_left, self.left.values())
        return [each.ticket_id for each in sorted(known, key=urgency)]

    def _one(self, ticket_id: int, write: Callable[[Task], None]) -> None:
        waiting = self.left.get(ticket_id)
        known = waiting or self.tasks[ticket_id].known
        with (
            self.services.write_back.tickets.for_emergency(emergency=known.emergency),
            structlog.contextvars.bound_contextvars(ticket=ticket_id),
        ):
            if waiting is not None:
                self._read_anew(waiting)
            task = self.tasks.get(ticket_id)
            if task is not None:
                write(task)

    def _read_anew(self, known: Watched) -> None:
        """Plan a ticket by what BMS shows of it now."""
        work = self.services.write_back
        ticket = work.tickets.ticket(known.ticket_id)
        del self.left[known.ticket_id]
        if ticket is None or work.reach.leaves_out(ticket):
            work.ledger.forget(known.ticket_id)
            return
        plan = self.planner.plan([ticket], are_rows=False)
        work.ledger.watch(plan.records, stamp=self.services.stamp())
        self.tasks |= {task.known.ticket_id: task for task in plan.tasks}

    # --- one due date ------------------------------------------------------------------------

    def _write_due_date(self, task: Task) -> None:
        if not task.due_date_is_open:
            return
        due = task.judgement.new
        # Committed before the call: if its answer is lost, the date is still known as ours.
        self._keep(task, replace(task.known, sent=due))
        try:
            answered = self.services.write_back.tickets.set_due_date(task.known.ticket_id, due)
        except RequestRejected as error:
            task.due_date_is_open = False
            self._keep(task, replace(task.known, refused=error.message), _refusal("DueDate", error))
            self._refused(task, error)
            return
        self.failed_in_a_row = 0
        task.due_date_is_open = False
        written = DueDateLine.of(task.known, task.judgement)
        self.planner.report.written.append(written)
        zone = self.services.rulebook.zone
        text = f"{_text(written.old, zone)} → {_text(due, zone)}: {written.reason}"
        self._keep(task, replace(task.known, answered=answered), Line(WRITTEN, "DueDate", text))

    # --- custom fields -----------------------------------------------------------------------

    def _write_fields(self, task: Task) -> None:
        if task.fields is None:
            shown = self.services.write_back.tickets.custom_values(task.known.ticket_id)
            lines: list[Line] = []
            known, task.fields = self.planner.judge_fields(task.known, shown, lines)
            self._keep(task, known, *lines)
        for field_id, value in list(task.fields.items()):
            self._write_field(task, field_id, value)

    def _write_field(self, task: Task, field_id: int, value: str) -> None:
        what = f"custom field {field_id}"
        self._keep(task, _with_field(task.known, field_id, sent=value))
        try:
            answered = self._set_field(task.known.ticket_id, field_id, value)
        except RequestRejected as error:
            self._close_field(task, field_id)
            known = _with_field(task.known, field_id, refused=error.message)
            self._keep(task, known, _refusal(what, error))
            self._refused(task, error)
            return
        self.failed_in_a_row = 0
        self.planner.report.fields_written += 1
        self._close_field(task, field_id)
        known = _with_field(task.known, field_id, answered=answered)
        self._keep(task, known, Line(WRITTEN, what, value))

    def _set_field(self, ticket_id: int, field_id: int, value: str) -> str:
        answered = self.services.write_back.tickets.set_custom_value(ticket_id, field_id, value)
        if not same_value(answered, value):
            raise RequestRejected(f"BMS shows {answered!r} where {value!r} was written")
        return answered

    def _close_field(self, task: Task, field_id: int) -> None:
        if task.fields is not None:
            del task.fields[field_id]

    # --- how ---------------------------------------------------------------------------------

    def _keep(self, task: Task, known: Watched, *lines: Line) -> None:
        """Commit what is known of a ticket now."""
        task.known = replace(known, pending=task.is_open)
        stamp = self.services.stamp()
        self.services.write_back.ledger.watch([(task.known, lines)], stamp=stamp)

    def _refused(self, task: Task, error: RequestRejected) -> None:
        sentence = f"ticket {task.known.number}: {error.message}"
        self.planner.report.errors.append(RequestRejected(sentence, error.remedy))
        log.warning("BMS refused a change", reason=error.message)
        self._count_failure()

    def _wait(self, error: BudgetSpent) -> None:
        """Keep the earliest moment at which an endpoint has calls again."""
        moments = [at for at in (self.calls_free_at, error.not_before) if at]
        self.calls_free_at = min(moments, default=None)

    def _count_failure(self) -> None:
        self.failed_in_a_row += 1
        self.ended = self.ended or self.failed_in_a_row >= FAILURES_IN_A_ROW


def _is_not_only_for_fields(known: Watched) -> bool:
    return is_unwritten(known) or not has_unwritten(known)


def _with_field(known: Watched, field_id: int, **changes: str) -> Watched:
    state = replace(known.fields[field_id], **changes)
    return replace(known, fields={**known.fields, field_id: state})


def _refusal(what: str, error: RequestRejected) -> Line:
    return Line("refused", what, error.message)


def _text(moment: datetime | None, zone: tzinfo) -> str:
    return "none" if moment is None else moment.astimezone(zone).isoformat(timespec="minutes")
