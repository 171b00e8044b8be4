"""Waiting for what another process does, for a bounded time."""

import time
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds; far more than anything takes on a busy machine."""


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait until `is_so` returns something true; fails once patience is at its end."""
    give_up = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < give_up, "it did not come to that"
        time.sleep(0.02)
