"""Asked to stop, a run finishes the request at hand and leaves the rest to the next one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk, help_desk

from connector.pipeline.report import RunReport
from connector.wiring import Stopping, open_run


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    with help_desk(tmp_path) as ready:
        for number in range(5):
            ready.drop_mail("Printer jam", name=f"{number}.eml")
        yield ready


def sync(office: Desk, stopping: Stopping, *steps: str) -> RunReport:
    with open_run(office.setup(), dry_run=False, clock=office.clock, stopping=stopping) as run:
        return run(steps or ("intake", "deliver"))


def test_the_request_at_hand_is_finished_and_the_rest_stays_pending(office: Desk) -> None:
    sandbox = office.sandbox
    stopping = Stopping(should_stop=lambda: len(sandbox.tickets) == 2)
    report = sync(office, stopping)
    assert (report.exit_code, report.conserved) == (0, True)
    assert (report.counts["created"], report.counts["pending"]) == (2, 3)
    assert len(list((office.folder / "inbox" / "processed").iterdir())) == 2
    report = sync(office, Stopping())
    assert (report.counts["carried"], report.counts["created"]) == (3, 3)
    assert len(sandbox.tickets) == 5


def test_what_was_not_taken_in_stays_at_its_source(office: Desk) -> None:
    answers = iter([False, False, False, True, True])
    report = sync(office, Stopping(should_stop=lambda: next(answers)), "intake")
    assert (report.exit_code, report.conserved, report.counts["received"]) == (0, True, 2)
    report = sync(office, Stopping())
    assert (report.counts["received"], report.counts["created"]) == (3, 5)
