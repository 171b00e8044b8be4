"""Laws of due dates, and exactly where they hold.

* No due date is before receipt.
* Responses: within one class and one window, a later receipt is never due earlier. For a holiday
  this needs windows as long as the amount that is counted in them, as the guide's are: a holiday
  borrows the row of the window that opens next, and two holidays may borrow different rows.
* Across windows it does not hold, by the guide: 06:59 is due at the close, 07:00 two hours later.
* Resolution: a later receipt is never due earlier, except within the hour that clocks show
  twice, since "the same local time" of the first 01:59 is later than that of the second 01:00.
* Counting is additive: `a` minutes and then `b` more end where `a + b` do.
"""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from support.sla_policies import NEW_YORK, at, policy, reckoned

from connector.domain.due_dates import DueDates, Priority, SlaClass
from connector.sla.tables import OPERATION_HOURS
from connector.sla.targets import reckon

PART_DAY = {"date": "2026-12-24", "name": "Christmas Eve", "open": "07:00", "close": "12:00"}
RULES = policy({"holidays.part_days": [PART_DAY]})

quick = settings(max_examples=200, deadline=None)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
priorities = st.sampled_from(Priority)
soon = st.timedeltas(timedelta(0), timedelta(days=4))


def due(moment: datetime, priority: Priority, *, emergency: bool = False) -> DueDates:
    return reckon(RULES, moment, priority, emergency=emergency, desired=None)


@quick
@given(moments, priorities, st.booleans(), st.none() | moments | st.dates())
def test_nothing_is_due_before_receipt(moment, priority, emergency, desired) -> None:
    dates = reckon(RULES, moment, priority, emergency=emergency, desired=desired)
    named = [dates.remote_response, dates.onsite_response, dates.resolution, dates.due_date]
    assert all(date > moment for date in named if date is not None)
    assert dates.remote_response <= dates.onsite_response


@quick
@given(moments, soon, priorities)
def test_a_later_receipt_in_the_same_window_is_never_answered_earlier(
    moment, later, priority
) -> None:
    first, second = due(moment, priority), due(moment + later, priority)
    if first.window is second.window:
        assert first.remote_response <= second.remote_response
        assert first.onsite_response <= second.onsite_response


def test_across_windows_a_later_receipt_may_be_due_earlier() -> None:
    before, after = reckoned("2026-11-24T06:59"), reckoned("2026-11-24T07:00")
    assert before.remote_response == at("2026-11-24T18:00")
    assert after.remote_response == at("2026-11-24T09:00")


def is_repeated(moment: datetime) -> bool:
    local = moment.astimezone(NEW_YORK)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@quick
@given(moments, soon)
def test_a_later_receipt_is_never_resolved_earlier_outside_the_repeated_hour(moment, later) -> None:
    first, second = due(moment, Priority.NORMAL), due(moment + later, Priority.NORMAL)
    assert first.resolution is not None
    assert second.resolution is not None
    if not (is_repeated(moment) and is_repeated(moment + later)):
        assert first.resolution <= second.resolution


def test_in_the_repeated_hour_the_same_local_time_counts() -> None:
    first = due(datetime(2026, 11, 1, 5, 59, tzinfo=UTC), Priority.NORMAL)
    second = due(datetime(2026, 11, 1, 6, 0, tzinfo=UTC), Priority.NORMAL)
    assert first.resolution == at("2026-11-06T01:59")
    assert second.resolution == at("2026-11-06T01:00")


@quick
@given(moments, st.integers(1, 3000), st.integers(1, 3000))
def test_counting_on_ends_where_counting_at_once_does(moment, some, more) -> None:
    def end(start: datetime, minutes: int) -> datetime:
        return RULES.calendar.count(start, minutes, OPERATION_HOURS)[-1].end

    assert end(end(moment, some), more) == end(moment, some + more)


@quick
@given(moments, st.integers(1, 3000))
def test_what_is_counted_adds_up_and_lies_in_operation_hours(moment, minutes) -> None:
    spans = RULES.calendar.count(moment, minutes, OPERATION_HOURS)
    assert sum((span.end - span.start for span in spans), timedelta()) == timedelta(minutes=minutes)
    for span in spans:
        assert RULES.calendar.window_of(span.start) in OPERATION_HOURS
        assert RULES.calendar.window_of(span.end - timedelta.resolution) in OPERATION_HOURS


@quick
@given(moments, priorities)
def test_the_class_depends_on_the_request_alone(moment, priority) -> None:
    wanted = SlaClass.EMERGENCY if priority is Priority.CRITICAL else SlaClass.NORMAL
    assert due(moment, priority).sla_class is wanted
    assert due(moment, priority, emergency=True).sla_class is SlaClass.EMERGENCY
