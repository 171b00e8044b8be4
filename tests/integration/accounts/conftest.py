"""A help desk that works on access requests, and sends mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.access_office import Office, access_office
from support.post import Mailbox


@pytest.fixture
def office(tmp_path: Path, mailbox: Mailbox) -> Iterator[Office]:
    """A help desk that mails links to points of contact."""
    with access_office(tmp_path, mailbox) as ready:
        yield ready
