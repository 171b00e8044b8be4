"""Runs are remembered for 90 days."""

from datetime import timedelta

from support.ledger_samples import NOON, at, recorded, stamp

from connector.ledger import runs
from connector.ledger.store import SqlLedger
from connector.ports import Stamp

DAY = 24 * 60


def known(ledger: SqlLedger) -> list[str]:
    return [run.run for run in ledger.past_runs(since=NOON - timedelta(days=400), limit=100)]


def test_a_run_of_more_than_90_days_ago_is_forgotten_when_the_next_begins(
    ledger: SqlLedger,
) -> None:
    for day in (0, 1, 91):
        ledger.start_run(stamp(day * DAY, run=f"day-{day}"))
    assert known(ledger) == ["day-91", "day-1"]


def test_the_oldest_go_first_and_one_run_forgets_only_so_many(
    ledger: SqlLedger, monkeypatch
) -> None:
    monkeypatch.setattr(runs, "MOST_FORGOTTEN", 2)
    for minute in (2, 0, 1, 3):
        ledger.start_run(stamp(minute, run=f"minute-{minute}"))
    ledger.start_run(stamp(200 * DAY, run="new"))
    assert known(ledger) == ["new", "minute-3", "minute-2"]
    ledger.start_run(stamp(200 * DAY + 1, run="newer"))
    assert known(ledger) == ["newer", "new"]


def test_the_story_of_a_request_outlives_the_run_that_told_it(ledger: SqlLedger) -> None:
    ledger.start_run(stamp(run="run-1"))
    recorded(ledger, "k1")
    ledger.start_run(Stamp(run="a year later", at=at(365 * DAY)))
    assert known(ledger) == ["a year later"]
    assert [entry.run for entry in ledger.journal("k1")] == ["run-1"]
