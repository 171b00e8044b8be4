"""A sandbox that lives by a clock which tests move; its tokens outlast them."""

from collections.abc import Iterator

import pytest
from support.desk import Clock

from connector.sandbox import Sandbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(now=clock, token_seconds=86400) as running:
        yield running
