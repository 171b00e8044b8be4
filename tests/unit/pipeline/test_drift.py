"""A configured name that used to resolve and no longer does is told once."""

import pytest
from support.bms import NOW, MemoryCache
from support.clock import Clock

from connector.domain.tenant import Lookup
from connector.errors import NameUnresolved
from connector.pipeline.drift import Drift

GONE = NameUnresolved('BMS has no queue called "Help Desk"', 'Did you mean "Helpdesk"?')


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache()


def run(cache: MemoryCache, *, found: bool) -> list[str]:
    """Let one run meet the name twice; return what it reports."""
    drift = Drift(cache, Clock(NOW))
    for _ in range(2):
        if found:
            drift.resolved(Lookup.QUEUE, "Help Desk")
        else:
            drift.lost(Lookup.QUEUE, "Help Desk", GONE, '"General" is used instead')
    return drift.reports


def test_a_loss_is_told_once_over_all_runs_and_anew_after_it_was_found(cache: MemoryCache) -> None:
    reports = [
        len(run(cache, found=found)) for found in (True, False, False, True, True, False, False)
    ]

    assert reports == [0, 1, 0, 0, 0, 1, 0]


def test_the_report_says_what_is_gone_what_falls_back_and_what_to_do(cache: MemoryCache) -> None:
    run(cache, found=True)

    [told] = run(cache, found=False)

    assert told == (
        'The queue "Help Desk" used to be found: BMS has no queue called "Help Desk". '
        'Now "General" is used instead. Did you mean "Helpdesk"?'
    )


def test_a_name_that_never_resolved_has_not_drifted(cache: MemoryCache) -> None:
    assert run(cache, found=False) == []


def test_names_of_two_issue_types_are_two_names(cache: MemoryCache) -> None:
    drift = Drift(cache, Clock(NOW))
    drift.resolved(Lookup.SUB_ISSUE_TYPE, "Install", 506)

    drift.lost(Lookup.SUB_ISSUE_TYPE, "Install", GONE, "tickets go without one", 501)

    assert drift.reports == []


def test_a_run_that_finds_what_it_found_before_writes_nothing(cache: MemoryCache) -> None:
    run(cache, found=True)
    before = dict(cache.values)

    run(cache, found=True)

    assert cache.values == before
