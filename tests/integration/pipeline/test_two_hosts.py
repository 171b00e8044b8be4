"""Two hosts with one PostgreSQL ledger: what the other is at is left to it, and done later."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from support.desk import Desk, help_desk
from support.submissions import mail

from connector.domain.request import Outcome
from connector.ledger.store import open_ledger
from connector.pipeline.delivering.turns import SOON, turn_of
from connector.pipeline.filing import at_source
from connector.pipeline.steps import DELIVER, INTAKE
from connector.ports.threads import Trouble

MONITOR = "monitoring@securenetmsp.com"
DISK_C = Trouble("monitoring", MONITOR, "disk c")

pytestmark = pytest.mark.service


@pytest.fixture
def desk(tmp_path: Path, postgres_url: str) -> Iterator[Desk]:
    """A help desk whose ledger others use too."""
    with open_ledger(postgres_url, create=True), help_desk(tmp_path) as ready:
        ready.state = postgres_url
        ready.steps = (INTAKE, DELIVER)
        yield ready


@contextmanager
def another_host_at(desk: Desk, name: str) -> Iterator[None]:
    """Let another host be at what is called `name`."""
    with desk.ledger() as ledger, ledger.exclusive(name) as is_theirs:
        assert is_theirs
        yield


def test_a_source_that_another_host_reads_is_left_to_it(desk: Desk) -> None:
    desk.sources = {"drop": "inbox", "other": "second"}
    desk.drop_mail(name="1.eml")
    desk.drop_mail(name="2.eml", into="second")
    with another_host_at(desk, at_source("drop")):
        report = desk.sync()
    assert (report.exit_code, report.problems, report.counts["created"]) == (0, [], 1)
    assert desk.names() == ["1.eml"]
    assert desk.sync().counts["created"] == 1


def test_a_mail_about_a_trouble_that_another_host_works_on_waits_for_it(desk: Desk) -> None:
    desk.drop("disk.eml", mail("PROBLEM: disk C", "It is full.", sender=MONITOR, message_id="1"))
    with another_host_at(desk, turn_of(DISK_C)):
        report = desk.sync()
    assert (report.exit_code, report.conserved, report.counts["pending"]) == (0, True, 1)
    assert desk.sandbox.tickets == []
    (waiting,) = desk.requests()
    assert "another host works on a mail about the same trouble" in waiting.reason
    assert (waiting.next_attempt_at, waiting.attempts) == (desk.now + SOON, 0)
    desk.clock.now += SOON - timedelta(seconds=1)
    assert desk.sync().counts["pending"] == 1
    desk.pass_by(seconds=1)
    assert [each.outcome for each in desk.sync().requests] == [Outcome.CREATED]
