"""Python's garbage collector, kept away from what a command loads once and keeps to its end.

It would look through modules and settings over and over while they are loaded, and again when the
process ends: a fifth of a `sync` that has nothing to do (docs/benchmarks.md, `start_up`).
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Collect no garbage within; what was loaded then counts as kept, until the process ends."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        atexit.register(gc.freeze)
