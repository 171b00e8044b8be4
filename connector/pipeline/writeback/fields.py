"""The custom fields of a watched ticket: which values it should have, and which to write. Pure.

Each field is judged like the DueDate: a value that is neither empty nor ours is a person's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from connector.domain.due_dates import SAME
from connector.field_dates import FieldDates, read_field_date
from connector.pipeline.deciding.custom_fields import due_date_values
from connector.pipeline.rulebook import Rulebook
from connector.pipeline.writeback.ownership import Action
from connector.ports.watch import FieldState, OpenTicket, Watched


@dataclass(frozen=True, slots=True)
class FieldJudgement:
    """A value of a person that stands against the one reckoned; empty where it was cleared."""

    shown: str
    wanted: str
    reason: str


def wanting_fields(known: Watched, book: Rulebook, ids: Mapping[str, int]) -> Watched:
    """Return the ticket with the values that its fields should have by its due dates."""
    values = _values(known, book, ids)
    fields = dict(known.fields)
    for field_id, value in values.items():
        before = fields.get(field_id)
        if before is None:
            fields[field_id] = FieldState(value)
        elif not same_value(before.wanted, value):
            fields[field_id] = replace(before, wanted=value, refused="", told="")
    return replace(known, fields=fields)


def adopting_fields(
    known: Watched, ticket: OpenTicket, book: Rulebook, ids: Mapping[str, int]
) -> Watched:
    """Return a ticket that we created with the fields that it was created with as ours.

    A field that BMS did not take then is not tried again. BMS may spell dates in its own way;
    another date is a person's.
    """
    values = _values(known, book, ids)
    shown = ticket.custom_fields
    if shown is not None:
        values = {key: _spelled(value, shown[key]) for key, value in values.items() if key in shown}
    fields = {key: FieldState(value, sent=value, answered=value) for key, value in values.items()}
    return replace(known, fields=fields)


def judge_field(state: FieldState, current: str | None) -> tuple[Action, str]:
    """Return what is to be done about a field that shows `current`, and why."""
    if same_value(current, state.wanted):
        return Action.LEAVE, "the value is as it should be"
    if not current and state.answered is not None:
        return Action.DISAGREE, "a person cleared the field"
    if not current or same_value(current, state.answered) or same_value(current, state.sent):
        return (Action.LEAVE if state.refused else Action.WRITE), state.refused
    return Action.DISAGREE, "a person wrote this value"


def field_writes(known: Watched, current: Mapping[int, str]) -> dict[int, str]:
    """Return the values to write, by custom field id; `current` are those that are there."""
    return {
        field_id: state.wanted
        for field_id, state in known.fields.items()
        if judge_field(state, current.get(field_id))[0] is Action.WRITE
    }


def field_disagreements(known: Watched, current: Mapping[int, str]) -> dict[int, FieldJudgement]:
    """Return the values of persons that stand against ours and were not told of yet."""
    found = {}
    for field_id, state in known.fields.items():
        action, reason = judge_field(state, current.get(field_id))
        shown = current.get(field_id) or ""
        if action is Action.DISAGREE and state.told != _told(shown, state):
            found[field_id] = FieldJudgement(shown, state.wanted, reason)
    return found


def seen_fields(known: Watched, current: Mapping[int, str]) -> Watched:
    """Return the ticket with what its fields show taken in: whose they are, and what was told.

    A value of ours whose answer was lost is ours once it is seen.
    """
    return replace(
        known,
        fields={
            field_id: _seen(state, current.get(field_id))
            for field_id, state in known.fields.items()
        },
    )


def _seen(state: FieldState, current: str | None) -> FieldState:
    if same_value(current, state.sent) and not same_value(current, state.answered):
        state = replace(state, answered=current)
    if judge_field(state, current)[0] is Action.DISAGREE:
        return replace(state, told=_told(current or "", state))
    return replace(state, told="") if state.told else state


def _told(shown: str, state: FieldState) -> str:
    return f"{shown} / {state.wanted}"


def has_unwritten(known: Watched) -> bool:
    """Whether a field was not yet seen, or written, as it should be, and is not a person's."""
    return any(
        not (state.refused or state.told) and not same_value(state.answered, state.wanted)
        for state in known.fields.values()
    )


def same_value(one: str | None, other: str | None) -> bool:
    """Whether two values of a custom field mean the same; dates are compared to the minute."""
    if one is None or other is None:
        return False
    if one == other:
        return True
    apart = _apart(one, other)
    return apart is not None and apart < SAME


def _apart(one: str, other: str) -> timedelta | None:
    """Return how far two dates of the same format lie from each other; None for anything else."""
    for how in FieldDates:
        moments = [read_field_date(text, how, UTC) for text in (one, other)]
        if moments[0] is not None and moments[1] is not None:
            return abs(moments[0] - moments[1])
    return None


def _spelled(value: str, shown: str) -> str:
    return shown if _apart(value, shown) is None else value


def _values(known: Watched, book: Rulebook, ids: Mapping[str, int]) -> dict[int, str]:
    due = known.due
    return due_date_values(
        due.remote_response, due.onsite_response, due.desired, book.policy, ids, book.field_dates
    )
