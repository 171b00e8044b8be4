"""What sources hand over is accounted for, whatever is wrong with an item or a source."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.desk import MONDAY_TEN, Desk
from support.endpoints import CREATE, SEARCH
from support.killing import failing_at
from support.submissions import attached, form

from connector.domain.request import Outcome
from connector.errors import ExitCode, Unreachable
from connector.intake.sources import drop_folder
from connector.intake.sources.drop_folder import DropFolder

# --- items that cannot be read ---------------------------------------------------------------


def unreadable(name: str, patch: pytest.MonkeyPatch) -> None:
    """Make one file unreadable; root may read whatever its mode says."""
    original = drop_folder.os.open

    def refusing(path: Path, *options: int) -> int:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied")
        return original(path, *options)

    patch.setattr(drop_folder.os, "open", refusing)


@pytest.mark.parametrize("dry_run", [False, True], ids=["sync", "dry run"])
def test_an_item_that_cannot_be_read_is_named_and_not_counted_as_done(
    desk: Desk, dry_run: bool
) -> None:
    desk.drop_mail(name="closed.eml")
    desk.drop_mail(name="open.eml")
    with pytest.MonkeyPatch.context() as patch:
        unreadable("closed.eml", patch)
        report = desk.sync(dry_run=dry_run)

    assert (report.exit_code, report.conserved) == (ExitCode.PARTLY, False)
    assert (report.counts["received"], report.counts["created"]) == (1, 1)
    assert any("closed.eml" in problem for problem in report.problems)
    assert "closed.eml" in desk.names()
    again = desk.sync()
    assert (again.exit_code, again.conserved) == (ExitCode.DONE, True)
    assert desk.names() == []


def test_an_item_that_somebody_took_meanwhile_is_no_error(desk: Desk) -> None:
    path = desk.drop_mail(name="gone.eml")
    desk.drop_mail(name="here.eml")
    with pytest.MonkeyPatch.context() as patch:
        original = DropFolder.list

        def and_then_it_went(self: DropFolder) -> object:
            listing = original(self)
            path.unlink()
            return listing

        patch.setattr(DropFolder, "list", and_then_it_went)
        report = desk.sync()

    assert (report.exit_code, report.conserved) == (ExitCode.DONE, True)
    assert (report.counts["received"], report.counts["created"]) == (1, 1)


def test_a_name_of_another_kind_is_told_in_a_dry_run_too(desk: Desk) -> None:
    desk.drop("notes.txt", b"hello")

    reports = [desk.sync(dry_run=True), desk.sync()]

    for report in reports:
        assert report.exit_code is ExitCode.DONE
        assert any("notes.txt" in notice for notice in report.notices)


# --- sources ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dry_run", [False, True], ids=["sync", "dry run"])
def test_a_missing_folder_stops_no_other_source(desk: Desk, dry_run: bool) -> None:
    desk.sources = {"lost": "nowhere", "drop": "inbox"}
    desk.drop_mail()

    report = desk.sync(dry_run=dry_run)

    assert (report.exit_code, report.counts["created"]) == (ExitCode.UNREACHABLE, 1)
    assert len([problem for problem in report.problems if "nowhere" in problem]) == 1


def test_the_same_mail_through_two_sources_is_one_ticket(desk: Desk) -> None:
    desk.sources = {"drop": "inbox", "other": "second"}
    desk.drop_mail(message_id="one")
    desk.drop_mail("Printer jam [EXTERNAL]", name="copy.eml", message_id="one", into="second")

    report = desk.sync()

    assert (report.exit_code, report.conserved) == (ExitCode.DONE, True)
    assert (report.counts["created"], report.counts["duplicate"]) == (1, 1)
    assert desk.names("processed", below="second") == ["copy.eml"]


def test_only_the_source_that_was_asked_for_is_looked_at(desk: Desk) -> None:
    desk.sources = {"drop": "inbox", "other": "second"}
    desk.drop_mail(name="1.eml")
    desk.drop_mail(name="2.eml", into="second")

    report = desk.sync(source="other")

    assert (report.counts["received"], report.counts["created"]) == (1, 1)
    assert desk.names() == ["1.eml"]


def test_what_waits_from_a_source_that_was_renamed_is_delivered_all_the_same(
    desk: Desk,
) -> None:
    desk.drop_mail()
    desk.sync("intake")
    desk.sources = {"mailroom": "elsewhere"}
    (desk.folder / "elsewhere").mkdir()

    preview, report = desk.sync(dry_run=True), desk.sync()

    assert (preview.counts["carried"], preview.counts["created"]) == (1, 1)
    assert (report.counts["carried"], report.counts["created"]) == (1, 1)
    assert report.exit_code is ExitCode.DONE


# --- identity --------------------------------------------------------------------------------


@pytest.mark.parametrize(("apart", "tickets"), [(timedelta(hours=23), 1), (timedelta(hours=25), 2)])
@pytest.mark.parametrize("in_one_run", [True, False], ids=["one run", "two runs"])
def test_a_form_without_an_id_is_the_same_for_a_day(
    desk: Desk, apart: timedelta, tickets: int, in_one_run: bool
) -> None:
    payload = {key: value for key, value in form().items() if key != "id"}
    desk.drop("1.json", payload)
    if not in_one_run:
        desk.sync()
    desk.clock.now += apart
    desk.drop("2.json", payload)

    preview, report = desk.sync(dry_run=True), desk.sync()

    assert preview.counts == report.counts
    assert report.conserved
    assert len(desk.sandbox.tickets) == tickets


def test_items_too_large_to_read_are_never_taken_for_one_another(desk: Desk) -> None:
    desk.more = "limits: {request_mb: 1}"
    for name in ("1.eml", "2.eml"):
        desk.drop(name, b"Subject: " + name.encode() + b"\n\n" + b"x" * 1_100_000)
    report = desk.sync()
    assert (report.exit_code, report.counts["parked"]) == (ExitCode.PARTLY, 2)
    for record in desk.requests():
        assert desk.release(record.key)

    released = desk.sync()

    assert (released.counts["carried"], released.counts["parked"]) == (2, 2)
    assert desk.names("parked") == ["1.eml", "2.eml"]


def test_an_item_too_large_comes_in_once_the_limit_is_raised_and_it_is_put_back(
    desk: Desk,
) -> None:
    desk.more = "limits: {request_mb: 1}"
    mail = b"From: marta.ruiz@harbordental.example\nSubject: Log\nMessage-ID: <log-1@h.example>\n"
    desk.drop("large.eml", mail + b"\n" + b"x\n" * 550_000)
    assert desk.sync().counts["parked"] == 1
    desk.more = "limits: {request_mb: 5}"
    shutil.move(desk.inbox / "parked" / "large.eml", desk.inbox / "large.eml")

    report = desk.sync()

    assert report.counts["created"] == 1
    assert len(desk.sandbox.tickets) == 1


def test_an_item_too_large_of_which_not_even_the_header_can_be_read_is_parked_too(
    desk: Desk,
) -> None:
    desk.more = "limits: {request_mb: 1}"
    desk.drop_mail("Log", "x\n" * 550_000, name="large.eml")
    with pytest.MonkeyPatch.context() as patch:
        unreadable("large.eml", patch)
        report = desk.sync()

    assert (report.conserved, report.counts["parked"]) == (True, 1)
    assert "too large to read" in desk.requests()[0].reason


# --- received --------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(days=40_000)])
def test_a_file_from_the_future_was_received_now(desk: Desk, ahead: timedelta) -> None:
    desk.drop_mail(at=MONDAY_TEN + ahead)

    desk.sync()

    (ticket,) = desk.sandbox.tickets
    assert datetime.fromisoformat(ticket["OpenDate"]) == MONDAY_TEN


def test_an_outage_of_ours_does_not_move_the_due_date(desk: Desk) -> None:
    desk.drop_mail()
    desk.pass_by(days=2)

    report = desk.sync()

    due = report.requests[0].as_json()["due"]
    assert due["remote_response"] == "2026-11-16T12:00:00-05:00"


def test_the_oldest_request_gets_its_ticket_first(desk: Desk) -> None:
    desk.sources = {"drop": "inbox", "other": "second"}
    for minutes, folder in ((5, "inbox"), (30, "second"), (60, "inbox"), (45, "second")):
        received = MONDAY_TEN - timedelta(minutes=minutes)
        desk.drop_mail(f"{minutes} old", name=f"{minutes}.eml", at=received, into=folder)

    desk.sync()

    titles = [body["Title"] for body in desk.bodies()]
    assert titles == ["60 old", "45 old", "30 old", "5 old"]


# --- filing away -----------------------------------------------------------------------------


def test_a_file_that_cannot_be_moved_is_told_and_moved_by_the_next_run(desk: Desk) -> None:
    desk.drop_mail()
    with pytest.MonkeyPatch.context() as patch:

        def refusing(path: Path, folder: Path, name: str) -> None:
            raise PermissionError(13, "Permission denied")

        patch.setattr(drop_folder, "_move", refusing)
        report = desk.sync()
        again = desk.sync()

    assert (report.exit_code, report.counts["created"]) == (ExitCode.PARTLY, 1)
    assert len([problem for problem in report.problems if "mail.eml" in problem]) == 1
    assert (again.exit_code, again.counts["received"]) == (ExitCode.PARTLY, 0)
    assert desk.names() == ["mail.eml"]
    after = desk.sync()
    assert (after.exit_code, after.counts["received"]) == (ExitCode.DONE, 0)
    assert desk.names("processed") == ["mail.eml"]
    assert len(desk.sandbox.tickets) == 1


def test_nothing_is_moved_before_the_ledger_has_the_outcome(desk: Desk) -> None:
    desk.drop_mail()

    desk.sync("intake")

    assert desk.names() == ["mail.eml"]
    assert desk.sync("deliver").counts["created"] == 1
    assert desk.names("processed") == ["mail.eml"]


# --- parked ----------------------------------------------------------------------------------


def parked_mail(desk: Desk) -> str:
    desk.sandbox.faults.add("status", CREATE, status=400, times=3)
    desk.drop("mail.json", form(attachments=attached("a.txt")))
    desk.sync()
    (record,) = desk.requests()
    assert record.state is Outcome.PARKED
    return record.key


def test_a_parked_file_that_is_put_back_is_the_same_request_again(desk: Desk) -> None:
    key = parked_mail(desk)
    shutil.move(desk.inbox / "parked" / "mail.json", desk.inbox / "mail.json")

    report = desk.sync()

    assert (report.exit_code, report.counts["duplicate"]) == (ExitCode.DONE, 1)
    assert report.conserved
    assert desk.sandbox.tickets == []
    assert desk.release(key)
    assert desk.sync().counts["created"] == 1
    assert len(desk.sandbox.tickets) == 1


def test_a_release_does_nothing_twice(desk: Desk) -> None:
    key = parked_mail(desk)
    assert desk.release(key)
    desk.sync()
    assert not desk.release(key)

    report = desk.sync()

    assert report.counts["carried"] == 0
    (ticket,) = desk.sandbox.tickets
    assert len(desk.sandbox.attachments(ticket["Id"])) == 1
    assert SEARCH not in desk.sandbox.calls
    assert desk.names("processed") == ["mail.json"]
    assert desk.names("parked") == []


def test_a_ledger_that_fails_in_the_middle_loses_nothing(desk: Desk) -> None:
    from connector.ledger.store import SqlLedger

    desk.drop_mail()
    full = Unreachable("The disk is full", "Make room")
    with failing_at(SqlLedger, "confirm", "before", 1, full):
        report = desk.sync()
    assert (report.exit_code, report.counts["pending"]) == (ExitCode.UNREACHABLE, 1)
    desk.pass_by(minutes=5)

    assert desk.sync().counts["created"] == 1

    assert len(desk.sandbox.tickets) == 1
