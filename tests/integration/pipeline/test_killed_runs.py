"""A process may be killed at any line; the next run leaves everything once, and nothing lost."""

import pytest
from support.desk import Desk
from support.killing import POINTS, killed_at
from support.submissions import UNKNOWN_TEMPLATE, attached, form

from connector.errors import ExitCode


def everything_once(desk: Desk) -> None:
    (ticket,) = desk.sandbox.tickets
    (record,) = desk.requests()
    assert record.ticket_id == ticket["Id"]
    assert record.state == "created"
    names = [file["OriginalFileName"] for file in desk.sandbox.attachments(ticket["Id"])]
    assert names == ["a.txt", "b.txt"]
    assert len(desk.sandbox.notes(ticket["Id"])) == 1
    assert desk.names() == []
    assert desk.names("processed") == ["form.json"]


@pytest.mark.parametrize(
    "point",
    [
        "after the ticket was created",
        "after the first file was uploaded",
        "after the note was added",
    ],
)
def test_a_run_long_after_a_kill_finds_what_was_made(desk: Desk, point: str) -> None:
    desk.drop("form.json", form(attachments=attached("a.txt", "b.txt"), **UNKNOWN_TEMPLATE))
    with killed_at(point):
        desk.sync()
    desk.pass_by(minutes=5)

    report = desk.sync()

    assert report.conserved
    assert report.exit_code is ExitCode.DONE
    everything_once(desk)


@pytest.mark.parametrize("point", POINTS)
def test_whenever_it_was_killed_everything_is_there_once(desk: Desk, point: str) -> None:
    desk.drop("form.json", form(attachments=attached("a.txt", "b.txt"), **UNKNOWN_TEMPLATE))
    with killed_at(point):
        desk.sync()

    first = desk.sync()
    desk.pass_by(minutes=5)
    second = desk.sync()

    assert (first.conserved, second.conserved) == (True, True)
    assert (first.exit_code, second.exit_code) == (ExitCode.DONE, ExitCode.DONE)
    everything_once(desk)


def test_an_item_killed_before_it_was_identified_is_still_known_again(desk: Desk) -> None:
    desk.drop_mail("Printer jam", message_id="one")
    desk.sync()
    desk.drop_mail("Printer jam", name="again.eml", message_id="one")
    with killed_at("after the raw bytes were recorded"):
        desk.sync()

    report = desk.sync()

    assert report.conserved
    assert (report.counts["carried"], report.counts["duplicate"]) == (1, 1)
    assert len(desk.sandbox.tickets) == 1
    assert desk.names("processed") == ["again.eml", "mail.eml"]


def test_a_kill_in_the_midst_of_many_leaves_one_ticket_each(desk: Desk) -> None:
    for number in range(4):
        desk.drop_mail(name=f"{number}.eml")
    with killed_at("after the ticket was created"):
        desk.sync()
    desk.pass_by(minutes=5)

    report = desk.sync()

    assert report.conserved
    assert report.counts["created"] == 4
    assert len(desk.sandbox.tickets) == 4
