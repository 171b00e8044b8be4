"""A help desk with a sandbox, by a clock that the test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk, help_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A help desk that writes due dates into tickets opened from 1 November on."""
    with help_desk(tmp_path) as ready:
        ready.more = "sla: {since: 2026-11-01}"
        yield ready
