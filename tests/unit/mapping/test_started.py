"""When a trouble started: a date only where the words plainly name one."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connector.mapping.desired import read_started

MONDAY_TEN = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("today", "2026-11-23"),
        ("today 9am", "2026-11-23T09:00:00-05:00"),
        ("yesterday at 3pm", "2026-11-22T15:00:00-05:00"),
        ("11/20/2026", "2026-11-20"),
        ("11/20", None),
        ("Nov 20", None),
        ("Nov 20, 2026 9am", "2026-11-20T09:00:00-05:00"),
        ("2026-11-20T09:00", "2026-11-20T09:00:00-05:00"),
        ("Monday", None),
        ("a while ago", None),
        ("2 days", None),
        ("13/13/2026", None),
    ],
)
def test_when_it_started_is_normalised_only_where_it_is_plainly_a_date(words, value):
    assert read_started(words, MONDAY_TEN) == value


def test_a_long_answer_does_not_tell_when_it_started():
    words = "please " * 13 + "yesterday"
    assert read_started(words, MONDAY_TEN) == "2026-11-22"
    assert read_started(f"{words}!", MONDAY_TEN) is None
