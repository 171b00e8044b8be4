"""`sync`: what clients sent becomes complete tickets, once."""

import base64
import html
import stat
from datetime import datetime

import pytest
from support.workplace import Workplace

from connector.sandbox import Sandbox

LABELLED = """\
Nobody can get online.

Affected user: front desk
Mobile: (305) 555-0101
Desired resolution: Wednesday 3pm
"""

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n not really a picture").decode()

FORM = {
    "id": "501",
    "name": "Ingrid Solberg",
    "email": "Ingrid@BiscayneFreight.example",
    "template": "Printer problem",
    "subject": "Label printer jams",
    "description": "It pulls two sheets <at a time>",
    "priority": "High",
    "attachments": [{"name": "jam.png", "type": "image/png", "data": PNG}],
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_an_urgent_mail_becomes_a_complete_emergency_ticket(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("URGENT: the internet is down", LABELLED)

    report = workplace.sync()

    assert report["exit"] == 0
    assert report["conserved"] is True
    (request,) = report["requests"]
    (ticket,) = sandbox.tickets
    assert request["outcome"] == "created"
    assert request["kind"] == "email"
    assert request["source"] == "drop"
    assert (request["ticket_id"], request["ticket_number"]) == (
        ticket["Id"],
        ticket["TicketNumber"],
    )
    assert (request["account"], request["template"]) == (
        "Harbor Dental Group",
        "Internet or network down",
    )
    assert (request["priority"], request["emergency"], request["verdict"]) == (
        "Critical",
        True,
        "none",
    )
    assert request["due"] == {
        "remote_response": "2026-11-16T10:20:00-05:00",
        "onsite_response": "2026-11-16T11:20:00-05:00",
        "resolution": None,
        "due_date": "2026-11-16T11:20:00-05:00",
    }
    assert ticket["Title"] == "URGENT: the internet is down"
    assert (ticket["AccountName"], ticket["LocationName"]) == ("Harbor Dental Group", "Brickell")
    assert (ticket["ContactName"], ticket["StatusName"]) == ("Marta Ruiz", "New")
    assert (ticket["PriorityName"], ticket["QueueName"]) == ("Critical", "Emergency")
    assert (ticket["TypeName"], ticket["SourceName"]) == ("Incident", "Email")
    assert (ticket["IssueTypeName"], ticket["SubIssueTypeName"]) == ("Network", "Internet down")
    assert moment(ticket["OpenDate"]) == moment("2026-11-16T10:05:00-05:00")
    assert moment(ticket["DueDate"]) == moment("2026-11-16T11:20:00-05:00")
    values = {k: v for k, v in sandbox.custom_values(ticket["Id"]).items() if v is not None}
    assert values.pop("Connector Reference") == request["key"]
    assert {name: moment(value) for name, value in values.items()} == {
        "Remote Response Due": moment("2026-11-16T10:20:00-05:00"),
        "Onsite Response Due": moment("2026-11-16T11:20:00-05:00"),
        "Desired Resolution": moment("2026-11-18T15:00:00-05:00"),
    }
    assert ticket["Details"].endswith(f"Ref: {request['key']}")
    assert "Affected user: front desk" in ticket["Details"]
    assert workplace.names("processed") == ["mail.eml"]
    assert workplace.names() == []


def test_a_form_becomes_a_ticket_with_its_attachment_and_its_text_escaped(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop("form.json", FORM)

    report = workplace.sync()

    (ticket,) = sandbox.tickets
    assert (ticket["SourceName"], ticket["PriorityName"]) == ("Web Form", "High")
    assert (ticket["AccountName"], ticket["ContactName"]) == ("Biscayne Freight", "Ingrid Solberg")
    assert html.escape(FORM["description"]) in ticket["Details"]
    (file,) = sandbox.attachments(ticket["Id"])
    assert (file["OriginalFileName"], file["Content"]) == ("jam.png", base64.b64decode(PNG))
    assert sandbox.notes(ticket["Id"]) == []
    assert report["requests"][0]["template"] == "Printer problem"


def test_the_same_mail_again_is_a_duplicate_and_its_file_gets_a_name_of_its_own(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("Printer", message_id="one")
    workplace.sync()
    workplace.drop_mail("Printer [gateway tag]", message_id="one")

    report = workplace.sync()

    assert report["counts"]["duplicate"] == 1
    assert report["conserved"] is True
    assert report["exit"] == 0
    assert len(sandbox.tickets) == 1
    assert len(workplace.names("processed")) == 2


def test_a_dry_run_tells_the_calls_and_changes_nothing_at_all(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("Printer jam")
    workplace.drop("form.json", FORM)
    before = snapshot(workplace)

    report = workplace.sync("--dry-run")

    assert report["dry_run"] is True
    assert report["conserved"] is True
    assert report["counts"]["created"] == 2
    calls = [call["call"] for call in report["planned_calls"]]
    assert calls.count("POST /v2/servicedesk/tickets") == 2
    assert calls.count("POST /v2/system/attachments/{moduleId}/{objectId}") == 1
    bodies = [call["body"] for call in report["planned_calls"]]
    assert any(body.get("Title") == "Printer jam" for body in bodies)
    assert snapshot(workplace) == before
    assert sandbox.tickets == []
    real = workplace.sync()
    assert {key: real["counts"][key] for key in ("received", "created")} == {
        "received": 2,
        "created": 2,
    }


def test_a_dry_run_over_an_existing_ledger_leaves_every_request_in_it_as_it_was(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    sandbox.faults.add("status", "POST /v2/servicedesk/tickets", status=429, retry_after="3600")
    workplace.drop_mail("Printer jam")
    workplace.sync()
    before = workplace.run("requests", "list", "--json").json
    story = workplace.run("requests", "show", before[0]["key"], "--json").json
    workplace.drop_mail("Another", name="other.eml")

    report = workplace.sync("--dry-run")

    assert report["counts"]["carried"] == 1
    assert report["counts"]["received"] == 1
    assert report["conserved"] is True
    assert workplace.run("requests", "list", "--json").json == before
    assert workplace.run("requests", "show", before[0]["key"], "--json").json == story


def snapshot(place: Workplace) -> dict[str, bytes]:
    return {
        str(path.relative_to(place.folder)): path.read_bytes()
        for path in place.folder.rglob("*")
        if path.is_file()
    }


def test_a_run_with_nothing_to_do_makes_one_search_call(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.sync()

    report = workplace.sync()

    assert report["exit"] == 0
    assert report["api_calls"] == {"GET /v2/servicedesk/tickets": 1}
    assert report["counts"]["received"] == 0


def test_a_second_run_signs_in_and_looks_names_up_no_more(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("Printer jam", name="1.eml")
    workplace.sync()
    workplace.drop_mail("Printer jam", name="2.eml")

    report = workplace.sync()

    assert report["api_calls"] == {
        "POST /v2/servicedesk/tickets": 1,
        "GET /v2/servicedesk/tickets": 1,
    }


def test_the_ledger_is_for_its_owner_only(workplace: Workplace) -> None:
    workplace.sync()

    mode = stat.S_IMODE((workplace.folder / "connector.db").stat().st_mode)
    assert mode == 0o600


def test_an_unknown_sender_goes_to_the_catch_all_with_name_and_address_in_the_text(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    mail = (
        "From: Pat Newcomb <pat@nowhere.example>\nSubject: Hello\n"
        "Message-ID: <pat-1@nowhere.example>\n\nWho are you?\n"
    )
    workplace.drop("mail.eml", mail)

    workplace.sync()

    (ticket,) = sandbox.tickets
    assert (ticket["AccountName"], ticket["ContactName"]) == (
        "Unmatched Requests",
        "Unmatched Sender",
    )
    assert ticket["Details"].startswith(html.escape("From: Pat Newcomb <pat@nowhere.example>"))


def test_a_colleague_nobody_entered_in_bms_is_known_by_domain_and_no_contact_is_made(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    mail = (
        "From: New Hire <new@frontdesk.harbordental.example>\nSubject: Hello\n"
        "Message-ID: <new-1@harbordental.example>\n\nHi\n"
    )
    workplace.drop("mail.eml", mail)

    workplace.sync()

    (ticket,) = sandbox.tickets
    assert (ticket["AccountName"], ticket.get("ContactId")) == ("Harbor Dental Group", None)
    assert html.escape("New Hire <new@frontdesk.harbordental.example>") in ticket["Details"]
    assert not [call for call in sandbox.calls if call.startswith("POST /v2/crm")]


def test_a_contact_of_two_accounts_is_ambiguous_and_the_candidates_are_told_internally(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    mail = (
        "From: shared@twoclients.example\nSubject: Hello\n"
        "Message-ID: <shared-1@twoclients.example>\n\nHi\n"
    )
    workplace.drop("mail.eml", mail)

    workplace.sync()

    (ticket,) = sandbox.tickets
    (note,) = sandbox.notes(ticket["Id"])
    assert ticket["AccountName"] == "Unmatched Requests"
    assert note["IsInternal"] is True
    assert "Biscayne Freight" in note["Details"]
    assert "Palmetto Legal LLP" in note["Details"]
    assert "Palmetto" not in ticket["Details"]


@pytest.mark.parametrize("step", ["intake", "deliver"])
def test_only_one_step_is_done_on_demand(workplace: Workplace, sandbox: Sandbox, step: str) -> None:
    workplace.drop_mail("Printer jam")

    report = workplace.sync("--only", step)

    assert report["exit"] == 0
    assert report["counts"]["received"] == (1 if step == "intake" else 0)
    assert sandbox.tickets == []
    assert workplace.sync()["counts"]["created"] == 1


def test_a_person_can_read_the_run_as_a_table(workplace: Workplace) -> None:
    workplace.drop_mail("URGENT: the internet is down")

    ran = workplace.run("sync")

    assert ran.code == 0
    assert "Harbor Dental Group" in ran.out
    assert "1 received, 1 created" in ran.out


def test_a_file_of_another_kind_is_reported_and_left_alone(workplace: Workplace) -> None:
    workplace.drop("notes.txt", "hello")

    report = workplace.sync()

    assert report["exit"] == 0
    assert "notes.txt" in report["err"]
    assert workplace.names() == ["notes.txt"]
