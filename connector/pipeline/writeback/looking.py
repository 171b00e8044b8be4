"""Which tickets to look at in this run: the changed ones, and once a day every open one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from connector.errors import RetryLater, Throttled, Unreachable
from connector.pipeline.writeback.setup import WriteBack
from connector.ports.watch import OpenTicket, Sighting, Watched

log = structlog.get_logger()

BEGAN = "write-back began"
SEARCHED = "changed tickets searched"
SWEPT = "open tickets swept"
BUDGET = "calls free again"

OVERLAP = timedelta(minutes=10)
"""How far searches for changed tickets reach back behind the one before: clocks differ, and the
search of BMS may lag behind."""


MANY = 50
"""From so many tickets on, looking at every open one is cheaper than reading each by itself."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked at, and from which OpenDate on tickets are in reach."""

    sighting: Sighting
    since: datetime
    is_sweep: bool
    is_first: bool
    started_at: datetime


def look(work: WriteBack, now: datetime, *, everything: bool) -> Look:
    """Search BMS; `everything` looks at every open ticket, whenever it was last done."""
    began = work.ledger.watermark(BEGAN)
    searched, swept = work.ledger.watermark(SEARCHED), work.ledger.watermark(SWEPT)
    is_sweep = everything or searched is None or swept is None or now - swept >= work.full_sweep
    if is_sweep or searched is None:
        sighting = work.tickets.open_tickets()
    else:
        sighting = work.tickets.changed_tickets(searched - OVERLAP)
    return Look(
        sighting=sighting,
        since=work.reach.since or began or now,
        is_sweep=is_sweep,
        is_first=began is None,
        started_at=now,
    )


def left_over(work: WriteBack, now: datetime) -> dict[int, Watched]:
    """Return the tickets into which earlier runs have yet to write, and whose turn has come.

    Until calls are free again, only emergencies, which have a part of the budget to themselves.
    """
    free_at = work.ledger.watermark(BUDGET)
    must_wait = free_at is not None and now < free_at
    unwritten = work.ledger.unwritten()
    return {each.ticket_id: each for each in unwritten if each.emergency or not must_wait}


def read_hinted(
    work: WriteBack, hinted: Mapping[int, datetime], shown: Look
) -> tuple[Sequence[OpenTicket], Mapping[int, datetime]]:
    """Read the tickets that BMS told us of, except those that the search has just shown.

    Return them, and the hints that are done with. One that cannot be read is kept, and must not
    keep the others from their due dates: a hint is only a hint.
    """
    if shown.is_sweep:
        return [], hinted
    rows = {ticket.id for ticket in shown.sighting.tickets}
    read: list[OpenTicket] = []
    done = dict(hinted)
    for ticket_id in sorted(hinted.keys() - rows):
        try:
            ticket = work.tickets.ticket(ticket_id)
        except (Unreachable, Throttled):
            raise
        except RetryLater as error:
            log.warning("hint not followed", ticket=ticket_id, reason=error.message)
            del done[ticket_id]
            continue
        read += [ticket] if ticket is not None else []
    return read, done


def remember(work: WriteBack, done: Look) -> None:
    """Keep how far was looked, once what was seen is in the ledger."""
    if done.is_first:
        work.ledger.set_watermark(BEGAN, done.started_at)
    if not done.sighting.complete:
        return
    work.ledger.set_watermark(SEARCHED, done.started_at)
    if done.is_sweep:
        work.ledger.set_watermark(SWEPT, done.started_at)
