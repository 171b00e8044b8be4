"""What tests of several parts share: no log lines, and services of this machine that take mail."""

from collections.abc import Iterator

import pytest
from support.desk import Desk
from support.post import JsonService, Mailbox, json_service, mail_server


@pytest.fixture(autouse=True)
def _no_logs(no_logs: None) -> None:
    """Nobody reads them here: what they say is in the ledger too."""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server, and what it was given."""
    with mail_server() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[JsonService]:
    """A service that takes alerts as JSON."""
    with json_service() as running:
        yield running


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """The help desk of the folder, with several workers."""
    desk.workers = 4
    return desk
