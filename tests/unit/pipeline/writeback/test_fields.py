"""Custom fields of a watched ticket: which to write."""

import pytest
from support.watched import a_watched_ticket

from connector.pipeline.writeback.fields import (
    field_disagreements,
    field_writes,
    has_unwritten,
    same_value,
    seen_fields,
)
from connector.ports.watch import FieldState

TEN = "2026-11-16T10:00:00-05:00"
ELEVEN = "2026-11-16T11:00:00-05:00"
NOON = "2026-11-16T12:00:00-05:00"


@pytest.mark.parametrize(
    ("state", "current", "is_written"),
    [
        (FieldState(TEN), None, True),
        (FieldState(TEN), "", True),
        (FieldState(TEN), TEN, False),
        (FieldState(TEN), "2026-11-16T15:00:00Z", False),
        (FieldState(TEN), NOON, False),  # a person's
        (FieldState(TEN, sent=ELEVEN, answered=ELEVEN), ELEVEN, True),
        (FieldState(TEN, sent=ELEVEN, answered="2026-11-16T16:00:00Z"), ELEVEN, True),
        (FieldState(TEN, sent=ELEVEN, answered=ELEVEN), NOON, False),
        (FieldState(TEN, sent=ELEVEN, answered=ELEVEN), None, False),  # a person cleared it
        (FieldState(TEN, sent=ELEVEN), ELEVEN, True),  # the answer was lost
        (FieldState(TEN, sent=TEN), None, True),
        (FieldState(TEN, refused="Read-only"), None, False),
        (FieldState("11/16/2026", sent="11/15/2026", answered="11/15/2026"), "11/15/2026", True),
    ],
    ids=str,
)
def test_a_field_is_written_where_it_is_empty_or_ours(
    state: FieldState, current: str | None, is_written: bool
) -> None:
    known = a_watched_ticket(fields={3001: state})
    present = {} if current is None else {3001: current}
    assert field_writes(known, present) == ({3001: state.wanted} if is_written else {})


@pytest.mark.parametrize(
    ("state", "current", "reason"),
    [
        (FieldState(TEN), NOON, "a person wrote this value"),
        (FieldState(TEN, sent=TEN, answered=TEN), "", "a person cleared the field"),
        (FieldState(TEN, sent=ELEVEN, answered=ELEVEN, refused="no"), ELEVEN, None),
        (FieldState(TEN), "", None),
        (FieldState(TEN), TEN, None),
    ],
    ids=str,
)
def test_a_person_s_value_is_told_of_once(
    state: FieldState, current: str, reason: str | None
) -> None:
    known = a_watched_ticket(fields={3001: state})
    shown = {3001: current}
    found = [each.reason for each in field_disagreements(known, shown).values()]
    assert found == ([reason] if reason else [])
    assert field_disagreements(seen_fields(known, shown), shown) == {}


def test_a_value_whose_answer_was_lost_is_ours_once_it_is_seen() -> None:
    known = a_watched_ticket(fields={3001: FieldState(TEN, sent=TEN)})
    seen = seen_fields(known, {3001: TEN})
    assert not has_unwritten(seen)
    assert field_writes(seen, {}) == {}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (FieldState(TEN), True),
        (FieldState(TEN, sent=TEN), True),
        (FieldState(TEN, answered=TEN), False),
        (FieldState(TEN, refused="no"), False),
        (FieldState(TEN, told=f"{NOON} / {TEN}"), False),
    ],
)
def test_a_field_is_open_until_it_was_written_or_refused(state: FieldState, expected: bool) -> None:
    assert has_unwritten(a_watched_ticket(fields={3001: state})) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (TEN, "2026-11-16T15:00:40+00:00", True),
        (TEN, "2026-11-16T15:01:00+00:00", False),
        ("Friday", "Friday", True),
        ("Friday", "Monday", False),
        ("11/16/2026 10:00 AM", "11/16/2026 10:00:30 AM", True),
        ("11/16/2026 10:00 AM", "11/16/2026 10:00 PM", False),
        ("2026-11-16T10:00:00", "2026-11-16 10:00:00", True),
        (TEN, "2026-11-16T10:00:00", False),  # whose zone?
        (None, TEN, False),
        (None, None, False),
    ],
)
def test_dates_are_the_same_to_the_minute(
    one: str | None, other: str | None, expected: bool
) -> None:
    assert same_value(one, other) is expected
