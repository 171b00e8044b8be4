"""Runs in this process: the real ledger, folder and BMS client, a sandbox, and one clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk, help_desk

from connector.pipeline.steps import DELIVER, INTAKE
from connector.sandbox import Sandbox


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A help desk that leaves write-back out."""
    with help_desk(tmp_path) as ready:
        ready.steps = (INTAKE, DELIVER)
        yield ready


@pytest.fixture
def sandbox(desk: Desk) -> Sandbox:
    return desk.sandbox
