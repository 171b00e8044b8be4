"""The ledger at a glance: how runs ended, what came in of late, what waits."""

from support.ledger_samples import at, identified, stamp, take

from connector.domain.request import Outcome
from connector.ledger.store import SqlLedger


def settle(ledger: SqlLedger, key: str, outcome: Outcome) -> None:
    take(ledger, key)
    ledger.settle(key, outcome, reason="", remedy="", stamp=stamp())


def test_past_runs_come_newest_first_from_a_moment_on(ledger: SqlLedger) -> None:
    for minute in (0, 10, 20):
        ledger.start_run(stamp(minute, run=f"run-{minute}"))
    summary = {"steps": ["intake", "sla"], "service_failed": True}
    ledger.finish_run(stamp(11, run="run-10"), exit_code=4, summary=summary)

    newest, ended = ledger.past_runs(since=at(5), limit=10)

    assert (newest.run, newest.finished_at, newest.steps) == ("run-20", None, [])
    assert not newest.ended_well
    assert (ended.exit_code, ended.finished_at) == (4, at(11))
    assert ended.steps == ["intake", "sla"]
    assert not ended.ended_well
    assert [run.run for run in ledger.past_runs(since=at(0), limit=2)] == ["run-20", "run-10"]


def test_a_run_of_an_older_version_ended_well_if_it_ended(ledger: SqlLedger) -> None:
    ledger.start_run(stamp(0))
    ledger.finish_run(stamp(1), exit_code=0, summary={"created": 1})
    [run] = ledger.past_runs(since=at(0), limit=1)
    assert run.ended_well
    assert run.steps == []


def test_what_came_in_is_counted_by_source_and_state(ledger: SqlLedger) -> None:
    identified(ledger, "old", received_at=at(-100))
    for key in ("a", "b"):
        settle(ledger, identified(ledger, key), Outcome.CREATED)
    identified(ledger, "c", source="forms")

    assert ledger.received_since(at(-10)) == {
        "drop": {Outcome.CREATED: 2},
        "forms": {Outcome.PENDING: 1},
    }


def test_what_waits_is_counted_however_old_it_is(ledger: SqlLedger) -> None:
    identified(ledger, "old", received_at=at(-1_000_000))
    settle(ledger, identified(ledger, "p"), Outcome.PARKED)
    settle(ledger, identified(ledger, "done"), Outcome.CREATED)

    assert ledger.waiting() == {Outcome.PENDING: 1, Outcome.PARKED: 1}
    assert ledger.letters_waiting() == 0
