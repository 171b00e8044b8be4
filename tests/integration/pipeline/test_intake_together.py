"""Items are recorded and identified together; one that is bad keeps no other back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support.desk import Desk

from connector.domain.request import Outcome
from connector.errors import ExitCode, Unreachable
from connector.intake import reading
from connector.intake.sources.drop_folder import DropFolder
from connector.ledger import recording
from connector.pipeline import intake
from connector.pipeline.report import RunReport
from connector.pipeline.steps import INTAKE
from connector.ports import Arrival, Identified, Listing

BAD = "2.eml"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The desk with five mails in its inbox, of which the third is bad in one way or another."""
    for number in range(5):
        desk.drop_mail("Printer jam", name=f"{number}.eml", at=desk.now)
    return desk


def read_by(read: Callable[[Arrival], bytes]) -> Callable[[DropFolder], Listing]:
    """Return a `DropFolder.list` whose items are read by `read`."""
    original = DropFolder.list

    def listed(self: DropFolder) -> Listing:
        listing = original(self)
        items = [replace(each, read=lambda each=each: read(each)) for each in listing.items]
        return replace(listing, items=sorted(items, key=lambda each: each.locator))

    return listed


def sync(desk: Desk, where: Any, name: str, instead: object) -> RunReport:
    """Do one run in which something works differently."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, instead)
        return desk.sync()


def failing_for_bad(error: Exception) -> Callable[[Arrival], bytes]:
    def read(arrival: Arrival) -> bytes:
        if BAD in arrival.locator:
            raise error
        return arrival.read()

    return read


def test_what_was_read_before_a_source_breaks_off_is_taken_in(desk: Desk) -> None:
    lost = Unreachable("The mail server hung up", "See why")
    report = sync(desk, DropFolder, "list", read_by(failing_for_bad(lost)))
    assert (report.exit_code, report.counts["created"]) == (ExitCode.UNREACHABLE, 2)
    assert desk.sync().counts["created"] == 3


def test_an_item_whose_reading_is_a_fault_of_ours_is_named_and_stops_no_other(desk: Desk) -> None:
    report = sync(desk, DropFolder, "list", read_by(failing_for_bad(ValueError("odd"))))
    assert (report.exit_code, report.conserved) == (ExitCode.PARTLY, False)
    assert report.counts["created"] == 4
    assert [problem for problem in report.problems if BAD in problem and "odd" in problem]
    assert desk.sync().counts["created"] == 1


def test_an_item_that_the_ledger_refuses_is_named_and_stops_no_other(desk: Desk) -> None:
    original = recording._keep

    def keep(tx: Any, key: str, arrival: Arrival, *rest: Any) -> None:
        original(tx, key, arrival, *rest)
        if BAD in arrival.locator:
            raise ValueError("too odd for the database")

    report = sync(desk, recording, "_keep", keep)
    assert (report.exit_code, report.conserved) == (ExitCode.PARTLY, False)
    assert report.counts["created"] == 4
    assert [problem for problem in report.problems if BAD in problem and "too odd" in problem]
    assert desk.sync().counts["created"] == 1


def test_an_identity_that_the_ledger_refuses_is_parked_and_stops_no_other(desk: Desk) -> None:
    original = recording.claim_identity

    def claim(tx: Any, key: str, *rest: Any, **options: Any) -> str | None:
        other = original(tx, key, *rest, **options)
        if BAD in recording.the_request(tx, key).locator:
            raise ValueError("too odd for the database")
        return other

    report = sync(desk, recording, "claim_identity", claim)
    assert (report.exit_code, report.conserved) == (ExitCode.PARTLY, True)
    assert (report.counts["created"], report.counts["parked"]) == (4, 1)
    (parked,) = [each for each in desk.requests() if each.state is Outcome.PARKED]
    assert "too odd for the database" in parked.reason


def test_an_item_whose_identity_is_a_fault_of_ours_is_parked_and_stops_no_other(
    desk: Desk,
) -> None:
    original = reading.email_identity

    def identity(raw: bytes) -> Identified:
        if BAD.encode() in raw:
            raise ValueError("odd")
        return original(raw)

    report = sync(desk, reading, "email_identity", identity)
    assert (report.exit_code, report.conserved) == (ExitCode.PARTLY, True)
    assert (report.counts["created"], report.counts["parked"]) == (4, 1)
    (parked,) = [each for each in desk.requests() if each.state is Outcome.PARKED]
    assert "internal error: ValueError('odd')" in parked.reason


def test_a_machines_mail_that_cannot_be_looked_into_yet_is_taken_in_all_the_same(
    desk: Desk,
) -> None:
    desk.drop_mail("PROBLEM: disk C", sender="monitoring@securenetmsp.com", name="5.eml")

    def parse(*_: object, **__: object) -> None:
        raise ValueError("odd")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "parse_email", parse)
        report = desk.sync(INTAKE)
    assert (report.problems, report.conserved, report.counts["received"]) == ([], True, 6)
    assert desk.sync().counts["created"] == 6


def test_a_ledger_out_of_reach_between_recording_and_identifying_parks_nothing(
    desk: Desk,
) -> None:
    asked = []

    def claim(*_: object, **__: object) -> None:
        asked.append(1)
        raise Unreachable("The disk is full", "Make room")

    report = sync(desk, recording, "claim_identity", claim)
    assert (report.exit_code, report.counts["parked"], asked) == (ExitCode.UNREACHABLE, 0, [1])
    assert desk.sync().counts["created"] == 5


def test_a_ledger_that_cannot_be_reached_is_not_asked_item_by_item(desk: Desk) -> None:
    asked = []

    def keep(*_: object) -> None:
        asked.append(1)
        raise Unreachable("The disk is full", "Make room")

    report = sync(desk, recording, "_keep", keep)
    assert (report.exit_code, asked) == (ExitCode.UNREACHABLE, [1])
    assert desk.sync().counts["created"] == 5


def test_what_was_read_is_recorded_before_a_large_item_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: dict[str, int] = {}

    def read(arrival: Arrival) -> bytes:
        recorded[arrival.locator] = len(desk.requests())
        return arrival.read()

    desk.drop_mail(text="x" * 5000, name="5.eml", at=desk.now)
    monkeypatch.setattr(intake, "BYTES_AT_ONCE", 5000)
    sync(desk, DropFolder, "list", read_by(read))
    assert list(recorded.values()) == [0, 0, 0, 0, 0, 5]


def test_the_same_mail_twice_at_once_is_one_request_and_a_duplicate(desk: Desk) -> None:
    desk.drop_mail("Printer jam", name="again.eml", message_id=f"{BAD}-unique", at=desk.now)
    report = desk.sync()
    assert (report.counts["created"], report.counts["duplicate"]) == (5, 1)
