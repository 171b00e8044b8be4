"""Remote and onsite response: the guide's tables applied to a receipt (DESIGN section 7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.domain.due_dates import Window
from connector.sla.policy import SlaPolicy
from connector.sla.tables import CountsIn, Response
from connector.sla.wording import minutes_words, moment_words, spans_words


@dataclass(frozen=True, slots=True)
class Due:
    """A due date in UTC, and in words how it came about."""

    moment: datetime
    words: str


def emergency_response(
    policy: SlaPolicy, received: datetime, window: Window, response: Response
) -> Due:
    """Return when a response to an emergency is due: elapsed time, day and night."""
    cell = policy.file.emergency.cell(window, response)
    target = "" if cell.target is None else f" (target {minutes_words(cell.target)})"
    return Due(
        received + timedelta(minutes=cell.minutes),
        f"{minutes_words(cell.minutes)} of elapsed time{target}",
    )


def normal_response(
    policy: SlaPolicy, received: datetime, window: Window, response: Response
) -> Due:
    """Return when a response to any other request is due, by the row of its window."""
    row = policy.file.normal.row(window)
    cell = row.remote_response if response is Response.REMOTE else row.onsite_response
    if cell == "next_day":
        return _next_day(policy, received, row.counts_in)
    if cell == "next_opening":
        return _next_opening(policy, received, row.counts_in, response)
    return _counted(policy, received, cell, row.counts_in)


def _counted(policy: SlaPolicy, start: datetime, minutes: int, counts_in: CountsIn) -> Due:
    spans = policy.calendar.count(start, minutes, counts_in.windows)
    counted = spans_words(spans, policy.zone)
    amount = f"{minutes_words(minutes)} of {counts_in.words}"
    return Due(spans[-1].end, f"{amount} ({counted})")


def _next_day(policy: SlaPolicy, received: datetime, counts_in: CountsIn) -> Due:
    opening = policy.calendar.next_opening(received, counts_in.windows)
    return Due(
        opening.closes,
        f"next day, the close of the first {counts_in.words} that open after receipt",
    )


def _next_opening(
    policy: SlaPolicy, received: datetime, counts_in: CountsIn, response: Response
) -> Due:
    """Reckon as if received at the next opening; the row of a window cannot say so again."""
    opening = policy.calendar.next_opening(received, counts_in.windows)
    due = normal_response(policy, opening.opens, opening.window, response)
    since = moment_words(opening.opens, policy.zone)
    return Due(due.moment, f"as if received at the next opening, {since}: {due.words}")
