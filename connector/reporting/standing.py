"""Whether the due dates of one ticket were kept, as far as BMS tells. Pure.

What is judged is the ticket as BMS shows it now: its DueDate, which a person may have moved, and
the moments that BMS stamped. What these do not tell stays unknown, with the reason.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connector.pipeline.rulebook import TicketStatuses
from connector.ports.watch import OpenTicket

MERGED = "merged into another ticket"
NO_DUE_DATE = "no due date in BMS"
NOT_READABLE = "a due date in BMS that cannot be read"
NO_COMPLETION = "completed, and BMS does not tell when"
NO_TARGET = "no response time is known for it"
NO_RESPONSE = "BMS has stamped no first response"


class Standing(StrEnum):
    """What can be said of a date that was promised."""

    KEPT = "kept"
    MISSED = "missed"
    OPEN = "open"
    """Not done, and not yet due."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A standing; `why` says what is not known, and is empty otherwise."""

    standing: Standing
    why: str = ""


def judge_due_date(ticket: OpenTicket, now: datetime, statuses: TicketStatuses) -> Judgement:
    """Return whether a ticket was completed at or before its DueDate."""
    if statuses.is_merged(ticket.status):
        return Judgement(Standing.UNKNOWN, MERGED)
    if ticket.due_at is None:
        return Judgement(Standing.UNKNOWN, NOT_READABLE if ticket.unreadable else NO_DUE_DATE)
    completed_at = _completed_at(ticket)
    if completed_at is None and statuses.is_completed(ticket.status):
        return Judgement(Standing.UNKNOWN, NO_COMPLETION)
    return Judgement(_against(ticket.due_at, completed_at, now))


def judge_response(
    ticket: OpenTicket, target: datetime | None, now: datetime, statuses: TicketStatuses
) -> Judgement:
    """Return whether the first response that BMS stamped came at or before `target`.

    BMS stamps it at a status with the SLA event First Response. A technician may have answered
    without one, so that a missing stamp is no missed response; who completed the ticket in time
    responded in time.
    """
    if target is None:
        return Judgement(Standing.UNKNOWN, NO_TARGET)
    if ticket.first_response_at is not None:
        return Judgement(_against(target, ticket.first_response_at, now))
    if ticket.completed_at is not None and ticket.completed_at <= target:
        return Judgement(Standing.KEPT)
    if statuses.is_merged(ticket.status):
        return Judgement(Standing.UNKNOWN, MERGED)
    if now > target or statuses.is_completed(ticket.status):
        return Judgement(Standing.UNKNOWN, NO_RESPONSE)
    return Judgement(Standing.OPEN)


def _against(due: datetime, done_at: datetime | None, now: datetime) -> Standing:
    if done_at is not None:
        return Standing.KEPT if done_at <= due else Standing.MISSED
    return Standing.OPEN if now <= due else Standing.MISSED


def _completed_at(ticket: OpenTicket) -> datetime | None:
    """Return when work on the ticket ended; nobody promises that reopening clears the date."""
    done, again = ticket.completed_at, ticket.reopened_at
    return None if done and again and again > done else done
