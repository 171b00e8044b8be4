"""What the status page, /healthz and /metrics work with, and what they gather of the ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connector.accounts.model import AccessRequest, AccessState
from connector.domain.request import Outcome
from connector.ports import Clock, Ledger, RequestRecord
from connector.ports.accounts import AccessLedger
from connector.ports.overview import OverviewLedger, PastRun
from connector.web.due_board import Due, DueBoard
from connector.web.rate_limit import RateLimit

LISTED = 100
"""Parked and pending requests shown at most, each."""
DAY = timedelta(days=1)
MOST_RUNS = 2000
TRIES, TRIES_PER = 10, timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Operations:
    """The outside of these pages, and their settings; threads share it.

    `spent` tells the calls of the last 60 minutes by endpoint. `password` may be empty, as may
    `login_header`: then nobody gets in that way.
    """

    ledger: Ledger
    overview: OverviewLedger
    access: AccessLedger
    spent: Callable[[], Mapping[str, int]]
    calls_per_hour: int
    sources: Sequence[str]
    due: DueBoard
    clock: Clock
    started_at: datetime
    unhealthy_after: timedelta
    password: str = field(default="", repr=False)
    login_header: str = ""
    tries: RateLimit = field(default_factory=lambda: RateLimit(TRIES, TRIES_PER))
    """How often one address may try a password."""


@dataclass(frozen=True, slots=True)
class SourceFlow:
    """What came from a source: when last, and how many of the last 24 hours are in which state."""

    name: str
    last_received: datetime | None
    last_day: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the status page shows. `last_runs` are, of each step, the last run, with its steps."""

    now: datetime
    sources: Sequence[SourceFlow]
    last_runs: Sequence[tuple[PastRun, Sequence[str]]]
    waiting: Mapping[Outcome, int]
    parked: Sequence[RequestRecord]
    pending: Sequence[RequestRecord]
    approvals: Sequence[AccessRequest]
    due: Due
    calls: Mapping[str, int]
    health: Sequence[str]
    """What is wrong, in sentences; nothing when all is well."""


def overview_of(work: Operations) -> Overview:
    """Gather what the status page shows; BMS is asked for due dates alone."""
    now = work.clock()
    runs = _runs(work, now, DAY)
    return Overview(
        now=now,
        sources=source_flows(work, now),
        last_runs=_with_steps(last_by_step(runs)),
        waiting=work.overview.waiting(),
        parked=work.ledger.listed(Outcome.PARKED, LISTED),
        pending=_pending(work, now),
        approvals=waiting_approvals(work),
        due=work.due.look(),
        calls=work.spent(),
        health=health_of(work),
    )


def source_flows(work: Operations, now: datetime) -> Sequence[SourceFlow]:
    """Return what came from every source, those too that are configured no more."""
    counts = work.overview.received_since(now - DAY)
    names = [*work.sources, *sorted(counts.keys() - set(work.sources))]
    return [
        SourceFlow(name, work.overview.last_received(name), counts.get(name, {})) for name in names
    ]


def waiting_approvals(work: Operations) -> Sequence[AccessRequest]:
    """Return what awaits an approval, the newest first."""
    return work.access.listed_access(states=[AccessState.AWAITING_APPROVAL])


def last_by_step(runs: Sequence[PastRun]) -> Mapping[str, PastRun]:
    """Return the last ended run of each step; `runs` have the newest first."""
    last: dict[str, PastRun] = {}
    for run in runs:
        for step in run.steps if run.finished_at else ():
            last.setdefault(step, run)
    return last


def _with_steps(last: Mapping[str, PastRun]) -> Sequence[tuple[PastRun, Sequence[str]]]:
    """Return each run once, with those steps whose last it is; the newest first."""
    runs = {run.run: run for run in last.values()}
    return [
        (run, [step for step, its_last in last.items() if its_last.run == name])
        for name, run in sorted(runs.items(), key=lambda item: item[1].started_at, reverse=True)
    ]


def last_good_by_step(work: Operations) -> Mapping[str, PastRun]:
    """Return the last run of each step within a day that ended well."""
    runs = _runs(work, work.clock(), DAY)
    return last_by_step([run for run in runs if run.ended_well])


def last_runs_by_step(work: Operations) -> Mapping[str, PastRun]:
    """Return the last ended run of each step within a day."""
    return last_by_step(_runs(work, work.clock(), DAY))


def health_of(work: Operations) -> Sequence[str]:
    """Return what is wrong with the runs of late, in sentences; nothing when all is well.

    Runs are silent when none has ended within `unhealthy_after`, and a step fails when it was
    tried in that time and no run of it ended well. A ledger that has moved takes nothing in.
    """
    if work.overview.has_moved():
        return ["the ledger has moved: let `state` name the new one, and start `serve` again"]
    now, window = work.clock(), work.unhealthy_after
    minutes = int(window.total_seconds() // 60)
    late = now - window
    ended = [run for run in _runs(work, now, window * 2) if _ended_after(run, late)]
    if not ended:
        if work.started_at > late:
            return []  # nobody can say yet: an admin may have started both just now
        return [f"no run has ended in the last {minutes} minutes"]
    good = last_by_step([run for run in ended if run.ended_well])
    if not good:
        return [f"no run ended well in the last {minutes} minutes"]
    return [
        f"no run of the step {step} ended well in the last {minutes} minutes"
        for step in last_by_step(ended)
        if step not in good
    ]


def _ended_after(run: PastRun, moment: datetime) -> bool:
    return run.finished_at is not None and run.finished_at > moment


def _runs(work: Operations, now: datetime, within: timedelta) -> Sequence[PastRun]:
    return work.overview.past_runs(since=now - within, limit=MOST_RUNS)


def _pending(work: Operations, now: datetime) -> Sequence[RequestRecord]:
    """Return pending requests, with a reason also where one waits for something else to happen."""
    held_up = work.ledger.held_up(now=now)
    return [
        each if each.reason else replace(each, reason=held_up.get(each.key, ""))
        for each in work.ledger.listed(Outcome.PENDING, LISTED)
    ]
