"""Unclear outcomes (DESIGN section 9): search first, and create only when nothing was found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from support.desk import MONDAY_TEN, Desk
from support.endpoints import ADD_NOTE, CREATE, SEARCH, UPLOAD
from support.sandbox import RawClient
from support.submissions import UNKNOWN_TEMPLATE, attached, form

from connector.domain.request import Outcome, Waiting
from connector.errors import ExitCode
from connector.sandbox import Sandbox

MADE: dict[str, dict[str, Any]] = {
    "connection lost after": {"kind": "drop", "after_commit": True},
    "answer broken off": {"kind": "truncate"},
    "answer without an id": {"kind": "no_id"},
    "500 after": {"kind": "status", "status": 500, "after_commit": True},
    "502 as a page after": {"kind": "status", "status": 502, "body": "html", "after_commit": True},
    "503 after": {"kind": "status", "status": 503, "after_commit": True},
    "200 without a body after": {
        "kind": "status",
        "status": 200,
        "body": "empty",
        "after_commit": True,
    },
}
NOT_MADE: dict[str, dict[str, Any]] = {
    "connection lost before": {"kind": "drop"},
    "500 before": {"kind": "status", "status": 500},
    "502 as a page before": {"kind": "status", "status": 502, "body": "html"},
    "503 before": {"kind": "status", "status": 503},
    "408 before": {"kind": "status", "status": 408},
    "redirect before": {"kind": "status", "status": 302, "body": "empty"},
}
FAULTS = MADE | NOT_MADE

OPERATIONS: dict[str, Callable[[Sandbox], int]] = {
    CREATE: lambda sandbox: len(sandbox.tickets),
    UPLOAD: lambda sandbox: sum(len(sandbox.attachments(t["Id"])) for t in sandbox.tickets),
    ADD_NOTE: lambda sandbox: sum(len(sandbox.notes(t["Id"])) for t in sandbox.tickets),
}
"""The creating calls, each with how many of its things BMS holds."""

SEARCHES = {
    CREATE: SEARCH,
    UPLOAD: "GET /v2/system/attachments/{moduleId}/{objectId}",
    ADD_NOTE: "GET /v2/servicedesk/tickets/{ticketId}/notes",
}


def add_fault(sandbox: Sandbox, endpoint: str, fault: dict[str, Any]) -> None:
    options = dict(fault)
    sandbox.faults.add(options.pop("kind"), endpoint, **options)


CASES = [
    *((CREATE, fault) for fault in FAULTS),
    *(
        (endpoint, fault)
        for endpoint in (UPLOAD, ADD_NOTE)
        for fault in ("connection lost after", "answer without an id", "503 before")
    ),
]
"""The client tells kinds of failure apart alike for all creating calls, so few suffice here."""


@pytest.mark.parametrize(("endpoint", "fault"), CASES)
def test_after_an_unclear_call_bms_is_searched_before_it_is_made_again(
    desk: Desk, endpoint: str, fault: str
) -> None:
    desk.drop("form.json", form(attachments=attached("a.txt"), **UNKNOWN_TEMPLATE))
    add_fault(desk.sandbox, endpoint, FAULTS[fault])

    unclear = desk.sync()

    assert (unclear.exit_code, unclear.counts["pending"]) == (ExitCode.UNREACHABLE, 1)
    assert desk.requests()[0].next_attempt_at == MONDAY_TEN + timedelta(seconds=120)
    calls = desk.sandbox.calls.copy()
    desk.pass_by(seconds=119)
    settling = desk.sync()
    assert (settling.exit_code, settling.counts["pending"]) == (ExitCode.DONE, 1)
    assert desk.requests()[0].waiting is Waiting.SETTLING
    assert desk.sandbox.calls == calls
    desk.pass_by(seconds=1)
    settled = desk.sync()
    assert (settled.exit_code, settled.counts["created"]) == (ExitCode.DONE, 1)
    assert (unclear.conserved, settling.conserved, settled.conserved) == (True, True, True)
    after = (desk.sandbox.calls - calls)[endpoint]
    assert desk.sandbox.calls[SEARCHES[endpoint]] == 1
    assert after == (0 if fault in MADE else 1)
    assert {name: count(desk.sandbox) for name, count in OPERATIONS.items()} == dict.fromkeys(
        OPERATIONS, 1
    )
    assert desk.names("processed") == ["form.json"]


SEARCH_FAULTS: dict[str, dict[str, Any]] = {
    "connection lost": {"kind": "drop"},
    "500": {"kind": "status", "status": 500},
    "503": {"kind": "status", "status": 503},
    "refused": {"kind": "status", "status": 400},
    "a page instead of JSON": {"kind": "status", "status": 200, "body": "html"},
    "says no success": {"kind": "status", "status": 200},
    "broken off": {"kind": "truncate"},
}


@pytest.mark.parametrize("fault", SEARCH_FAULTS)
def test_a_search_that_fails_creates_nothing(desk: Desk, fault: str) -> None:
    desk.drop_mail()
    add_fault(desk.sandbox, CREATE, MADE["connection lost after"])
    desk.sync()
    add_fault(desk.sandbox, SEARCH, SEARCH_FAULTS[fault])
    desk.pass_by(minutes=5)

    failed = desk.sync()

    assert (failed.exit_code, failed.counts["pending"]) == (ExitCode.UNREACHABLE, 1)
    assert desk.sandbox.calls[CREATE] == 1
    desk.pass_by(minutes=5)
    assert desk.sync().counts["created"] == 1
    assert desk.sandbox.calls[CREATE] == 1


def test_a_second_unclear_creation_waits_and_searches_again(desk: Desk) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("drop", CREATE)
    desk.sync()
    desk.sandbox.faults.add("drop", CREATE, after_commit=True)
    desk.pass_by(minutes=2)
    assert desk.sync().exit_code is ExitCode.UNREACHABLE
    calls = desk.sandbox.calls.copy()

    desk.pass_by(seconds=119)
    assert desk.sync().exit_code is ExitCode.DONE
    assert desk.sandbox.calls == calls
    desk.pass_by(seconds=1)
    assert desk.sync().counts["created"] == 1

    assert desk.sandbox.calls[CREATE] == 2
    assert len(desk.sandbox.tickets) == 1


def test_a_lost_ticket_that_somebody_moved_and_completed_is_found(desk: Desk) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("drop", CREATE, after_commit=True)
    desk.sync()
    ticket_id = desk.sandbox.tickets[0]["Id"]
    with RawClient(desk.sandbox) as person:
        changes = {"AccountId": 2003, "LocationId": 2301, "ContactId": 30005, "StatusId": 49964}
        body = [
            {"op": "replace", "path": f"/{name}", "value": value} for name, value in changes.items()
        ]
        assert person.call("PATCH", f"/v2/servicedesk/tickets/{ticket_id}", json=body).ok
    desk.pass_by(hours=30)

    report = desk.sync()

    assert report.requests[0].ticket_id == ticket_id
    assert len(desk.sandbox.tickets) == 1


def test_a_lost_ticket_is_found_among_hundreds(desk: Desk) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("drop", CREATE, after_commit=True)
    desk.sync()
    with RawClient(desk.sandbox) as others:
        for _ in range(120):
            others.create()
    desk.pass_by(minutes=5)

    report = desk.sync()

    assert report.requests[0].ticket_id == desk.sandbox.tickets[0]["Id"]
    assert desk.sandbox.calls[SEARCH] == 2


def test_a_search_that_lags_less_than_the_settling_time_is_waited_for(desk: Desk) -> None:
    desk.sandbox.behaviour.search_lag_seconds = 110
    desk.drop_mail()
    desk.sandbox.faults.add("drop", CREATE, after_commit=True)
    desk.sync()

    desk.pass_by(seconds=60)
    desk.sync()
    desk.pass_by(seconds=60)
    report = desk.sync()

    assert report.counts["created"] == 1
    assert len(desk.sandbox.tickets) == 1


def test_a_person_who_is_impatient_does_not_shorten_the_settling(desk: Desk) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("drop", CREATE, after_commit=True)
    desk.sync()
    (waiting,) = desk.requests()
    calls = desk.sandbox.calls.copy()
    assert desk.retry(waiting.key)

    report = desk.sync()

    assert (report.exit_code, report.counts["pending"]) == (ExitCode.DONE, 1)
    assert desk.sandbox.calls == calls
    (waiting,) = desk.requests()
    assert waiting.next_attempt_at == MONDAY_TEN + timedelta(seconds=120)


def test_requests_that_settle_do_not_keep_new_ones_from_their_tickets(desk: Desk) -> None:
    for number in range(3):
        desk.drop_mail(name=f"{number}.eml")
    desk.sandbox.faults.add("drop", CREATE, after_commit=True, times=3)
    desk.sync()
    for record in desk.requests():
        assert desk.retry(record.key)
    desk.drop_mail(name="new.eml")

    report = desk.sync()

    assert (report.counts["pending"], report.counts["created"]) == (3, 1)


def test_the_second_draft_of_a_refused_ticket_is_searched_for_too(desk: Desk) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("status", CREATE, status=400)
    desk.sandbox.faults.add("drop", CREATE, after_commit=True)
    assert desk.sync().exit_code is ExitCode.UNREACHABLE
    desk.pass_by(minutes=5)

    report = desk.sync()

    assert report.counts["created"] == 1
    assert len(desk.sandbox.tickets) == 1


def test_a_call_that_was_certainly_not_made_is_made_again_without_a_search(desk: Desk) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("status", CREATE, status=429)
    desk.sync()

    report = desk.sync()

    assert report.counts["created"] == 1
    assert SEARCH not in desk.sandbox.calls


def test_a_certain_failure_after_an_unclear_one_still_ends_in_a_search(desk: Desk) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("drop", CREATE)
    desk.sync()
    desk.sandbox.faults.add("status", CREATE, status=429)
    desk.pass_by(minutes=2)
    desk.sync()
    searches = desk.sandbox.calls[SEARCH]
    desk.pass_by(hours=1)

    report = desk.sync()

    assert report.counts["created"] == 1
    assert desk.sandbox.calls[SEARCH] == searches + 1
    assert len(desk.sandbox.tickets) == 1


def test_an_unclear_creation_that_was_parked_is_searched_for_when_released(
    desk: Desk,
) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("drop", CREATE, after_commit=True)
    desk.sync()
    desk.sandbox.faults.add("status", SEARCH, status=500, times=None)
    while desk.requests()[0].state is Outcome.PENDING:
        desk.pass_by(hours=9)
        desk.sync()
    (parked,) = desk.requests()
    assert parked.state is Outcome.PARKED
    desk.sandbox.faults.clear()
    assert desk.release(parked.key)

    report = desk.sync()

    assert report.counts["created"] == 1
    assert desk.sandbox.calls[CREATE] == 1
    assert desk.names("processed") == ["mail.eml"]
