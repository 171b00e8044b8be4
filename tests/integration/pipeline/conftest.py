"""Runs in this process: the real ledger, folder and BMS client, a sandbox, and one clock."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from support.desk import Desk, help_desk

from connector.pipeline.steps import DELIVER, INTAKE
from connector.sandbox import Sandbox


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    """Drop log lines: what they say is in the ledger too, and showing them takes long."""
    wrapper = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=wrapper, cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A help desk that leaves write-back out."""
    with help_desk(tmp_path) as ready:
        ready.steps = (INTAKE, DELIVER)
        yield ready


@pytest.fixture
def sandbox(desk: Desk) -> Sandbox:
    return desk.sandbox
