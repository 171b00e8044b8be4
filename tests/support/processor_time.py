"""Limits of processor time, for code that must not be slow on hostile input."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

COUNTING = 5
"""Counting the lines that run makes code of many short lines so much slower."""


@contextmanager
def takes_less_than(seconds: float) -> Iterator[None]:
    """Fail when what is done within takes more time of the processor."""
    limit = seconds if sys.gettrace() is None else seconds * COUNTING
    begun = time.process_time()
    yield
    assert time.process_time() - begun < limit
