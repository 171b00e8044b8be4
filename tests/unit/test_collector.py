"""Garbage is collected again after loading, whatever happened; what was loaded is left alone."""

import gc
from collections.abc import Iterator

import pytest

from connector.cli.collector import loading


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_no_garbage_is_collected_while_loading_and_again_afterwards() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_garbage_is_collected_again_after_loading_that_failed() -> None:
    with pytest.raises(OSError, match="no such file"), loading():
        raise OSError("no such file")
    assert gc.isenabled()


def test_what_was_loaded_is_looked_through_no_more() -> None:
    with loading():
        kept = [[] for _ in range(10)]
    looked_through = {id(thing) for thing in gc.get_objects()}
    assert looked_through.isdisjoint(id(thing) for thing in kept)
