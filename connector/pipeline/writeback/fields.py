"""The custom fields of a watched ticket: which values it should have, and which to write. Pure.

Each field is judged like the DueDate: a value that is neither empty nor ours is a person's.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from connector.pipeline.custom_fields import due_date_values
from connector.pipeline.rulebook import Rulebook
from connector.pipeline.writeback.ownership import SAME
from connector.ports.watch import FieldState, OpenTicket, Watched


def wanting_fields(known: Watched, book: Rulebook, ids: Mapping[str, int]) -> Watched:
    """Return the ticket with the values that its fields should have by its due dates."""
    values = _values(known, book, ids)
    fields = dict(known.fields)
    for field_id, value in values.items():
        before = fields.get(field_id)
        if before is None:
            fields[field_id] = FieldState(value)
        elif not same_value(before.wanted, value):
            fields[field_id] = replace(before, wanted=value, refused="")
    return replace(known, fields=fields)


def adopting_fields(
    known: Watched, ticket: OpenTicket, book: Rulebook, ids: Mapping[str, int]
) -> Watched:
    """Return a ticket that we created with the fields that it was created with as ours.

    A field that BMS did not take then is not tried again.
    """
    values = _values(known, book, ids)
    if ticket.custom_fields is not None:
        values = {key: ticket.custom_fields[key] for key in values if key in ticket.custom_fields}
    fields = {key: FieldState(value, sent=value, answered=value) for key, value in values.items()}
    return replace(known, fields=fields)


def field_writes(known: Watched, current: Mapping[int, str]) -> dict[int, str]:
    """Return the values to write, by custom field id; `current` are those that are there."""
    return {
        field_id: state.wanted
        for field_id, state in known.fields.items()
        if not state.refused and _is_to_write(state, current.get(field_id))
    }


def has_unwritten(known: Watched) -> bool:
    """Whether a field was not yet seen, or written, as it should be."""
    return any(
        not state.refused and not same_value(state.answered, state.wanted)
        for state in known.fields.values()
    )


def same_value(one: str | None, other: str | None) -> bool:
    """Whether two values of a custom field mean the same; dates are compared to the minute."""
    if one is None or other is None:
        return False
    if one == other:
        return True
    moments = (_moment(one), _moment(other))
    if moments[0] is None or moments[1] is None:
        return False
    return abs(moments[0] - moments[1]) < SAME


def _is_to_write(state: FieldState, current: str | None) -> bool:
    if same_value(current, state.wanted):
        return False
    if not current:
        return state.answered is None  # else a person cleared it
    return same_value(current, state.answered) or same_value(current, state.sent)


def _values(known: Watched, book: Rulebook, ids: Mapping[str, int]) -> dict[int, str]:
    due = known.due
    return due_date_values(
        due.remote_response, due.onsite_response, due.desired, book.policy, ids, book.field_dates
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
