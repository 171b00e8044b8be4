"""From what BMS shows to what is to be written. Changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from connector.domain.tenant import Lookup
from connector.errors import RequestRejected
from connector.pipeline.writeback.facts import first_seen, followed, is_unmapped, received_at
from connector.pipeline.writeback.fields import (
    adopting_fields,
    field_disagreements,
    field_writes,
    has_unwritten,
    seen_fields,
    wanting_fields,
)
from connector.pipeline.writeback.looking import OVERLAP
from connector.pipeline.writeback.ownership import Action, Judgement, confirmed, judge
from connector.pipeline.writeback.report import DueDateLine, FieldLine, SlaReport
from connector.pipeline.writeback.setup import WriteBack
from connector.ports.watch import WRITTEN, Found, Line, MadeTicket, OpenTicket, Watched


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

    `unread` are tickets whose search row lacks the text, which may name a desired date, or may
    not show yet what we wrote: each is read by itself when its turn comes.
    """

    records: list[tuple[Watched, Sequence[Line]]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    unread: list[Task] = field(default_factory=list)

    def __iadd__(self, other: "Plan") -> "Plan":
        """Add what is to be done for other tickets."""
        self.records += other.records
        self.tasks += other.tasks
        self.unread += other.unread
        return self


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

    def plan(self, tickets: Sequence[OpenTicket], *, are_rows: bool) -> Plan:
        """Return what is to be done for these tickets.

        `are_rows`: they come from a search, which may lag behind.
        """
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
                self._plan_one(ticket, before, made.get(ticket.id), plan, are_rows=are_rows)
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
        self,
        ticket: OpenTicket,
        known: Watched | None,
        made: MadeTicket | None,
        plan: Plan,
        *,
        are_rows: bool,
    ) -> None:
        lines: list[Line] = []
        if known is None:
            after = self._first_seen(ticket, made, lines)
        else:
            after = self._followed(known, ticket, lines)
        after = confirmed(after, ticket.due_at)
        judgement = judge(after, ticket.due_at)
        is_unread = ticket.details is None and not after.details_digest and made is None
        if are_rows and self._is_news(after, judgement) and self._was_just_written(after):
            is_unread = True
        else:
            after = self._owned(after, judgement, lines)
        if known is None and after.found is Found.KEPT:
            self.report.kept += 1
        after, fields = self._fields(after, ticket, lines)
        task = Task(after, judgement, judgement.action is Action.WRITE, fields)
        task.known = replace(after, pending=task.is_open or is_unread)
        if task.known != known:
            plan.records.append((task.known, lines))
        if is_unread:
            plan.unread.append(task)
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

    # --- whose it is -------------------------------------------------------------------------

    def _is_news(self, known: Watched, judgement: Judgement) -> bool:
        return judgement.action is Action.DISAGREE and known.told != _told(judgement)

    def _was_just_written(self, known: Watched) -> bool:
        """Whether a search of BMS may not show yet what we wrote."""
        journal = self.work.ledger.ticket_journal(known.ticket_id)
        return any(
            line.step == WRITTEN and self.now - line.at < OVERLAP for line in reversed(journal)
        )

    def _owned(self, known: Watched, judgement: Judgement, lines: list[Line]) -> Watched:
        """Report a person's date that stands against ours, once."""
        if judgement.action is not Action.DISAGREE:
            return replace(known, told="") if known.told else known
        if not self._is_news(known, judgement):
            return known
        self.report.disagreements.append(DueDateLine.of(known, judgement))
        lines.append(Line("kept", "a person's date", judgement.reason))
        return replace(known, told=_told(judgement))

    def _fields(
        self, known: Watched, ticket: OpenTicket, lines: list[Line]
    ) -> tuple[Watched, dict[int, str] | None]:
        """Return the ticket with its fields judged, and what to write; None: read them first."""
        shown = ticket.custom_fields
        if shown is None:
            return known, None if has_unwritten(known) else {}
        if field_disagreements(known, shown) and self._was_just_written(known):
            return known, None
        return self.judge_fields(known, shown, lines)

    def judge_fields(
        self, known: Watched, shown: Mapping[int, str], lines: list[Line]
    ) -> tuple[Watched, dict[int, str]]:
        """Return the ticket with what its fields show taken in, and the values to write.

        A person's value is reported, once.
        """
        for field_id, told in field_disagreements(known, shown).items():
            name = self._field_name(field_id)
            self.report.field_disagreements.append(FieldLine.of(known, name, told))
            lines.append(Line("kept", f"a person's {name}", told.reason))
        seen = seen_fields(known, shown)
        return seen, field_writes(seen, shown)

    def _field_name(self, field_id: int) -> str:
        names = {each: name for name, each in self.field_ids.items()}
        return names.get(field_id, f"custom field {field_id}")

    # --- priorities --------------------------------------------------------------------------

    def unmapped_notice(self) -> str | None:
        """Return what to hear of priorities that no guide word stands for."""
        if not self.unmapped:
            return None
        names = ", ".join(sorted(self.unmapped))
        return (
            f"no line of priorities.yaml names the {Lookup.PRIORITY} {names}; "
            "tickets with it count as Normal"
        )


def _told(judgement: Judgement) -> str:
    return f"{judgement.old} / {judgement.new}"


def _is_ours(known: Watched | None) -> bool:
    return known is not None and known.request_key is not None


def urgency(known: Watched) -> tuple[bool, float]:
    """Return the key by which tickets are ordered: emergencies first, then the newest."""
    return (not known.emergency, -known.received_at.timestamp())
