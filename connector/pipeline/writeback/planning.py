"""From what BMS shows to what is to be written. Changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from connector.domain import Lookup
from connector.errors import RequestRejected
from connector.pipeline.writeback.facts import first_seen, followed, is_unmapped, received_at
from connector.pipeline.writeback.fields import (
    adopting_fields,
    field_writes,
    has_unwritten,
    wanting_fields,
)
from connector.pipeline.writeback.ownership import Action, Judgement, judge
from connector.pipeline.writeback.report import DueDateLine, SlaReport
from connector.pipeline.writeback.setup import WriteBack
from connector.ports.watch import Found, Line, MadeTicket, OpenTicket, Watched


@dataclass(slots=True)
class Task:
    """One ticket, and what is yet to be written into it.

    `fields` are values by custom field id; None while those that are there are not known.
    """

    known: Watched
    judgement: Judgement
    due_date_is_open: bool
    fields: dict[int, str] | None

    @property
    def is_open(self) -> bool:
        """Whether anything is yet to be written."""
        return self.due_date_is_open or self.fields is None or bool(self.fields)


@dataclass(slots=True)
class Plan:
    """What is to be kept in the ledger, and what is to be written to BMS.

    `unread` are tickets whose search row lacks the text, which may name a desired date: each is
    read by itself when its turn comes.
    """

    records: list[tuple[Watched, Sequence[Line]]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    unread: list[Watched] = field(default_factory=list)


@dataclass
class Planner:
    """Plans for one run; what people should hear of it goes into `report`."""

    work: WriteBack
    report: SlaReport
    now: datetime
    since: datetime
    unmapped: set[str] = field(default_factory=set)
    too_old: int = 0
    """Tickets left alone because they were opened before `since`."""

    @cached_property
    def field_ids(self) -> Mapping[str, int]:
        """The tenant's custom fields, asked for only once there is something to write."""
        return self.work.tickets.custom_fields()

    def plan(self, tickets: Sequence[OpenTicket]) -> Plan:
        """Return what is to be done for these tickets."""
        ids = [ticket.id for ticket in tickets]
        known = self.work.ledger.watched(ids)
        made = self.work.ledger.made_tickets(
            [each for each in ids if not _is_ours(known.get(each))]
        )
        plan = Plan()
        for ticket in tickets:
            # After an unclear creation, a ticket may turn out as ours when it was seen already.
            before = None if ticket.id in made else known.get(ticket.id)
            if self._is_in_reach(ticket, before, made.get(ticket.id)):
                self._plan_one(ticket, before, made.get(ticket.id), plan)
        return plan

    def _is_in_reach(
        self, ticket: OpenTicket, known: Watched | None, made: MadeTicket | None
    ) -> bool:
        if self.work.reach.leaves_out(ticket):
            return False
        if known is None and made is None and received_at(ticket, self.now) < self.since:
            self.too_old += 1
            return False
        self.report.seen += 1
        if is_unmapped(ticket, self.work.rules):
            self.unmapped.add(ticket.priority.name or str(ticket.priority.id))
        if ticket.unreadable:
            sentence = f"ticket {ticket.number}: its due date {ticket.unreadable!r} is no date"
            self.report.errors.append(RequestRejected(sentence, "It was left alone"))
        return not ticket.unreadable

    def _plan_one(
        self, ticket: OpenTicket, known: Watched | None, made: MadeTicket | None, plan: Plan
    ) -> None:
        lines: list[Line] = []
        if known is None:
            after = self._first_seen(ticket, made, lines)
        else:
            after = self._followed(known, ticket, lines)
        judgement = judge(after, ticket.due_at)
        if judgement.action is Action.DISAGREE:
            after = self._told(after, judgement, lines)
        elif after.told:
            after = replace(after, told="")  # the person agrees with us again
        if known is None and after.found is Found.KEPT:
            self.report.kept += 1
        is_to_write = judgement.action is Action.WRITE
        task = Task(after, judgement, is_to_write, self._field_writes(after, ticket))
        is_unread = ticket.details is None and not after.details_digest and made is None
        task.known = replace(after, pending=task.is_open or is_unread)
        if task.known != known:
            plan.records.append((task.known, lines))
        if is_unread:
            plan.unread.append(task.known)
        elif task.is_open:
            plan.tasks.append(task)

    def _first_seen(
        self, ticket: OpenTicket, made: MadeTicket | None, lines: list[Line]
    ) -> Watched:
        rules = self.work.rules
        seen = first_seen(ticket, made, rules, self.now)
        lines.append(Line("first seen", "ours" if made else "born in BMS", seen.reason))
        if made is None:
            return wanting_fields(seen, rules.book, self.field_ids)
        seen = adopting_fields(seen, ticket, rules.book, self.field_ids)
        return self._followed(seen, ticket, lines)

    def _followed(self, known: Watched, ticket: OpenTicket, lines: list[Line]) -> Watched:
        recompute = self.work.recompute
        after = followed(known, ticket, self.work.rules, self.now, recompute=recompute)
        if after.due == known.due:
            return after
        lines.append(Line("reckoned", "emergency" if after.emergency else "normal", after.reason))
        return wanting_fields(after, self.work.rules.book, self.field_ids)

    def _told(self, known: Watched, judgement: Judgement, lines: list[Line]) -> Watched:
        """Report a disagreement, once."""
        told = f"{judgement.old} / {judgement.new}"
        if known.told == told:
            return known
        self.report.disagreements.append(DueDateLine.of(known, judgement))
        lines.append(Line("kept", "a person's date", judgement.reason))
        return replace(known, told=told)

    def _field_writes(self, known: Watched, ticket: OpenTicket) -> dict[int, str] | None:
        if not has_unwritten(known):
            return {}
        return None if ticket.custom_fields is None else field_writes(known, ticket.custom_fields)

    def unmapped_notice(self) -> str | None:
        """Return what to hear of priorities that no guide word stands for."""
        if not self.unmapped:
            return None
        names = ", ".join(sorted(self.unmapped))
        return (
            f"no line of priorities.yaml names the {Lookup.PRIORITY} {names}; "
            "tickets with it count as Normal"
        )


def _is_ours(known: Watched | None) -> bool:
    return known is not None and known.request_key is not None


def urgency(known: Watched) -> tuple[bool, float]:
    """Return the key by which tickets are ordered: emergencies first, then the newest."""
    return (not known.emergency, -known.received_at.timestamp())
