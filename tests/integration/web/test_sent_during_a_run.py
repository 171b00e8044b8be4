"""What is sent while a run is under way, and worked on by it, is in that run's report."""

from collections.abc import Callable

import pytest
from support.desk import Desk
from support.web import Visitor

from connector.errors import ExitCode
from connector.pipeline import run
from connector.pipeline.intake import IntakeResult, take_in
from connector.pipeline.report import RunReport
from connector.pipeline.services import Services
from connector.web.submissions import Submission
from connector.wiring.web import submission_book

SyncMeanwhile = Callable[[Callable[[], object]], RunReport]


@pytest.fixture
def sync_meanwhile(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> SyncMeanwhile:
    """Do a run, and something else between its intake and its delivery."""

    def sync(something: Callable[[], object]) -> RunReport:
        def taken_in(services: Services) -> IntakeResult:
            taken = take_in(services)
            something()
            return taken

        monkeypatch.setattr(run, "take_in", taken_in)
        return desk.sync()

    return sync


def record(desk: Desk, content: bytes) -> None:
    with desk.ledger() as ledger:
        submission_book(desk.setup(), ledger, desk.clock).record(
            Submission("site", "members", content)
        )


def counts(report: RunReport) -> dict[str, int]:
    return {word: count for word, count in report.counts.items() if count}


def test_it_was_received_by_the_run_that_delivers_it(
    desk: Desk, visitor: Visitor, sync_meanwhile: SyncMeanwhile
) -> None:
    desk.drop_mail()

    report = sync_meanwhile(visitor.send)

    assert report.conserved
    assert counts(report) == {"received": 2, "created": 2}
    assert sorted(each.source for each in report.requests) == ["drop", "hosted-form"]


def test_one_that_is_parked_is_told_by_the_exit_code(
    desk: Desk, sync_meanwhile: SyncMeanwhile
) -> None:
    report = sync_meanwhile(lambda: record(desk, b'{"subject": "No address"}'))

    assert counts(report) == {"received": 1, "parked": 1}
    assert report.exit_code is ExitCode.PARTLY


def test_what_a_person_releases_meanwhile_was_carried_over(
    desk: Desk, sync_meanwhile: SyncMeanwhile
) -> None:
    record(desk, b'{"subject": "No address"}')
    [parked] = desk.sync().requests
    desk.pass_by(minutes=5)

    report = sync_meanwhile(lambda: desk.release(parked.key))

    assert report.conserved
    assert report.carried == 1
    assert [each.key for each in report.requests] == [parked.key]
