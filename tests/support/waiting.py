"""Waiting for what another process does, for a bounded time."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 30.0
"""Seconds; far more than anything takes on a busy machine."""

Found = TypeVar("Found")


def wait_until(look: Callable[[], Found | None]) -> Found:
    """Return what `look` finds, once that is something true; fails when patience is at its end."""
    give_up = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < give_up, "it did not come to that"
        time.sleep(0.02)
    return found
