"""`sync --json` has exactly the keys of DESIGN section 4, and they say what happened."""

import json

from support.desk import Desk
from support.endpoints import ADD_NOTE, CREATE
from support.submissions import UNKNOWN_TEMPLATE, form

REPORT = {"run", "dry_run", "conserved", "counts", "api_calls", "requests"}
COUNTS = {
    "received",
    "carried",
    "created",
    "appended",
    "ignored",
    "duplicate",
    "parked",
    "pending",
    "sla_written",
}
REQUEST = {
    "key",
    "source",
    "kind",
    "outcome",
    "ticket_id",
    "ticket_number",
    "account",
    "template",
    "priority",
    "emergency",
    "verdict",
    "rules",
    "due",
}


def test_the_report_of_a_run_has_the_documented_keys_and_is_json(desk: Desk) -> None:
    desk.drop("form.json", form(**UNKNOWN_TEMPLATE))
    desk.drop("bad.json", b"{")

    report = json.loads(json.dumps(desk.sync().as_json()))

    assert set(report) == REPORT
    assert set(report["counts"]) == COUNTS
    parked, created = sorted(report["requests"], key=lambda each: each["outcome"], reverse=True)
    assert (parked["outcome"], created["outcome"]) == ("parked", "created")
    assert set(created) == REQUEST
    assert set(parked) == REQUEST | {"reason"}
    assert set(created["due"]) == {
        "remote_response",
        "onsite_response",
        "resolution",
        "due_date",
    }
    (ticket,) = desk.sandbox.tickets
    assert (created["ticket_id"], created["ticket_number"]) == (
        ticket["Id"],
        ticket["TicketNumber"],
    )


def test_the_report_counts_the_calls_that_bms_got(desk: Desk) -> None:
    desk.drop("form.json", form(**UNKNOWN_TEMPLATE))

    report = desk.sync()

    assert dict(report.api_calls) == dict(desk.sandbox.calls)
    assert (report.api_calls[CREATE], report.api_calls[ADD_NOTE]) == (1, 1)


def test_a_dry_run_adds_its_planned_calls(desk: Desk) -> None:
    desk.drop_mail()

    report = desk.sync(dry_run=True).as_json()

    assert set(report) == REPORT | {"planned_calls"}
    assert report["dry_run"] is True


def test_what_stood_in_the_way_is_told_once(desk: Desk) -> None:
    desk.sandbox.faults.add("status", CREATE, status=403, times=None)
    desk.drop_mail()

    report = desk.sync().as_json()

    assert set(report) == REPORT | {"problems"}
    assert len(report["problems"]) == 1  # type: ignore[arg-type]


def test_a_ticket_that_was_finished_in_a_later_run_keeps_what_was_decided_first(
    desk: Desk,
) -> None:
    desk.drop("form.json", form(**UNKNOWN_TEMPLATE))
    desk.sandbox.faults.add("status", ADD_NOTE, status=429)
    first = desk.sync()
    desk.change_mapping("templates.yaml", "template: General request         #", "template: Nope #")

    preview, second = desk.sync(dry_run=True), desk.sync()

    decided = first.requests[0].result
    assert decided["template"] == "General request"
    assert preview.requests[0].result == decided
    assert second.requests[0].result == decided


def test_the_ledger_tells_which_rules_decided_and_how_the_dates_were_reckoned(
    desk: Desk,
) -> None:
    desk.drop_mail("URGENT: printer on fire")

    report = desk.sync()

    story = desk.journal(report.requests[0].key)
    decided = {entry.step: entry.rule for entry in story if entry.rule}
    assert decided["client"] == "contact"
    assert decided["template"] == "printer"
    assert decided["emergency"] == "emergency word"
    assert decided["due dates"] == "emergency/business_hours"
    assert set(report.requests[0].result["rules"]) >= {  # type: ignore[call-overload]
        "client:contact",
        "template:printer",
    }
