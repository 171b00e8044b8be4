"""`run`: every step at its own interval, one at a time, until we are asked to stop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import schedule
import structlog

from connector.errors import ConnectorError, ExitCode
from connector.pipeline.report import RunReport
from connector.pipeline.steps import DELIVER, INTAKE
from connector.ports import Clock
from connector.ports.stopping import Stop

log = structlog.get_logger()

AT_ONCE = 1
"""Seconds. `schedule` takes no 0: a job at every 0 seconds would loop for ever."""

JITTER = 10
"""One part in so many is added at random, lest many tenants call BMS at the same moment."""

LONGEST_PAUSE = 300
"""Seconds that a step which keeps failing waits at most, unless its interval is longer.

A client with an emergency is promised an answer within 15 minutes.
"""

TURN = timedelta(seconds=20)
"""How long a step may work while another one is due; then it makes room and comes again."""

Run = Callable[[Sequence[str]], RunReport]
Wait = Callable[[float], bool]


@dataclass(slots=True)
class Step:
    """One step of the timetable. `interval` and `delay` (until the next run) are seconds."""

    name: str
    interval: int
    delay: int = AT_ONCE
    runs: int = 0
    failures: int = 0
    failures_in_a_row: int = 0
    made_room: bool = False
    told: frozenset[str] = field(default_factory=frozenset)


class Timetable:
    """Runs steps at their intervals. No two at once, and none is made up for when missed."""

    def __init__(self, intervals: Mapping[str, int], *, stop: Stop, clock: Clock) -> None:
        """`intervals` are seconds by step, in the order of their first runs."""
        self._steps = [Step(name, interval) for name, interval in intervals.items()]
        self._stop = stop
        self._clock = clock
        self._scheduler = schedule.Scheduler()
        self._current: Step | None = None
        self._turn_ends = clock()

    def keep(self, run: Run, wait: Wait | None = None) -> None:
        """Do every step again and again with `run`, until we are asked to stop.

        `wait` waits so many seconds, or until a source has something new, and says whether it
        has; then what came is taken in and delivered at once.
        """
        for step in self._steps:
            self._plan(step, run)
        while not self._stop.asked():
            self._scheduler.run_pending()
            self._mind_the_clock(run)
            idle = self._scheduler.idle_seconds
            if idle is None or idle <= 0:
                continue
            if wait is None:
                self._stop.wait(idle)
            elif wait(idle):
                self._hurry(run)
        totals = {step.name: f"{step.runs} runs, {step.failures} failed" for step in self._steps}
        log.info("stopped", **totals)

    def should_stop(self) -> bool:
        """Whether the step at work should leave the rest to its next run.

        True when we are asked to stop, and when its turn is over and another step is due.
        """
        if self._stop.asked():
            return True
        if self._current is None or self._clock() < self._turn_ends:
            return False
        own = self._current.name
        others = [job for job in self._scheduler.get_jobs() if own not in job.tags]
        self._current.made_room = any(job.should_run for job in others)
        return self._current.made_room

    # --- one turn ----------------------------------------------------------------------------

    def _take_turn(self, step: Step, run: Run) -> type[schedule.CancelJob]:
        if self._stop.asked():
            return schedule.CancelJob
        begun = self._clock()
        self._current, self._turn_ends, step.made_room = step, begun + TURN, False
        step.runs += 1
        try:
            failed = self._tell(step, run([step.name]), begun)
        except ConnectorError as error:
            failed = True
            log.warning("step failed", step=step.name, reason=str(error))
        except Exception:
            # Nothing that goes wrong in one step may end the others.
            failed = True
            log.exception("step failed", step=step.name)
        self._current = None
        step.failures += failed
        step.failures_in_a_row = step.failures_in_a_row + 1 if failed else 0
        step.delay = _delay(step)
        self._plan(step, run)
        return schedule.CancelJob

    def _tell(self, step: Step, report: RunReport, begun: datetime) -> bool:
        """Log what a run came to, in one line and what is new to say; return whether it failed."""
        counts = {word: count for word, count in report.counts.items() if count}
        seconds = round((self._clock() - begun).total_seconds(), 1)
        tell = log.info if report.exit_code is ExitCode.DONE else log.warning
        tell("step", step=step.name, exit_code=int(report.exit_code), seconds=seconds, **counts)
        said = [*report.notices, *report.problems]
        for text in said:
            if text not in step.told:
                log.warning("notice", step=step.name, text=text)
        step.told = frozenset(said)
        return _has_failed(report)

    # --- when --------------------------------------------------------------------------------

    def _plan(self, step: Step, run: Run) -> None:
        """Plan the next run of a step, once; its job plans the one after that."""
        jitter = max(1, step.delay // JITTER) if step.delay > AT_ONCE else 0
        job = self._scheduler.every(step.delay).to(step.delay + jitter).seconds
        job.tag(step.name).do(self._take_turn, step, run)

    def _hurry(self, run: Run) -> None:
        """Run at once what turns new mail into tickets."""
        for step in self._steps:
            if step.name in (INTAKE, DELIVER):
                self._scheduler.clear(step.name)
                step.delay = AT_ONCE
                self._plan(step, run)

    def _mind_the_clock(self, run: Run) -> None:
        """Plan anew what lies too far ahead: `schedule` reckons in local wall-clock time.

        That goes back an hour when daylight saving time ends, and whenever a clock is set right.
        """
        now = datetime.now()  # noqa: DTZ005 - as `schedule` does
        for step in self._steps:
            for job in self._scheduler.get_jobs(step.name):
                latest = timedelta(seconds=step.delay + max(1, step.delay // JITTER))
                if job.next_run is not None and job.next_run - now > latest:
                    self._scheduler.cancel_job(job)
                    self._plan(step, run)


def _has_failed(report: RunReport) -> bool:
    """Whether a service failed the step as a whole.

    One request that waits because of an error is no reason to keep the others waiting longer.
    """
    if report.exit_code is ExitCode.UNREACHABLE:
        of_steps = [part.errors for part in (report.sla, report.access) if part]
        return report.ended_by is not None or any(of_steps)
    return report.exit_code is ExitCode.REFUSED


def _delay(step: Step) -> int:
    if step.made_room:
        return AT_ONCE
    pause = step.interval << min(step.failures_in_a_row, 16)
    return min(pause, max(step.interval, LONGEST_PAUSE))
