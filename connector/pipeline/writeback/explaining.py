"""Why a ticket that the ledger does not know would have the due dates it would have."""

from dataclasses import dataclass
from datetime import datetime

from connector.pipeline.writeback.facts import first_seen, received_at
from connector.pipeline.writeback.looking import BEGAN
from connector.pipeline.writeback.setup import WriteBack
from connector.ports.watch import OpenTicket, Watched


@dataclass(frozen=True, slots=True)
class Explained:
    """What the rules make of a ticket now, and why write-back leaves it alone, if it does."""

    known: Watched
    left_out: str | None


def find_and_explain(
    work: WriteBack, *, number: str | None, ticket_id: int | None, now: datetime
) -> Explained | None:
    """Read a ticket from BMS, by its number or else by its id, and reckon its due dates.

    Changes nothing. None when BMS has no such ticket.
    """
    ticket = work.tickets.ticket_numbered(number) if number else None
    if ticket is None and ticket_id is not None:
        ticket = work.tickets.ticket(ticket_id)
    if ticket is None:
        return None
    return Explained(first_seen(ticket, None, work.rules, now), _left_out(work, ticket, now))


def _left_out(work: WriteBack, ticket: OpenTicket, now: datetime) -> str | None:
    reason = work.reach.leaves_out(ticket)
    since = work.reach.since or work.ledger.watermark(BEGAN)
    if reason is None and since is None:
        reason = "write-back begins with its first run, and with tickets opened from then on"
    if reason is None and since is not None and received_at(ticket, now) < since:
        start = since.astimezone(work.rules.book.zone).isoformat(timespec="minutes")
        reason = f"it was opened before {start} (sla.since)"
    if reason is None and ticket.due_at is not None and not work.rules.replaces_existing:
        reason = "it has a due date already (sla.existing_due_date)"
    return reason
