"""Tickets in the sandbox: what is kept, how it is shown, how it is found."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.clock import Clock
from support.sandbox import (
    COMPLETED,
    CRITICAL,
    MAIN_OFFICE,
    PALMETTO_LEGAL,
    TASK_NOTES,
    RawClient,
    ticket_body,
)

from connector.sandbox import Sandbox

TICKETS = "/v2/servicedesk/tickets"


def found(client: RawClient, **params: object) -> list[str]:
    answer = client.call("GET", TICKETS, params=params)
    assert answer.status_code == 200, answer.text
    return [row["title"] for row in answer.json()["result"]]


def test_a_ticket_keeps_what_was_sent_and_names_it(sandbox: Sandbox, client: RawClient) -> None:
    created = client.create(CustomFieldsData=[{"CustomFieldId": 3004, "Data": "R-1"}])
    assert created["accountName"] == "Harbor Dental Group"
    assert created["contactEmail"] == "marta.ruiz@harbordental.example"
    assert created["dueDate"] == "2026-11-16T23:05:00Z"
    assert {"slaId", "cCs", "vsaAssetId", "hasMetSLA", "isSLAPaused"} <= created.keys()
    assert sandbox.tickets[0]["StatusName"] == "New"
    assert sandbox.custom_values(created["id"]) == {"Connector Reference": "R-1"}


def test_a_number_counts_and_has_the_local_date() -> None:
    late = datetime(2026, 11, 17, 2, 0, tzinfo=UTC)  # still the 16th in Florida
    with Sandbox(now=lambda: late) as sandbox, RawClient(sandbox) as client:
        numbers = [client.create()["ticketNumber"] for _ in range(2)]
    assert numbers == ["1001-11162026", "1002-11162026"]


def test_the_date_header_and_the_answers_follow_the_sandboxs_clock() -> None:
    moment = datetime(2026, 11, 17, 2, 0, tzinfo=UTC)
    with Sandbox(now=lambda: moment) as sandbox, RawClient(sandbox) as client:
        answer = client.call("POST", TICKETS, json=ticket_body())
        assert answer.headers["Date"] == "Tue, 17 Nov 2026 02:00:00 GMT"
        assert answer.json()["result"]["createdOn"] == "2026-11-17T02:00:00Z"
        sandbox.behaviour.local_times_in = "America/New_York"
        read = client.call("GET", f"{TICKETS}/{answer.json()['result']['id']}").json()
        assert read["result"]["createdOn"] == "2026-11-16T21:00:00"


def test_pages_hold_every_ticket_once_and_at_most_a_hundred(client: RawClient) -> None:
    for number in range(105):
        client.create(Title=f"Ticket {number}")
    pages = [
        client.call("GET", TICKETS, params={"PageSize": 500, "PageNumber": number}).json()
        for number in (1, 2, 3)
    ]
    assert [len(page["result"]) for page in pages] == [100, 5, 0]
    assert {page["totalRecords"] for page in pages} == {105}
    assert len({row["id"] for page in pages for row in page["result"]}) == 105


@pytest.mark.parametrize(
    ("params", "titles"),
    [
        ({"Filter.Title": "jam"}, ["Jammed"]),
        ({"Filter.AccountIds": "2002,2003"}, ["Legal"]),
        ({"Filter.PriorityNames": "critical"}, ["Done"]),
        ({"Filter.ExcludeCompleted": 1}, ["Legal", "Jammed"]),
        ({"Filter.ContactId": 30001}, ["Done", "Jammed"]),
        ({"Filter.OpenDateFrom": "2026-11-17"}, ["Done"]),
        ({"Filter.OpenDateTo": "2026-11-16T15:05:00Z"}, ["Legal", "Jammed"]),
        ({"filter.statusnames": "Completed,New"}, ["Done", "Legal", "Jammed"]),
    ],
)
def test_filters_of_the_contract_narrow_a_search(
    client: RawClient, params: dict[str, object], titles: list[str]
) -> None:
    client.create(Title="Jammed")
    client.create(Title="Legal", AccountId=PALMETTO_LEGAL, LocationId=MAIN_OFFICE, ContactId=None)
    client.create(
        Title="Done", StatusId=COMPLETED, PriorityId=CRITICAL, OpenDate="2026-11-18T00:00:00Z"
    )
    assert found(client, **params) == titles


@pytest.mark.breaks_contract
def test_a_filter_that_does_not_exist_finds_everything(client: RawClient) -> None:
    client.create(Title="One")
    assert found(client, **{"Filter.AccountId": 999}) == ["One"]


def test_a_search_by_post_finds_the_same(client: RawClient) -> None:
    client.create(Title="One", CustomFieldsData=[{"CustomFieldId": 3004, "Data": "R-1"}])
    body = {"PageSize": 100, "PageNumber": 1, "Filter": {"Title": "one", "ExcludeCompleted": 1}}
    rows = client.call("POST", f"{TICKETS}/search", json=body).json()["result"]
    assert [json.loads(row["customFields"]) for row in rows] == [{"cf_3004": "R-1"}]


def test_a_new_ticket_stays_invisible_to_searches_while_the_index_lags() -> None:
    clock = Clock(datetime(2026, 11, 17, 2, 0, tzinfo=UTC))
    with Sandbox(now=clock) as sandbox, RawClient(sandbox) as client:
        sandbox.behaviour.search_lag_seconds = 60
        ticket = client.create(Title="Late")["id"]
        assert found(client) == []
        assert client.call("GET", f"{TICKETS}/{ticket}").status_code == 200
        clock.now += timedelta(seconds=60)
        assert found(client) == ["Late"]


@pytest.mark.parametrize("path", ["dueDate", "/DueDate", "duedate"])
def test_a_patch_changes_one_field_and_is_no_activity(path: str) -> None:
    clock = Clock(datetime(2026, 11, 17, 2, 0, tzinfo=UTC))
    with Sandbox(now=clock) as sandbox, RawClient(sandbox) as client:
        ticket = client.create()
        clock.now += timedelta(minutes=30)
        patch = [{"op": "replace", "path": path, "value": "2026-12-01T12:00:00+01:00"}]
        changed = client.call("PATCH", f"{TICKETS}/{ticket['id']}", json=patch).json()["result"]
    assert changed["dueDate"] == "2026-12-01T11:00:00Z"
    assert changed["lastActivityUpdate"] == ticket["lastActivityUpdate"]
    assert changed["modifiedOn"] == "2026-11-17T02:30:00Z"


def test_a_put_clears_what_it_leaves_out(client: RawClient) -> None:
    ticket = client.create()["id"]
    body = ticket_body(DueDate=None, QueueId=None)
    replaced = client.call("PUT", f"{TICKETS}/{ticket}", json=body).json()["result"]
    assert (replaced["dueDate"], replaced["queueId"]) == (None, None)


def test_a_note_may_set_the_status_and_is_activity() -> None:
    clock = Clock(datetime(2026, 11, 17, 2, 0, tzinfo=UTC))
    note: dict[str, Any] = {
        "Details": "Done",
        "IsInternal": True,
        "TypeId": TASK_NOTES,
        "NoteDate": "2026-11-17T03:00:00Z",
        "StatusId": COMPLETED,
    }
    with Sandbox(now=clock) as sandbox, RawClient(sandbox) as client:
        ticket = client.create()["id"]
        clock.now += timedelta(minutes=30)
        client.call("POST", f"{TICKETS}/{ticket}/notes", json=note)
        changed = sandbox.tickets[0]
        assert [item["Details"] for item in sandbox.notes(ticket)] == ["Done"]
    assert changed["StatusName"] == "Completed"
    assert (
        changed["LastActivityUpdate"]
        == changed["LastStatusUpdate"]
        == changed["CompletedDate"]
        == "2026-11-17T02:30:00Z"
    )


def test_a_file_comes_back_byte_for_byte_under_its_name(client: RawClient) -> None:
    ticket = client.create()["id"]
    path = f"/v2/system/attachments/22/{ticket}"
    content = bytes(range(256)) + b"\r\n--boundary\r\n"
    sent = client.call("POST", path, files={"formFile": ('Größe "1".bin', content, "image/png")})
    shown = sent.json()["result"][0]
    assert (shown["originalFileName"], shown["fileType"]) == ('Größe "1".bin', "image/png")
    assert client.call("GET", f"{path}/{shown['id']}/download").content == content


def test_contacts_are_found_by_a_part_of_their_address_inactive_ones_too(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.tenant.contacts[1].is_active = False
    search = "/v2/crm/contacts/search"
    params: dict[str, Any] = {"Filter.EmailAddress": "HARBORDENTAL"}
    rows = client.call("GET", search, params=params).json()["result"]
    assert [(row["firstName"], row["isActive"]) for row in rows] == [
        ("Marta", True),
        ("Owen", False),
    ]
    params = {"Filter.AccountIds": [2002, 2003], "Filter.EmailAddress": "shared@"}
    rows = client.call("GET", search, params=params).json()["result"]
    assert [row["id"] for row in rows] == [30006, 30007]
