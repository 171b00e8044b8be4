"""A dry run says what the run will do, and changes nothing."""

import os
from typing import Any

import pytest
from support.desk import Desk
from support.endpoints import CREATE, SEARCH, UPLOAD
from support.killing import killed_at
from support.submissions import UNKNOWN_TEMPLATE, attached, form

from connector.errors import ExitCode
from connector.pipeline.report import RunReport

SAID = ("outcome", "account", "template", "priority", "emergency", "rules", "due", "kind")


def mixed_inbox(desk: Desk) -> None:
    """Drop a bit of everything: known, unknown, urgent, dated, broken, repeated, with files."""
    desk.drop_mail("URGENT: the internet is down", name="a.eml", message_id="one")
    desk.drop_mail("[EXTERNAL] URGENT: the internet is down", name="b.eml", message_id="one")
    desk.drop_mail("Printer", "Desired resolution: Wednesday 3pm", name="c.eml")
    desk.drop_mail("Hello", "Desired resolution: in the year 3000", name="d.eml")
    desk.drop_mail("Who am I", name="e.eml", sender="pat@nowhere.example")
    desk.drop_mail("New here", name="f.eml", sender="new@harbordental.example")
    desk.drop_mail("Both of us", name="g.eml", sender="shared@twoclients.example")
    desk.drop("h.eml", b"Subject: nobody\n\nNo sender\n")
    desk.drop("i.eml", b"")
    desk.drop("j.json", form(1, attachments=attached("a.txt", "a.txt"), priority="High"))
    desk.drop("k.json", form(2, **UNKNOWN_TEMPLATE, emergency=True))
    desk.drop("l.json", b"{not json")
    desk.drop("m.json", form(3, email=""))
    desk.drop("n.json", {k: v for k, v in form().items() if k != "id"})
    desk.drop("o.json", {k: v for k, v in form().items() if k != "id"})
    for seconds, name in enumerate(desk.names()):
        moment = desk.clock().timestamp() - 60 + seconds
        os.utime(desk.inbox / name, (moment, moment))


def said(report: RunReport) -> list[dict[str, Any]]:
    shown = [request.as_json() for request in report.requests]
    return [{name: request[name] for name in SAID} for request in shown]


def without_reference(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a body with the request's key, which is drawn anew each time, blotted out."""
    return {
        name: without_reference(value, key)
        if isinstance(value, dict)
        else [without_reference(item, key) for item in value]
        if isinstance(value, list)
        else value.replace(key, "KEY")
        if isinstance(value, str)
        else value
        for name, value in body.items()
    }


def in_order(bodies: list[Any]) -> list[Any]:
    """A run sends emergencies first; a dry run tells what it would send as it meets it."""
    return sorted(bodies, key=str)


def planned_bodies(report: RunReport, call: str) -> list[Any]:
    return [
        without_reference(dict(each["body"]), str(each["request"]))
        for each in report.planned_calls
        if each["call"] == call
    ]


def test_the_run_does_what_the_dry_run_said(desk: Desk) -> None:
    mixed_inbox(desk)

    preview, report = desk.sync(dry_run=True), desk.sync()

    assert said(preview) == said(report)
    assert preview.counts == report.counts
    assert preview.counts["created"] == 10
    assert (preview.counts["duplicate"], preview.counts["parked"]) == (2, 3)
    assert (preview.conserved, report.conserved) == (True, True)
    assert preview.exit_code is report.exit_code
    sent = [without_reference(body, body["Details"].split("Ref: ")[-1]) for body in desk.bodies()]
    assert in_order(planned_bodies(preview, CREATE)) == in_order(sent)
    assert len(planned_bodies(preview, UPLOAD)) == desk.sandbox.calls[UPLOAD]
    notes = [note for t in desk.sandbox.tickets for note in desk.sandbox.notes(t["Id"])]
    planned = planned_bodies(preview, "POST /v2/servicedesk/tickets/{ticketId}/notes")
    assert len(planned) == len(notes) > 0


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    desk.drop_mail(name="first.eml")
    desk.sync()
    mixed_inbox(desk)
    before, files = desk.dump(), desk.names()
    created = len(desk.sandbox.tickets)

    desk.sync(dry_run=True)

    assert desk.dump() == before
    assert desk.names() == files
    assert len(desk.sandbox.tickets) == created
    assert desk.names("processed") == ["first.eml"]


@pytest.mark.parametrize(
    ("fault", "creates"), [({"after_commit": True}, 0), ({}, 1)], ids=["made", "not made"]
)
def test_a_dry_run_searches_for_what_is_unclear(
    desk: Desk, fault: dict[str, bool], creates: int
) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("drop", CREATE, **fault)
    desk.sync()
    desk.pass_by(minutes=5)
    before = desk.dump()

    preview = desk.sync(dry_run=True)

    assert preview.counts["created"] == 1
    assert desk.sandbox.calls[SEARCH] == 1
    assert len(planned_bodies(preview, CREATE)) == creates
    assert desk.dump() == before
    made = desk.sandbox.calls[CREATE]
    assert desk.sync().counts["created"] == 1
    assert desk.sandbox.calls[CREATE] == made + creates


def test_a_dry_run_knows_what_was_done_already(desk: Desk) -> None:
    desk.drop("form.json", form(attachments=attached("a.txt", "b.txt"), **UNKNOWN_TEMPLATE))
    with killed_at("after the first file was uploaded"):
        desk.sync()
    desk.pass_by(minutes=5)
    before = desk.dump()

    preview = desk.sync(dry_run=True)

    calls = [call["call"] for call in preview.planned_calls]
    assert calls == [UPLOAD, "POST /v2/servicedesk/tickets/{ticketId}/notes"]
    assert preview.planned_calls[0]["body"]["formFile"] == "b.txt"  # type: ignore[index]
    assert desk.dump() == before


def test_right_after_a_kill_a_dry_run_waits_for_the_settling_as_the_run_does(
    desk: Desk,
) -> None:
    desk.drop_mail()
    with killed_at("after the ticket was created"):
        desk.sync()
    before = desk.dump()

    preview = desk.sync(dry_run=True)

    assert (preview.exit_code, preview.counts["pending"]) == (ExitCode.DONE, 1)
    assert SEARCH not in desk.sandbox.calls
    assert desk.dump() == before
    report = desk.sync()
    assert (report.exit_code, report.counts) == (preview.exit_code, preview.counts)


def test_what_was_killed_before_it_was_identified_may_be_a_duplicate(desk: Desk) -> None:
    desk.drop_mail(name="1.eml", message_id="one")
    with killed_at("after the raw bytes were recorded"):
        desk.sync()
    desk.drop_mail(name="2.eml", message_id="one")

    preview, report = desk.sync(dry_run=True), desk.sync()

    assert preview.counts == report.counts
    assert (report.counts["created"], report.counts["duplicate"]) == (1, 1)


def test_what_waits_for_its_time_is_pending_in_a_dry_run_too(desk: Desk) -> None:
    desk.sandbox.faults.add("status", CREATE, status=429, retry_after="3600")
    desk.drop_mail()
    desk.sync()
    before = desk.dump()

    preview = desk.sync(dry_run=True)

    assert preview.counts["pending"] == 1
    assert preview.planned_calls == []
    assert desk.dump() == before
    report = desk.sync()
    assert (report.exit_code, report.counts) == (preview.exit_code, preview.counts)


def test_while_bms_is_down_a_dry_run_says_so_and_changes_nothing(desk: Desk) -> None:
    desk.drop_mail(name="1.eml")
    desk.sync("intake")
    desk.drop_mail(name="2.eml")
    before = desk.dump()

    preview = desk.sync(dry_run=True, base_url="http://127.0.0.1:9")

    assert (preview.exit_code, preview.conserved) == (ExitCode.UNREACHABLE, True)
    assert preview.counts["pending"] == 2
    assert preview.problems
    assert desk.dump() == before


def test_a_bms_that_fails_three_times_in_a_row_is_asked_no_further(desk: Desk) -> None:
    contacts = "GET /v2/crm/contacts/search"
    desk.sandbox.faults.add("status", contacts, status=503, times=None)
    for number in range(5):
        desk.drop_mail(name=f"{number}.eml", sender=f"{number}@harbordental.example")

    preview = desk.sync(dry_run=True)

    assert (preview.exit_code, preview.counts["pending"]) == (ExitCode.UNREACHABLE, 5)
    assert desk.sandbox.calls[contacts] == 3


def test_a_dry_run_without_a_ledger_makes_none(desk: Desk) -> None:
    desk.drop_mail()

    assert desk.sync(dry_run=True).counts["created"] == 1

    assert not (desk.folder / "connector.db").exists()


@pytest.mark.parametrize("step", ["intake", "deliver"])
def test_a_dry_run_of_one_step_tells_that_step(desk: Desk, step: str) -> None:
    desk.drop_mail(name="1.eml")
    desk.sync("intake")
    desk.drop_mail(name="2.eml")

    preview, report = desk.sync(step, dry_run=True), desk.sync(step)

    assert preview.counts == report.counts
