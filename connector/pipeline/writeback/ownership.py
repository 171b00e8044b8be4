"""Whose date is it? Ours is what BMS answered to our last write (DESIGN section 7). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from connector.domain.due_dates import SAME
from connector.ports.watch import Found, Watched


class Action(StrEnum):
    """What becomes of the DueDate of a ticket."""

    LEAVE = "leave"
    WRITE = "write"
    DISAGREE = "disagree"
    """A person's date stands; that ours is another is reported."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be done about a DueDate: the one that is there, the one reckoned, and why."""

    action: Action
    old: datetime | None
    new: datetime
    reason: str


def judge(known: Watched, current: datetime | None) -> Judgement:
    """Return what is to be done about the DueDate `current` of a ticket."""
    action, reason = _decide(known, current)
    return Judgement(action, current, known.due.due_date, reason)


def confirmed(known: Watched, current: datetime | None) -> Watched:
    """Return the ticket with a date of ours whose answer was lost, now that BMS shows it."""
    if _same(current, known.sent) and not _same(current, known.answered):
        return replace(known, answered=current)
    return known


def is_unwritten(known: Watched) -> bool:
    """Whether a DueDate may be yet to be written, as far as the ledger knows."""
    is_theirs = known.found is Found.KEPT or bool(known.told)
    return not (is_theirs or known.refused or _same(known.answered, known.due.due_date))


def _decide(known: Watched, current: datetime | None) -> tuple[Action, str]:
    wanted = known.due.due_date
    if _same(current, wanted):
        return Action.LEAVE, "the date is as it should be"
    if current is None:
        return _decide_empty(known)
    if _same(current, known.answered) or _same(current, known.sent):
        return _write(known)
    if _same(current, known.found_due) and known.answered is None:
        if known.found is Found.REPLACED:
            return _write(known)
        return Action.LEAVE, "the date was there when the ticket was first seen"
    return Action.DISAGREE, "a person set this date"


def _decide_empty(known: Watched) -> tuple[Action, str]:
    if known.answered is not None:
        return Action.DISAGREE, "a person cleared the date"
    if known.found_due is not None:
        return Action.LEAVE, "the date that was there when it was first seen was cleared"
    return _write(known)


def _write(known: Watched) -> tuple[Action, str]:
    if known.refused:
        return Action.LEAVE, f"BMS refused the date: {known.refused}"
    return Action.WRITE, known.reason


def _same(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) < SAME
