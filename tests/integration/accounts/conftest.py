"""A help desk that works on access requests, and sends mail."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from support.access_office import Office, access_office
from support.post import Mailbox, mail_server


@pytest.fixture(autouse=True)
def _no_logs() -> Iterator[None]:
    wrapper = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=wrapper, cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, mailbox: Mailbox) -> Iterator[Office]:
    """A help desk that mails links to points of contact."""
    with access_office(tmp_path, mailbox) as ready:
        yield ready
