"""Every kind of error leads to its outcome: wait, park, stop, or go on (DESIGN sections 4, 9)."""

import socket
from datetime import timedelta

import pytest
from support.desk import Desk
from support.endpoints import ADD_NOTE, CONTACTS, CREATE, SEARCH, SIGN_IN, UPLOAD
from support.submissions import UNKNOWN_TEMPLATE, attached, form

from connector.domain.request import Outcome, Waiting
from connector.errors import ExitCode
from connector.pipeline.delivering.retrying import BACKOFF

# --- BMS says no to a request ----------------------------------------------------------------


def test_a_refused_ticket_is_tried_without_custom_fields_then_plain_then_parked(
    desk: Desk,
) -> None:
    words = "The moon is in the wrong phase"
    desk.sandbox.faults.add("status", CREATE, status=400, message=words, times=None)
    desk.drop_mail()

    report = desk.sync()

    assert (report.exit_code, report.counts["parked"]) == (ExitCode.PARTLY, 1)
    planned, without_fields, plain = desk.bodies()
    assert "CustomFieldsData" in planned
    assert without_fields == {k: v for k, v in planned.items() if k != "CustomFieldsData"}
    assert "ContactId" not in plain
    assert "IssueTypeId" not in plain
    (parked,) = desk.requests()
    assert words in parked.reason
    assert parked.remedy
    assert desk.names("parked") == ["mail.eml"]
    assert SEARCH not in desk.sandbox.calls


def test_a_refused_ticket_without_custom_fields_is_not_sent_the_same_way_twice(
    desk: Desk,
) -> None:
    desk.sandbox.tenant.custom_fields.clear()
    desk.sandbox.faults.add("status", CREATE, status=400, message="No", times=None)
    desk.drop_mail()

    assert desk.sync().counts["parked"] == 1

    planned, plain = desk.bodies()
    assert ("ContactId" in planned, "ContactId" in plain) == (True, False)


def test_a_200_that_says_no_success_is_a_refusal(desk: Desk) -> None:
    desk.sandbox.faults.add("status", CREATE, status=200, message="Not today", times=None)
    desk.drop_mail()

    report = desk.sync()

    assert report.exit_code is ExitCode.PARTLY
    assert "Not today" in desk.requests()[0].reason
    assert desk.sandbox.calls[CREATE] == 3


def test_the_note_says_why_a_ticket_is_without_what_was_planned(desk: Desk) -> None:
    desk.sandbox.faults.add("status", CREATE, status=400, message="Field 3001 is closed")
    desk.drop_mail()

    assert desk.sync().exit_code is ExitCode.DONE

    (ticket,) = desk.sandbox.tickets
    (note,) = desk.sandbox.notes(ticket["Id"])
    assert "without its custom fields" in note["Details"]
    assert "Field 3001 is closed" in note["Details"]
    assert ticket["ContactName"] == "Marta Ruiz"


def test_a_refused_file_is_told_in_the_note_and_costs_nothing_else(desk: Desk) -> None:
    desk.sandbox.faults.add("status", UPLOAD, status=400, message="No such type of file")
    desk.drop("form.json", form(attachments=attached("a.txt", "b.txt")))

    report = desk.sync()

    assert (report.exit_code, report.counts["created"]) == (ExitCode.DONE, 1)
    (ticket,) = desk.sandbox.tickets
    (note,) = desk.sandbox.notes(ticket["Id"])
    assert "a.txt" in note["Details"]
    assert "No such type of file" in note["Details"]
    assert len(desk.sandbox.attachments(ticket["Id"])) == 1


def test_a_file_refused_before_a_kill_is_still_told(desk: Desk) -> None:
    desk.sandbox.faults.add("status", UPLOAD, status=400, message="No such type of file")
    desk.sandbox.faults.add("drop", UPLOAD)
    desk.drop("form.json", form(attachments=attached("a.txt", "b.txt")))
    desk.sync()
    desk.pass_by(minutes=5)

    desk.sync()

    (ticket,) = desk.sandbox.tickets
    (note,) = desk.sandbox.notes(ticket["Id"])
    assert "No such type of file" in note["Details"]
    assert [file["OriginalFileName"] for file in desk.sandbox.attachments(ticket["Id"])] == [
        "b.txt"
    ]


def test_a_refused_note_is_kept_in_the_ledger_and_the_ticket_stands(desk: Desk) -> None:
    desk.sandbox.faults.add("status", ADD_NOTE, status=400, message="No notes today")
    desk.drop("form.json", form(**UNKNOWN_TEMPLATE))

    report = desk.sync()

    assert (report.exit_code, report.counts["created"]) == (ExitCode.DONE, 1)
    told = "\n".join(entry.text for entry in desk.journal(report.requests[0].key))
    assert "No notes today" in told
    assert "Teleporter" in told


def test_a_tenant_without_our_note_type_still_gets_its_ticket(desk: Desk) -> None:
    desk.sandbox.tenant.note_types[:] = desk.sandbox.tenant.note_types[1:]
    desk.drop("form.json", form(**UNKNOWN_TEMPLATE))

    report = desk.sync()

    assert (report.exit_code, report.counts["created"]) == (ExitCode.DONE, 1)
    (ticket,) = desk.sandbox.tickets
    (note,) = desk.sandbox.notes(ticket["Id"])
    assert "Teleporter" in note["Details"]
    assert note["TypeName"] == "Client Communication"
    assert note["IsInternal"] is True


def test_a_tenant_without_any_note_type_still_gets_its_ticket_and_the_story_has_the_note(
    desk: Desk,
) -> None:
    desk.sandbox.tenant.note_types.clear()
    desk.drop("form.json", form(**UNKNOWN_TEMPLATE))

    report = desk.sync()

    assert (report.exit_code, report.counts["created"]) == (ExitCode.DONE, 1)
    told = "\n".join(entry.text for entry in desk.journal(report.requests[0].key))
    assert "the internal note could not be added" in told
    assert "Teleporter" in told


def test_a_missing_catch_all_account_parks_with_a_remedy_and_creates_nothing(
    desk: Desk,
) -> None:
    accounts = desk.sandbox.tenant.accounts
    accounts[:] = [account for account in accounts if account.id != 2009]
    desk.drop_mail(sender="pat@nowhere.example")

    report = desk.sync()

    assert (report.exit_code, report.counts["parked"]) == (ExitCode.PARTLY, 1)
    assert "catch_all.account" in desk.requests()[0].remedy
    assert CREATE not in desk.sandbox.calls


# --- BMS says no to us -----------------------------------------------------------------------


def test_one_401_costs_one_fresh_token_and_nothing_else(desk: Desk) -> None:
    desk.sandbox.faults.add("status", CREATE, status=401)
    desk.drop_mail()

    report = desk.sync()

    assert (report.exit_code, report.counts["created"]) == (ExitCode.DONE, 1)
    assert desk.sandbox.calls[SIGN_IN] == 2
    assert SEARCH not in desk.sandbox.calls


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("endpoint", [CREATE, CONTACTS])
def test_a_refusal_of_us_stops_the_run_and_parks_nothing(
    desk: Desk, endpoint: str, status: int
) -> None:
    desk.sandbox.faults.add("status", endpoint, status=status, times=None)
    desk.drop_mail(name="1.eml")
    desk.drop_mail(name="2.eml")

    report = desk.sync()

    assert (report.exit_code, report.counts["pending"]) == (ExitCode.REFUSED, 2)
    assert report.conserved
    assert desk.sandbox.calls[endpoint] == (2 if status == 401 else 1)
    desk.sandbox.faults.clear()
    after = desk.sync()
    assert (after.exit_code, after.counts["created"]) == (ExitCode.DONE, 2)
    assert SEARCH not in desk.sandbox.calls


def test_refused_credentials_are_not_tried_again_for_a_quarter_of_an_hour(
    desk: Desk,
) -> None:
    desk.drop_mail()
    good, desk.password = desk.password, "wrong"
    assert desk.sync().exit_code is ExitCode.REFUSED
    desk.pass_by(minutes=14)
    assert desk.sync().exit_code is ExitCode.REFUSED
    assert desk.sandbox.calls[SIGN_IN] == 1
    desk.pass_by(minutes=1)
    assert desk.sync().exit_code is ExitCode.REFUSED
    assert desk.sandbox.calls[SIGN_IN] == 2

    desk.password = good

    assert desk.sync().counts["created"] == 1


# --- passing faults --------------------------------------------------------------------------


@pytest.mark.parametrize("retry_after", ["600", "Mon, 16 Nov 2026 15:10:00 GMT"])
def test_too_many_calls_wait_as_long_as_bms_says(desk: Desk, retry_after: str) -> None:
    desk.sandbox.faults.add("status", CREATE, status=429, retry_after=retry_after)
    desk.drop_mail()

    report = desk.sync()

    assert (report.exit_code, report.counts["pending"]) == (ExitCode.UNREACHABLE, 1)
    calls = desk.sandbox.calls.copy()
    desk.pass_by(seconds=599)
    waiting = desk.sync()
    assert (waiting.exit_code, waiting.counts["pending"]) == (ExitCode.UNREACHABLE, 1)
    assert desk.sandbox.calls == calls
    desk.pass_by(seconds=1)
    assert desk.sync().counts["created"] == 1
    assert SEARCH not in desk.sandbox.calls


def test_a_503_on_create_waits_for_its_retry_after_and_is_then_searched_for(
    desk: Desk,
) -> None:
    desk.sandbox.faults.add("status", CREATE, status=503, retry_after="600", after_commit=True)
    desk.drop_mail()
    desk.sync()
    calls = desk.sandbox.calls.copy()

    desk.pass_by(seconds=599)
    desk.sync()
    assert desk.sandbox.calls == calls
    desk.pass_by(seconds=1)

    assert desk.sync().counts["created"] == 1
    assert desk.sandbox.calls[CREATE] == 1


@pytest.mark.parametrize("fault", ["status", "drop", "truncate"])
def test_a_contact_search_that_fails_creates_no_ticket_on_the_catch_all(
    desk: Desk, fault: str
) -> None:
    desk.sandbox.faults.add(fault, CONTACTS)
    desk.drop_mail()

    report = desk.sync()

    assert (report.exit_code, report.counts["pending"]) == (ExitCode.UNREACHABLE, 1)
    assert CREATE not in desk.sandbox.calls
    assert desk.sync().counts["created"] == 1
    assert desk.sandbox.tickets[0]["AccountName"] == "Harbor Dental Group"


def test_temporary_failures_are_retried_with_backoff_and_then_parked(desk: Desk) -> None:
    desk.sandbox.faults.add("status", CONTACTS, status=500, message="Tea break", times=None)
    desk.drop_mail()
    waits = []
    for _ in BACKOFF:
        before = desk.sandbox.calls[CONTACTS]
        assert desk.sync().exit_code is ExitCode.UNREACHABLE
        assert desk.sandbox.calls[CONTACTS] == before + 1
        (waiting,) = desk.requests()
        assert waiting.next_attempt_at is not None
        waits.append(waiting.next_attempt_at - desk.clock.now)
        desk.clock.now = waiting.next_attempt_at - timedelta(seconds=1)
        if waits[-1]:
            desk.sync()
            assert desk.sandbox.calls[CONTACTS] == before + 1
        desk.clock.now = waiting.next_attempt_at

    report = desk.sync()

    assert tuple(waits) == BACKOFF
    assert sum(waits, timedelta()) > timedelta(hours=12)
    assert (report.exit_code, report.counts["parked"]) == (ExitCode.PARTLY, 1)
    assert "Tea break" in desk.requests()[0].reason


def unused_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    return port


def test_an_unreachable_bms_ends_the_run_and_counts_against_no_request(desk: Desk) -> None:
    desk.drop_mail(name="1.eml")
    desk.drop_mail(name="2.eml")
    nowhere = f"http://127.0.0.1:{unused_port()}"
    for _ in range(len(BACKOFF) + 2):
        report = desk.sync(base_url=nowhere)
        assert (report.exit_code, report.counts["pending"]) == (ExitCode.UNREACHABLE, 2)
        assert report.api_calls == {SIGN_IN: 1}
        desk.pass_by(hours=8)

    assert {record.attempts for record in desk.requests()} == {0}
    assert desk.sync().counts["created"] == 2


def test_three_failures_in_a_row_end_the_deliveries_of_a_run(desk: Desk) -> None:
    desk.sandbox.faults.add("status", CREATE, status=500, times=None)
    for number in range(5):
        desk.drop_mail(name=f"{number}.eml")

    report = desk.sync()

    assert (report.exit_code, report.counts["pending"]) == (ExitCode.UNREACHABLE, 5)
    assert desk.sandbox.calls[CREATE] == 3


def test_failures_that_are_not_in_a_row_end_nothing(desk: Desk) -> None:
    desk.sandbox.faults.add("status", CREATE, status=429, times=2)
    desk.sandbox.faults.add("status", CREATE, status=429, nth=2, times=2)
    for number in range(6):
        desk.drop_mail(name=f"{number}.eml")

    report = desk.sync()

    assert (report.counts["created"], report.counts["pending"]) == (2, 4)


# --- the call budget -------------------------------------------------------------------------


def test_the_budget_ends_a_run_cleanly_and_the_rest_follows_in_an_hour(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 10"
    for number in range(12):
        desk.drop_mail(name=f"{number:02}.eml")

    report = desk.sync()

    assert (report.exit_code, report.conserved) == (ExitCode.DONE, True)
    assert (report.counts["created"], report.counts["pending"]) == (9, 3)
    assert any("calls of this hour" in problem for problem in report.problems)
    waiting = [record for record in desk.requests() if record.state is Outcome.PENDING]
    assert Waiting.BUDGET in {record.waiting for record in waiting}
    again = desk.sync()
    assert (again.exit_code, again.counts["pending"]) == (ExitCode.DONE, 3)
    desk.pass_by(minutes=62)
    assert desk.sync().counts["created"] == 3
    assert len(desk.sandbox.tickets) == 12
    assert SEARCH not in desk.sandbox.calls


def test_an_emergency_behind_a_spent_budget_draws_on_the_reserve(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 10"
    for number in range(12):
        desk.drop_mail(name=f"{number:02}.eml")
    desk.pass_by(seconds=1)
    desk.drop_mail("URGENT: smoke in the server room", name="urgent.eml")

    report = desk.sync()

    assert (report.exit_code, report.counts["created"]) == (ExitCode.DONE, 9)
    assert desk.sandbox.tickets[0]["Title"] == "URGENT: smoke in the server room"
    desk.drop_mail("911: smoke everywhere", name="next.eml")
    assert desk.sync().counts["created"] == 1
    assert desk.sandbox.tickets[-1]["Title"] == "911: smoke everywhere"


# --- settings and faults of ours -------------------------------------------------------------


def test_a_holiday_that_nobody_knows_is_a_configuration_error_and_loses_nothing(
    desk: Desk,
) -> None:
    desk.drop_mail()
    desk.change_mapping("sla.yaml", "Thanksgiving", "Thanksgetting")

    report = desk.sync()

    assert (report.exit_code, report.conserved) == (ExitCode.USAGE, True)
    assert report.counts["pending"] == 1
    assert CREATE not in desk.sandbox.calls
    desk.change_mapping("sla.yaml", "Thanksgetting", "Thanksgiving")
    after = desk.sync()
    assert (after.exit_code, after.counts["created"]) == (ExitCode.DONE, 1)


def test_a_fault_of_ours_in_one_request_parks_it_and_the_next_gets_its_ticket(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop_mail("Poison", name="1.eml")
    desk.drop_mail("Printer jam", name="2.eml")
    with monkeypatch.context() as patch:
        from connector.pipeline.deciding import planning

        original = planning.render_title

        def faulty(subject: str, fallback: str) -> str:
            if subject == "Poison":
                raise RuntimeError("never thought of this")
            return original(subject, fallback)

        patch.setattr(planning, "render_title", faulty)
        preview = desk.sync(dry_run=True)
        report = desk.sync()

    assert (report.exit_code, report.conserved) == (ExitCode.PARTLY, True)
    assert (report.counts["parked"], report.counts["created"]) == (1, 1)
    assert preview.counts == report.counts
    (parked,) = [record for record in desk.requests() if record.state is Outcome.PARKED]
    assert "never thought of this" in parked.reason
    assert desk.release(parked.key)
    assert desk.sync().counts["created"] == 1
