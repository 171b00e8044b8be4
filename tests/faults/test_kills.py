"""The process dies at any commit, call or move of a file; what was sent is there once."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from support.faults.conditions import Death, Kill, Point
from support.faults.invariants import run_told_the_truth
from support.faults.recovery import recover
from support.faults.site import Site
from support.faults.workload import small

SLICES = 4
"""Tests among which the points of a kind are dealt out, so that they run side by side."""

DEATHS = tuple(Death)
POINTS = [point for point in Point if point is not Point.BEFORE_CALL]
"""Before a call all is as it was after the commit before it; the randomised runs go there too."""


@pytest.mark.parametrize("first", range(1, SLICES + 1))
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_everything_is_there_once(
    new_site: Callable[[], AbstractContextManager[Site]], point: Point, first: int
) -> None:
    nth = first
    while True:
        kill = Kill(point, nth, DEATHS[(nth + first) % 2])
        with new_site() as site:
            site.drop(small())
            ended = site.sync(site.under(kill=kill))
            if not ended.was_killed:
                run_told_the_truth(site, ended)
                break
            try:
                recover(site)
            except AssertionError as error:
                error.add_note(f"after {kill}: {ended.points[-1]}")
                raise
        nth += SLICES
    assert nth > SLICES or point not in (Point.BEFORE_COMMIT, Point.AFTER_COMMIT)
