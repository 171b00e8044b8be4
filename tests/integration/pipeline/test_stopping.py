"""Asked to stop, a run finishes the request at hand and leaves the rest to the next one."""

import pytest
from support.desk import Desk

from connector.pipeline.report import RunReport
from connector.pipeline.steps import STEPS
from connector.wiring.parts import Stopping
from connector.wiring.run import open_run


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The desk with five mails in its inbox."""
    for number in range(5):
        desk.drop_mail("Printer jam", name=f"{number}.eml")
    return desk


def sync(desk: Desk, stopping: Stopping, *steps: str) -> RunReport:
    with open_run(desk.setup(), dry_run=False, clock=desk.clock, stopping=stopping) as run:
        return run(steps or ("intake", "deliver"))


def test_the_request_at_hand_is_finished_and_the_rest_stays_pending(desk: Desk) -> None:
    sandbox = desk.sandbox
    stopping = Stopping(should_stop=lambda: len(sandbox.tickets) == 2)
    report = sync(desk, stopping)
    assert (report.exit_code, report.conserved) == (0, True)
    assert (report.counts["created"], report.counts["pending"]) == (2, 3)
    assert len(list((desk.folder / "inbox" / "processed").iterdir())) == 2
    report = sync(desk, Stopping())
    assert (report.counts["carried"], report.counts["created"]) == (3, 3)
    assert len(sandbox.tickets) == 5


def test_what_was_not_taken_in_stays_at_its_source(desk: Desk) -> None:
    answers = iter([False, False, False, True, True])
    report = sync(desk, Stopping(should_stop=lambda: next(answers)), "intake")
    assert (report.exit_code, report.conserved, report.counts["received"]) == (0, True, 2)
    report = sync(desk, Stopping())
    assert (report.counts["received"], report.counts["created"]) == (3, 5)


def test_asked_to_stop_a_run_begins_nothing_else_at_bms(desk: Desk) -> None:
    report = sync(desk, Stopping(should_stop=lambda: True), *STEPS)
    assert (report.exit_code, report.sla) == (0, None)
    assert not desk.sandbox.calls
