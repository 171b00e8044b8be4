"""The scheduler, with a clock that only its own waiting and the steps' work move."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from structlog.testing import capture_logs

from connector.errors import (
    BudgetSpent,
    ConnectorError,
    ExitCode,
    FatalError,
    Unreachable,
)
from connector.pipeline.report import RunReport
from connector.pipeline.timetable import LONGEST_PAUSE, Timetable

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MINUTE = 60
HOUR = 3600


class FakeStop:
    """Asks to stop once so many seconds have passed; waiting moves the clock."""

    def __init__(self, clock: time_machine.Traveller, after: float) -> None:
        self.clock = clock
        self.left = after
        self.longest = 0.0
        self.is_asked = False

    def asked(self) -> bool:
        return self.is_asked or self.left <= 0

    def wait(self, seconds: float) -> None:
        assert seconds > 0, "the loop spins"
        self.longest = max(self.longest, seconds)
        seconds = min(seconds, self.left)
        self.left -= seconds
        self.clock.shift(seconds)

    def breakable(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture(params=["UTC", "America/New_York"])
def clock(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[time_machine.Traveller]:
    monkeypatch.setenv("TZ", request.param)
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


Work = Callable[[], RunReport]


class Steps:
    """What the timetable runs: notes when, and does as told."""

    def __init__(self, works: Mapping[str, Work] | None = None) -> None:
        self.works = works or {}
        self.begun: list[tuple[str, float]] = []

    def __call__(self, steps: Sequence[str]) -> RunReport:
        (step,) = steps
        self.begun.append((step, (now() - START).total_seconds()))
        return self.works.get(step, report)()

    def times(self, step: str) -> list[float]:
        return [at for name, at in self.begun if name == step]

    def gaps(self, step: str) -> list[float]:
        times = self.times(step)
        return [b - a for a, b in pairwise(times)]


def now() -> datetime:
    return datetime.now(UTC)


def report(
    exit_code: ExitCode = ExitCode.DONE, ended_by: ConnectorError | None = None, **fields: object
) -> RunReport:
    return RunReport(run="r", exit_code=exit_code, ended_by=ended_by, **fields)  # type: ignore[arg-type]


def keep(
    clock: time_machine.Traveller,
    intervals: Mapping[str, int],
    works: Mapping[str, Work] | None = None,
    seconds: float = HOUR,
) -> Steps:
    steps = Steps(works)
    timetable = Timetable(intervals, stop=FakeStop(clock, seconds), clock=now)
    timetable.keep(steps)
    return steps


def failing(error: Exception) -> Work:
    def work() -> RunReport:
        raise error

    return work


def test_every_step_runs_at_once_and_then_at_its_interval_with_jitter(
    clock: time_machine.Traveller,
) -> None:
    steps = keep(clock, {"intake": 60, "deliver": 300})
    assert [step for step, _ in steps.begun[:2]] == ["intake", "deliver"]
    assert max(steps.times("intake")[0], steps.times("deliver")[0]) <= 1
    assert all(60 <= gap <= 67 for gap in steps.gaps("intake"))
    assert all(300 <= gap <= 331 for gap in steps.gaps("deliver"))
    assert len(set(steps.gaps("intake"))) > 1
    assert len(steps.times("intake")) >= 53


def test_the_interval_begins_at_the_end_of_a_run_and_missed_runs_are_not_made_up(
    clock: time_machine.Traveller,
) -> None:
    def slow() -> RunReport:
        clock.shift(200)
        return report()

    steps = keep(clock, {"intake": 60, "deliver": 60}, {"deliver": slow})
    assert len(steps.gaps("deliver")) > 5
    assert all(260 <= gap <= 280 for gap in steps.gaps("deliver"))
    assert all(60 <= gap <= 270 for gap in steps.gaps("intake"))


@pytest.mark.parametrize(
    "work",
    [
        failing(FatalError("BMS refused us")),
        failing(KeyError("a bug of ours")),
        lambda: report(ExitCode.REFUSED, FatalError("BMS refused us")),
        lambda: report(ExitCode.UNREACHABLE, Unreachable("BMS is down")),
    ],
)
def test_a_failing_step_is_tried_less_and_less_and_delays_no_other(
    clock: time_machine.Traveller, work: Work
) -> None:
    steps = keep(clock, {"intake": 60, "deliver": 60}, {"deliver": work})
    assert all(60 <= gap <= 67 for gap in steps.gaps("intake"))
    first, second, third, *rest = steps.gaps("deliver")
    assert 120 <= first <= 133
    assert 240 <= second <= 265
    assert LONGEST_PAUSE <= third <= LONGEST_PAUSE * 1.1 + 1
    assert max(rest) <= LONGEST_PAUSE * 1.1 + 1


def test_a_step_that_works_again_has_its_interval_again(clock: time_machine.Traveller) -> None:
    outcomes = iter([Unreachable("down"), Unreachable("down"), None, None, None])

    def work() -> RunReport:
        error = next(outcomes, None)
        return report(ExitCode.UNREACHABLE, error) if error else report()

    steps = keep(clock, {"deliver": 60}, {"deliver": work}, seconds=900)
    assert [round(gap / 60) for gap in steps.gaps("deliver")[:4]] == [2, 4, 1, 1]


@pytest.mark.parametrize(
    "work",
    [
        lambda: report(ExitCode.PARTLY),
        lambda: report(ExitCode.UNREACHABLE),
        lambda: report(ExitCode.DONE, BudgetSpent("spent")),
    ],
    ids=["something was parked", "one request waits because of an error", "budget spent"],
)
def test_what_concerns_single_requests_only_does_not_slow_a_step_down(
    clock: time_machine.Traveller, work: Work
) -> None:
    steps = keep(clock, {"deliver": 60}, {"deliver": work})
    assert all(60 <= gap <= 67 for gap in steps.gaps("deliver"))


def test_a_long_turn_makes_room_for_a_step_that_is_due_and_goes_on_right_after(
    clock: time_machine.Traveller,
) -> None:
    stop = FakeStop(clock, HOUR)
    timetable: Timetable
    turns: list[float] = []

    def endless() -> RunReport:
        begun = now()
        while not timetable.should_stop():
            clock.shift(5)
        turns.append((now() - begun).total_seconds())
        stop.is_asked = len(turns) == 10
        return report()

    steps = Steps({"deliver": endless})
    timetable = Timetable({"intake": 60, "deliver": 60}, stop=stop, clock=now)
    timetable.keep(steps)
    assert all(60 <= gap <= 75 for gap in steps.gaps("intake"))
    breaks = [gap - turn for gap, turn in zip(steps.gaps("deliver"), turns, strict=False)]
    assert all(pause <= 1 for pause in breaks)


def test_a_turn_that_has_just_begun_is_not_cut_short(clock: time_machine.Traveller) -> None:
    asked: list[bool] = []
    timetable: Timetable

    def work() -> RunReport:
        asked.append(timetable.should_stop())
        return report()

    steps = Steps({"intake": work, "deliver": work})
    timetable = Timetable({"intake": 1, "deliver": 1}, stop=FakeStop(clock, 30), clock=now)
    timetable.keep(steps)
    assert asked
    assert not any(asked)


def test_asked_to_stop_it_stops_after_the_step_at_work(clock: time_machine.Traveller) -> None:
    stop = FakeStop(clock, HOUR)
    timetable: Timetable
    asked: list[bool] = []

    def work() -> RunReport:
        asked.append(timetable.should_stop())
        stop.is_asked = True
        asked.append(timetable.should_stop())
        return report()

    steps = Steps({"intake": work})
    timetable = Timetable({"intake": 60, "deliver": 60}, stop=stop, clock=now)
    timetable.keep(steps)
    assert asked == [False, True]
    assert [step for step, _ in steps.begun] == ["intake"]


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=300)])
def test_a_clock_that_is_set_back_costs_one_interval_at_most(
    clock: time_machine.Traveller, back: timedelta
) -> None:
    runs = 0

    def work() -> RunReport:
        nonlocal runs
        runs += 1
        if runs == 5:
            clock.shift(-back)
        return report()

    steps = keep(clock, {"intake": 60, "deliver": 600}, {"intake": work})
    assert len(steps.times("intake")) >= 52
    assert len(steps.times("deliver")) >= 5


def test_the_end_of_daylight_saving_time_is_no_hour_of_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    before = datetime(2026, 11, 1, 5, 50, tzinfo=UTC)  # 01:50 EDT; ten minutes later it is 01:00
    with time_machine.travel(before, tick=False) as clock:
        steps = keep(clock, {"intake": 60}, seconds=HOUR)
    assert max(steps.gaps("intake")) <= 2 * 67
    assert len(steps.times("intake")) >= 50


def test_every_run_is_one_line_and_what_it_has_to_say_is_told_once(
    clock: time_machine.Traveller,
) -> None:
    def work() -> RunReport:
        return report(ExitCode.PARTLY, received=2, problems=["source drop: no folder"])

    with capture_logs() as logs:
        steps = keep(clock, {"intake": 60, "deliver": 300}, {"intake": work}, seconds=600)
    lines = [line for line in logs if line["event"] == "step"]
    assert [line["step"] for line in lines] == [step for step, _ in steps.begun]
    intake = next(line for line in lines if line["step"] == "intake")
    assert (intake["exit_code"], intake["received"], intake["seconds"]) == (1, 2, 0.0)
    assert "created" not in intake
    told = [line["text"] for line in logs if line["event"] == "notice"]
    assert told == ["source drop: no folder"]


def test_failures_are_logged_and_counted(clock: time_machine.Traveller) -> None:
    with capture_logs() as logs:
        keep(clock, {"deliver": 60}, {"deliver": failing(FatalError("No.", "Ask."))}, seconds=400)
    reasons = [line["reason"] for line in logs if line["event"] == "step failed"]
    assert reasons == ["No.. Ask."] * 3
    (stopped,) = [line for line in logs if line["event"] == "stopped"]
    assert stopped["deliver"] == "3 runs, 3 failed"


def test_news_of_a_source_are_taken_in_and_delivered_at_once(
    clock: time_machine.Traveller,
) -> None:
    stop = FakeStop(clock, HOUR)
    news = iter([100.0])
    next_news = next(news)

    def wait(seconds: float) -> bool:
        nonlocal next_news
        before = (now() - START).total_seconds()
        if before < next_news <= before + seconds:
            stop.wait(next_news - before)
            next_news = float("inf")
            return True
        stop.wait(seconds)
        return False

    steps = Steps()
    timetable = Timetable({"intake": 300, "deliver": 300, "sla": 300}, stop=stop, clock=now)
    timetable.keep(steps, wait)

    after_news = [step for step in steps.begun if 100 <= step[1] <= 102]
    assert [name for name, _ in after_news] == ["intake", "deliver"]
    assert all(300 <= gap <= 331 for gap in steps.gaps("sla"))
    assert all(300 <= gap <= 331 for gap in steps.gaps("intake")[1:])
