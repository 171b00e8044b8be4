"""Whose date is it: one table, and the law that a written date needs no second writing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.watched import WANTED, a_watched_ticket

from connector.pipeline.writeback.ownership import Action, judge
from connector.ports.watch import Found

OURS = WANTED - timedelta(days=1)
THEIRS = WANTED + timedelta(days=2)
NEAR = timedelta(seconds=40)
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)

LEAVE, WRITE, DISAGREE = Action.LEAVE, Action.WRITE, Action.DISAGREE


@pytest.mark.parametrize(
    ("known", "current", "action"),
    [
        # never written
        ({}, None, WRITE),
        ({}, WANTED, LEAVE),
        ({}, THEIRS, DISAGREE),
        ({"refused": "locked"}, None, LEAVE),
        # found when first seen
        ({"found_due": THEIRS, "found": Found.KEPT}, THEIRS, LEAVE),
        ({"found_due": THEIRS, "found": Found.KEPT}, THEIRS + timedelta(hours=1), DISAGREE),
        ({"found_due": THEIRS, "found": Found.KEPT}, None, LEAVE),
        ({"found_due": THEIRS, "found": Found.REPLACED}, THEIRS, WRITE),
        ({"found_due": THEIRS, "found": Found.REPLACED}, THEIRS + NEAR, WRITE),
        ({"found_due": THEIRS, "found": Found.REPLACED, "answered": OURS}, THEIRS, DISAGREE),
        # written
        ({"answered": OURS, "sent": OURS}, OURS, WRITE),
        ({"answered": OURS, "sent": OURS}, OURS + NEAR, WRITE),
        ({"answered": OURS, "sent": OURS}, OURS + timedelta(minutes=1), DISAGREE),
        ({"answered": OURS, "sent": OURS}, None, DISAGREE),
        ({"answered": OURS, "sent": OURS}, THEIRS, DISAGREE),
        ({"answered": OURS, "sent": OURS, "refused": "locked"}, OURS, LEAVE),
        # BMS answers another date than was sent: what it answered is ours
        ({"answered": THEIRS, "sent": OURS}, THEIRS, WRITE),
        # sent, and the answer lost
        ({"sent": OURS}, OURS, WRITE),
        ({"sent": OURS}, None, WRITE),
        ({"sent": OURS}, THEIRS, DISAGREE),
    ],
    ids=str,
)
def test_what_becomes_of_a_due_date(
    known: dict[str, object], current: datetime | None, action: Action
) -> None:
    assert judge(a_watched_ticket(**known), current).action is action


moments = st.integers(0, 365 * 24 * 60 * 2).map(lambda n: JANUARY + timedelta(seconds=30 * n))


@given(
    st.none() | moments,
    st.none() | moments,
    st.none() | moments,
    st.none() | moments,
    st.sampled_from(Found),
)
@settings(max_examples=200, deadline=None)
def test_after_writing_nothing_is_written_again(
    current: datetime | None,
    sent: datetime | None,
    answered: datetime | None,
    found_due: datetime | None,
    found: Found,
) -> None:
    known = a_watched_ticket(sent=sent, answered=answered, found_due=found_due, found=found)
    judgement = judge(known, current)
    if judgement.action is Action.WRITE:
        known = replace(known, sent=judgement.new, answered=judgement.new)
        current = judgement.new
    again = judge(known, current)
    assert again.action is not Action.WRITE
    assert (again.action is Action.DISAGREE) == (judgement.action is Action.DISAGREE)


@given(moments, st.none() | moments, st.sampled_from([Found.NOTHING, Found.KEPT]))
@settings(max_examples=200, deadline=None)
def test_a_date_that_we_did_not_write_is_never_overwritten(
    current: datetime, answered: datetime | None, found: Found
) -> None:
    known = a_watched_ticket(answered=answered, found=found)
    is_ours = answered is not None and abs(current - answered) < timedelta(minutes=1)
    assert is_ours or judge(known, current).action is not Action.WRITE
