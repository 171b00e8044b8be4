"""How values stand in columns."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.ledger.columns import (
    from_json,
    json_text,
    storable,
    time_text,
    to_time,
    to_time_if_any,
)

MOMENTS = st.datetimes(
    min_value=datetime(1000, 1, 3),  # noqa: DTZ001
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


@settings(max_examples=100, deadline=None)
@given(moment=MOMENTS)
def test_a_moment_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    back = to_time(time_text(moment))
    assert back == moment
    assert back.tzinfo == UTC


@settings(max_examples=100, deadline=None)
@given(one=MOMENTS, other=MOMENTS)
def test_moments_sort_as_text(one: datetime, other: datetime) -> None:
    assert (time_text(one) < time_text(other)) == (one < other)
    assert len(time_text(one)) == len(time_text(other))


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-03-02"):
        time_text(datetime(2026, 3, 2))  # noqa: DTZ001


def test_no_moment_is_none() -> None:
    assert to_time_if_any(None) is None


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(codec=None)))
def test_any_text_can_be_stored(text: str) -> None:
    storable(text).encode("utf-8")
    assert "\0" not in storable(text)


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(codec=None)))
def test_any_text_comes_back_from_json_through_any_database(text: str) -> None:
    assert json_text(text).isascii()
    assert from_json(json_text(text)) == text


def test_ordinary_text_is_stored_as_it_is() -> None:
    assert storable("Zoë's 🖨 \n C:\\x00") == "Zoë's 🖨 \n C:\\x00"
