"""Carrying out: one PATCH per due date, one PUT per custom field, each verified.

What a person sees first is written first: emergencies, then the newest; several tickets at the
same time. A ticket that fails stops no other, until three in a row have failed. What is not
written stays pending in the ledger, and a later run looks at the ticket anew before it writes.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

import structlog

from connector.errors import BudgetSpent, RequestRejected, RetryLater, Unreachable
from connector.pipeline.delivering.workers import Workers
from connector.pipeline.services import Services
from connector.pipeline.writeback.fields import has_unwritten, same_value
from connector.pipeline.writeback.ownership import is_unwritten
from connector.pipeline.writeback.planning import Planner, Task, urgency
from connector.pipeline.writeback.report import DueDateLine
from connector.ports.stopping import CallAbandoned
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
    turn: threading.RLock = field(default_factory=threading.RLock)
    """Held by a worker while it plans or counts, and never while it writes to BMS."""

    def write(self) -> None:
        """Write every due date, then every custom field: each has a call budget of its own.

        Raises `FatalError`.
        """
        order = self._order(_is_not_only_for_fields)
        self._each(order, self._write_due_date)
        places = {ticket_id: place for place, ticket_id in enumerate(order)}
        self.planner.report.written.sort(key=lambda line: places[line.ticket_id])
        self.failed_in_a_row = 0
        self._each(self._order(has_unwritten), self._write_fields)

    def _each(self, order: Sequence[int], write: Callable[[Task], None]) -> None:
        """Write for the tickets in their order, until something stands in the way of all."""
        tickets = iter(order)
        spent = threading.Event()

        def next_ticket() -> int | None:
            if self.ended or spent.is_set() or self.services.should_stop():
                return None
            ticket_id = next(tickets, None)
            if ticket_id is not None:
                self.services.progress("writing due dates")
            return ticket_id

        workers = Workers[int, None](
            lambda ticket_id: self._try_one(ticket_id, write, spent),
            lambda _ticket_id, _nothing: None,
            at_most=self.services.workers,
            breakable=self.services.breakable,
        )
        try:
            workers.work_through(next_ticket)
        except CallAbandoned:
            self._leave_behind(len(workers.left_behind))

    def _leave_behind(self, count: int) -> None:
        """Count what was being written when we were asked to stop; a later run looks anew."""
        self.ended = True
        what = "1 ticket was" if count == 1 else f"{count} tickets were"
        sentence = f"{what} being written when we were asked to stop, and BMS had not answered"
        self.planner.report.errors.append(RetryLater(sentence, "The next run looks at them again"))

    def _try_one(
        self, ticket_id: int, write: Callable[[Task], None], spent: threading.Event
    ) -> None:
        try:
            self._one(ticket_id, write)
        except BudgetSpent as error:
            # Emergencies came first: whoever comes next has no more of the budget.
            spent.set()
            with self.turn:
                self._wait(error)
        except RetryLater as error:
            with self.turn:
                self.planner.report.errors.append(error)
                is_for_all = isinstance(error, Unreachable) or error.not_before is not None
                self.ended = self.ended or is_for_all
                self._count_failure()

    def _order(self, is_left: Callable[[Watched], bool]) -> Sequence[int]:
        known = [task.known for task in self.tasks.values()]
        known += filter(is_left, self.left.values())
        return [each.ticket_id for each in sorted(known, key=urgency)]

    def _one(self, ticket_id: int, write: Callable[[Task], None]) -> None:
        with self.turn:
            waiting = self.left.get(ticket_id)
            known = waiting or self.tasks[ticket_id].known
        with (
            self.services.write_back.tickets.for_emergency(emergency=known.emergency),
            structlog.contextvars.bound_contextvars(ticket=ticket_id),
        ):
            if waiting is not None:
                self._read_anew(waiting)
            with self.turn:
                task = self.tasks.get(ticket_id)
            if task is not None:
                write(task)

    def _read_anew(self, known: Watched) -> None:
        """Plan a ticket by what BMS shows of it now."""
        work = self.services.write_back
        ticket = work.tickets.ticket(known.ticket_id)
        with self.turn:
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
        task.due_date_is_open = False
        written = DueDateLine.of(task.known, task.judgement)
        with self.turn:
            self.failed_in_a_row = 0
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
        with self.turn:
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
        log.warning("BMS refused a change", reason=error.message)
        with self.turn:
            self.planner.report.errors.append(RequestRejected(sentence, error.remedy))
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
