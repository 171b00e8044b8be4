"""The web side in this process: Flask's test client, the real ledger, and runs to a sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk, help_desk
from support.web import Visitor, visited

from connector.pipeline.steps import DELIVER, INTAKE

PHONE = "mail: {phone: 305-680-3122}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A help desk with a phone number."""
    with help_desk(tmp_path) as ready:
        ready.steps = (INTAKE, DELIVER)
        ready.more = PHONE
        yield ready


@pytest.fixture
def visitor(desk: Desk) -> Iterator[Visitor]:
    """Somebody who visits the web side of `desk`, over plain HTTP and without a proxy."""
    with visited(desk) as somebody:
        yield somebody
