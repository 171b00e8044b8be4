"""A sandbox that lives by a clock which tests move; its tokens outlast them."""

from collections.abc import Iterator

import pytest
from support.clock import Clock
from support.desk import MONDAY_TEN

from connector.sandbox import Sandbox


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY_TEN)


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(now=clock, token_seconds=86400) as running:
        yield running
