"""At most so many calls to an endpoint in any 60 minutes, a tenth of them for emergencies."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.ledger_samples import NOON, at

from connector.errors import BudgetSpent, Throttled
from connector.ledger.budget import SqlCallBudget
from connector.ledger.store import SqlLedger, open_ledger

CREATE = "POST /v2/servicedesk/tickets"
SEARCH = "POST /v2/servicedesk/tickets/search"


def calls_until_spent(
    budget: SqlCallBudget, minutes: float = 0, *, emergency: bool = False, endpoint: str = CREATE
) -> int:
    for count in range(10_000):
        try:
            budget.take(endpoint, now=at(minutes), emergency=emergency)
        except BudgetSpent:
            return count
    raise AssertionError


@pytest.mark.parametrize(
    ("per_hour", "for_all"), [(2, 1), (5, 4), (9, 8), (10, 9), (20, 18), (25, 22), (120, 108)]
)
def test_the_last_tenth_is_for_emergencies_only(
    ledger: SqlLedger, per_hour: int, for_all: int
) -> None:
    budget = SqlCallBudget(ledger.database, calls_per_hour=per_hour)
    assert calls_until_spent(budget) == for_all
    assert calls_until_spent(budget, emergency=True) == per_hour - for_all


def test_each_endpoint_has_a_budget_of_its_own(ledger: SqlLedger) -> None:
    budget = SqlCallBudget(ledger.database, calls_per_hour=3)
    assert calls_until_spent(budget) == 2
    assert calls_until_spent(budget, endpoint=SEARCH) == 2


def test_the_count_is_shared_through_the_ledger(ledger: SqlLedger) -> None:
    SqlCallBudget(ledger.database, calls_per_hour=3).take(CREATE, now=NOON, emergency=False)
    another_run = SqlCallBudget(ledger.database, calls_per_hour=3)
    assert calls_until_spent(another_run) == 1


def test_a_spent_budget_tells_from_when_calls_are_free(ledger: SqlLedger) -> None:
    budget = SqlCallBudget(ledger.database, calls_per_hour=4)
    for minutes in (0.5, 10, 10):
        budget.take(CREATE, now=at(minutes), emergency=False)
    with pytest.raises(BudgetSpent, match="POST /v2/servicedesk/tickets") as caught:
        budget.take(CREATE, now=at(30), emergency=False)
    assert caught.value.not_before == at(61)
    assert calls_until_spent(budget, minutes=60.99) == 0
    assert calls_until_spent(budget, minutes=61) == 1


def test_calls_that_wait_behind_the_emergency_tenth_are_free_when_enough_has_passed(
    ledger: SqlLedger,
) -> None:
    budget = SqlCallBudget(ledger.database, calls_per_hour=10)
    for minutes in range(10):
        budget.take(CREATE, now=at(minutes), emergency=True)
    with pytest.raises(BudgetSpent) as for_all:
        budget.take(CREATE, now=at(20), emergency=False)
    with pytest.raises(BudgetSpent) as for_emergencies:
        budget.take(CREATE, now=at(20), emergency=True)
    assert for_emergencies.value.not_before == at(61)
    assert for_all.value.not_before == at(62)


def test_a_refused_call_is_not_counted(ledger: SqlLedger) -> None:
    budget = SqlCallBudget(ledger.database, calls_per_hour=10)
    assert calls_until_spent(budget) == 9
    assert calls_until_spent(budget) == 0
    assert calls_until_spent(budget, emergency=True) == 1


@pytest.mark.parametrize("emergency", [False, True])
def test_a_spent_budget_tells_whether_an_emergency_would_fare_better(
    ledger: SqlLedger, emergency: bool
) -> None:
    budget = SqlCallBudget(ledger.database, calls_per_hour=10)
    calls_until_spent(budget, emergency=emergency)
    with pytest.raises(BudgetSpent) as caught:
        budget.take(CREATE, now=NOON, emergency=emergency)
    assert caught.value.reserve_too is emergency


def test_old_minutes_are_forgotten(ledger: SqlLedger) -> None:
    budget = SqlCallBudget(ledger.database, calls_per_hour=100)
    for hours in range(50):
        budget.take(f"{CREATE}/{hours}", now=at(60 * hours), emergency=False)
    with ledger.database.snapshot() as tx:
        assert len(tx.all("SELECT * FROM calls")) <= 2


def test_a_clock_that_ran_ahead_and_was_set_right_blocks_nothing(ledger: SqlLedger) -> None:
    budget = SqlCallBudget(ledger.database, calls_per_hour=1)
    budget.take(CREATE, now=NOON + timedelta(days=400), emergency=False)
    assert calls_until_spent(budget) == 1


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    gaps=st.lists(st.integers(min_value=0, max_value=1500), min_size=1, max_size=60),
    per_hour=st.integers(min_value=1, max_value=12),
)
def test_no_sixty_minutes_see_more_calls_than_the_budget(gaps: list[int], per_hour: int) -> None:
    made = []
    now = NOON
    with open_ledger("sqlite:///:memory:", create=False) as ledger:
        budget = SqlCallBudget(ledger.database, calls_per_hour=per_hour)
        for gap in gaps:
            now = call_when_free(budget, now + timedelta(seconds=gap))
            made.append(now)
    for first in made:
        assert sum(first <= each < first + timedelta(hours=1) for each in made) <= per_hour


def call_when_free(budget: SqlCallBudget, now: datetime) -> datetime:
    try:
        budget.take(CREATE, now=now, emergency=True)
    except BudgetSpent as spent:
        now = spent.not_before or now
        budget.take(CREATE, now=now, emergency=True)
    return now


def test_a_budget_of_one_call_is_for_anything(ledger: SqlLedger) -> None:
    assert calls_until_spent(SqlCallBudget(ledger.database, calls_per_hour=1)) == 1


def test_a_paused_endpoint_gets_no_call_until_its_time_from_any_process(ledger: SqlLedger) -> None:
    SqlCallBudget(ledger.database, calls_per_hour=100).pause(CREATE, until=at(10))
    another_run = SqlCallBudget(ledger.database, calls_per_hour=100)

    with pytest.raises(Throttled) as caught:
        another_run.take(CREATE, now=at(9), emergency=True)
    assert caught.value.not_before == at(10)
    another_run.take(SEARCH, now=at(9), emergency=False)
    another_run.take(CREATE, now=at(10), emergency=False)
