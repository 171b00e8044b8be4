"""A help desk, and one Dovecot for all tests of a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clock import Clock
from support.desk import MONDAY_TEN, Desk
from support.dovecot import Dovecot, User, running_dovecot

from connector.pipeline.steps import DELIVER, INTAKE
from connector.sandbox import Sandbox


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY_TEN)


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    """A sandbox that lives by the test's clock."""
    with Sandbox(now=clock) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Desk:
    """A help desk that leaves write-back out."""
    desk = Desk(tmp_path, sandbox, clock)
    desk.steps = (INTAKE, DELIVER)
    return desk


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


@pytest.fixture
def user(dovecot: Dovecot) -> User:
    return dovecot.user()
