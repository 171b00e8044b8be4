"""Runs in this process: the real ledger, folder and BMS client, a sandbox, and one clock."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from support.running import Clock, HelpDesk

from connector.sandbox import Sandbox


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    """Drop log lines: what they say is in the ledger too, and showing them takes long."""
    wrapper = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=wrapper, cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    """A sandbox that lives by the test's clock."""
    with Sandbox(now=clock) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> HelpDesk:
    return HelpDesk(tmp_path, sandbox, clock)
