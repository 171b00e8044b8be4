"""What the rules make of a ticket: when it was received, its class, its due dates. Pure.

A ticket as first seen is judged like a new request: an emergency by a word in its title, or by
priority Critical. Once a person has changed its priority, that alone decides.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connector.domain.due_dates import Desired, DueDates, Priority
from connector.domain.tenant import Named
from connector.mapping.emergency import find_emergency_word
from connector.pipeline.deciding.custom_fields import desired_moment
from connector.pipeline.deciding.fields import guide_word
from connector.pipeline.writeback.desired_line import (
    DesiredLine,
    digest_of,
    read_desired_line,
)
from connector.pipeline.writeback.rules import WatchRules
from connector.ports.watch import Found, MadeTicket, OpenTicket, Reckoned, Watched
from connector.sla.targets import reckon
from connector.sla.wording import moment_words

BIRTH = timedelta(minutes=1)
"""A priority given within this time of a ticket's creation was given with it."""


def received_at(ticket: OpenTicket, now: datetime) -> datetime:
    """Return when a ticket born in BMS was received (DESIGN section 3); never later than now."""
    return min(ticket.opened_at or ticket.created_at or now, now)


def first_seen(
    ticket: OpenTicket, made: MadeTicket | None, rules: WatchRules, now: datetime
) -> Watched:
    """Return what is known of a ticket that was never looked at; `made` if we created it."""
    if made is not None:
        return _made_by_us(ticket, made, rules, now)
    received = received_at(ticket, now)
    reading = read_desired_line(ticket.details, received, rules)
    word = find_emergency_word(ticket.title, rules.book.priorities.emergency)
    changed_at = _changed_before_first_look(ticket, now)
    is_critical = _guide_word(ticket.priority, rules) is Priority.CRITICAL
    by_word = word is not None and changed_at is None
    raised_at = changed_at if is_critical and word is None else None
    reason = f"opened {_words(received, rules)}, priority {ticket.priority.name}"
    if word is not None and by_word:
        reason += f", the title says “{word.word}”"
    if changed_at is not None:
        reason += f", its priority was changed {_words(changed_at, rules)}"
    if reading.value is not None:
        reason += f", desired “{reading.words}”"
    known = _blank(ticket, received, now, reading)
    known = replace(known, emergency=is_critical or by_word, raised_at=raised_at, reason=reason)
    if ticket.due_at is not None:
        found = Found.REPLACED if rules.replaces_existing else Found.KEPT
        known = replace(known, found_due=ticket.due_at, found=found)
    return _reckoned(known, rules, reading.problem)


def followed(
    known: Watched, ticket: OpenTicket, rules: WatchRules, now: datetime, *, recompute: bool = False
) -> Watched:
    """Return what is known once the present state of a known ticket is taken in.

    Due dates are reckoned anew only when the priority was changed or a new desired date named,
    or with `recompute`. `reason` tells which.
    """
    after = replace(known, number=ticket.number or known.number, title=ticket.title)
    after = _with_desired(_with_priority(after, ticket, rules, now), ticket, rules, now)
    after = replace(
        after, priority_changed_at=ticket.priority_changed_at or known.priority_changed_at
    )
    if after.reason == known.reason and not recompute:
        return after
    reckoned = reckoned_anew(after, rules)
    if after.reason == known.reason:
        if _dates(reckoned.due) == _dates(known.due):
            return after
        reckoned = replace(reckoned, reason="reckoned anew with the present sla.yaml")
    return reckoned


def reckoned_anew(known: Watched, rules: WatchRules) -> Watched:
    """Return a ticket with the due dates that its facts come to; refusals of others are over."""
    return replace(_reckoned(known, rules), refused="", told="")


def is_unmapped(ticket: OpenTicket, rules: WatchRules) -> bool:
    """Whether no guide word stands for the ticket's priority, which then counts as Normal."""
    return guide_word(ticket.priority, rules.book.priorities) is None


# --- a ticket that we created ----------------------------------------------------------------


def _made_by_us(ticket: OpenTicket, made: MadeTicket, rules: WatchRules, now: datetime) -> Watched:
    """Return what is known of a ticket that carries its dates since its creation."""
    reading = read_desired_line(ticket.details, made.received_at, rules)
    priority = _priority_at_creation(ticket, made, rules)
    known = replace(
        _blank(ticket, made.received_at, now, reading),
        request_key=made.request_key,
        priority=priority,
        emergency=bool(made.result.get("emergency")),
        priority_changed_at=ticket.priority_changed_at if priority == ticket.priority else None,
        reason=f"created by us for request {made.request_key}",
    )
    due = _due_of(made.result.get("due"))
    if due is None:
        return _reckoned(known, rules)
    desired = desired_moment(known.desired, rules.book.policy)
    return replace(
        known,
        due=replace(due, desired=desired),
        sent=due.due_date,
        answered=made.answered or due.due_date,
    )


def _priority_at_creation(ticket: OpenTicket, made: MadeTicket, rules: WatchRules) -> Named:
    if made.priority_id is not None:
        is_same = ticket.priority.id == made.priority_id
        return ticket.priority if is_same else Named(made.priority_id, "")
    decided = str(made.result.get("priority", ""))
    return ticket.priority if _guide_word(ticket.priority, rules) == decided else Named(0, decided)


def _due_of(value: object) -> Reckoned | None:
    """Return the due dates as reports of a request show them."""
    if not isinstance(value, Mapping):
        return None
    moments: dict[str, Any] = {
        name: datetime.fromisoformat(text) if text else None for name, text in value.items()
    }
    return Reckoned(**moments)


# --- what changed ----------------------------------------------------------------------------


def _with_priority(known: Watched, ticket: OpenTicket, rules: WatchRules, now: datetime) -> Watched:
    if ticket.priority.id == known.priority.id:
        return known
    emergency = _guide_word(ticket.priority, rules) is Priority.CRITICAL
    changed_at = _told_change(known, ticket, now) or now.replace(microsecond=0)
    raised_at = (known.raised_at if known.emergency else changed_at) if emergency else None
    before = f" from {known.priority.name}" if known.priority.name else ""
    reason = f"priority changed{before} to {ticket.priority.name} {_words(changed_at, rules)}"
    if raised_at == changed_at:
        reason += ": raised into the emergency class, times run from then"
    return replace(
        known,
        priority=ticket.priority,
        emergency=emergency,
        raised_at=raised_at,
        reason=reason,
    )


def _told_change(known: Watched, ticket: OpenTicket, now: datetime) -> datetime | None:
    """Return when the priority was changed, where BMS tells of this change."""
    at = ticket.priority_changed_at
    if at is None or at == known.priority_changed_at or not known.received_at <= at <= now:
        return None
    return at


def _with_desired(known: Watched, ticket: OpenTicket, rules: WatchRules, now: datetime) -> Watched:
    if ticket.details is None or digest_of(ticket.details) == known.details_digest:
        return known
    was_read = bool(known.details_digest)
    reading = read_desired_line(ticket.details, now if was_read else known.received_at, rules)
    after = replace(known, details_digest=digest_of(ticket.details))
    if reading.words in ("", known.desired_words):
        return after
    after = replace(after, desired_words=reading.words)
    if reading.value is None or reading.value == known.desired:
        return after
    if was_read:
        reason = f"new desired resolution: “{reading.words}”"
    else:
        reason = f"{known.reason}, desired “{reading.words}”"
    return replace(after, desired=reading.value, reason=reason)


def _changed_before_first_look(ticket: OpenTicket, now: datetime) -> datetime | None:
    """Return when the priority was changed, where it evidently was before we ever looked."""
    born, changed = ticket.created_at or ticket.opened_at, ticket.priority_changed_at
    if born is None or changed is None or changed > now:
        return None
    return changed if changed - born > BIRTH else None


# --- reckoning -------------------------------------------------------------------------------


def _blank(ticket: OpenTicket, received: datetime, now: datetime, reading: DesiredLine) -> Watched:
    return Watched(
        ticket_id=ticket.id,
        number=ticket.number,
        title=ticket.title,
        request_key=None,
        first_seen_at=now,
        received_at=received,
        found_due=None,
        found=Found.NOTHING,
        priority=ticket.priority,
        emergency=False,
        raised_at=None,
        details_digest="" if ticket.details is None else digest_of(ticket.details),
        desired_words=reading.words,
        desired=reading.value,
        due=Reckoned(received, received, None, received),
        reason="",
        priority_changed_at=ticket.priority_changed_at,
    )


def _reckoned(known: Watched, rules: WatchRules, remark: str | None = None) -> Watched:
    start = known.raised_at or known.received_at
    due = reckon(
        rules.book.policy,
        start,
        _guide_word(known.priority, rules),
        emergency=known.emergency,
        desired=known.desired,
    )
    return replace(known, due=_as_reckoned(due, known.desired, rules, remark))


def _as_reckoned(
    due: DueDates, desired: Desired | None, rules: WatchRules, remark: str | None
) -> Reckoned:
    return Reckoned(
        remote_response=due.remote_response,
        onsite_response=due.onsite_response,
        resolution=due.resolution,
        due_date=due.due_date,
        desired=None if due.desired_unusable else desired_moment(desired, rules.book.policy),
        steps=((remark,) if remark else ()) + due.steps,
    )


def _dates(due: Reckoned) -> Reckoned:
    return replace(due, steps=())


def _guide_word(priority: Named, rules: WatchRules) -> Priority:
    return guide_word(priority, rules.book.priorities) or Priority.NORMAL


def _words(moment: datetime, rules: WatchRules) -> str:
    return moment_words(moment, rules.book.zone)
