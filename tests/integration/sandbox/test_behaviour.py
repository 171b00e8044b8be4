"""The switches: what a tenant may do that the vendor's documents leave open."""

from datetime import timedelta
from typing import Any

from support.clock import Clock
from support.sandbox import RawClient

from connector.sandbox import Sandbox

TICKETS = "/v2/servicedesk/tickets"


def page(client: RawClient, number: int, size: int = 2) -> list[str]:
    params = {"PageSize": size, "PageNumber": number}
    rows = client.call("GET", TICKETS, params=params).json()["result"]
    return [row["title"] for row in rows]


def patch(client: RawClient, ticket_id: int, path: str, value: object) -> dict[str, Any]:
    body = [{"op": "replace", "path": path, "value": value}]
    answer: dict[str, Any] = client.call("PATCH", f"{TICKETS}/{ticket_id}", json=body).json()
    return answer


def test_a_row_that_moves_while_paging_is_on_no_page_that_is_still_to_come(
    sandbox: Sandbox, client: RawClient, clock: Clock
) -> None:
    for title in "abcd":
        client.create(Title=title)
        clock.now += timedelta(minutes=1)
    sandbox.behaviour.moves_while_paging = 1
    assert page(client, 1) == ["d", "c"]
    assert page(client, 2) == ["c", "a"]
    assert page(client, 1) == ["b", "d"]


def test_a_patch_of_an_ignored_spelling_is_answered_and_changes_nothing(
    sandbox: Sandbox, client: RawClient
) -> None:
    created = client.create()
    sandbox.behaviour.patch_ignores = ("/*",)
    due = "2026-11-20T12:00:00Z"
    assert patch(client, created["id"], "/dueDate", due)["result"]["dueDate"] == created["dueDate"]
    assert patch(client, created["id"], "dueDate", due)["result"]["dueDate"] == due


def test_every_patch_may_be_without_effect(sandbox: Sandbox, client: RawClient) -> None:
    created = client.create()
    sandbox.behaviour.patch_ignores = ("*",)
    for path in ("dueDate", "/DueDate"):
        answer = patch(client, created["id"], path, "2026-11-20T12:00:00Z")
        assert answer["success"] is True
        assert answer["result"]["dueDate"] == created["dueDate"]


def test_a_spelling_may_be_refused(sandbox: Sandbox, client: RawClient) -> None:
    created = client.create()
    sandbox.behaviour.patch_refuses = ("[!/]*",)
    assert patch(client, created["id"], "dueDate", None)["success"] is False
    assert patch(client, created["id"], "/dueDate", None)["result"]["dueDate"] is None


def test_bms_may_fill_in_a_due_date_where_none_was_sent(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.behaviour.native_due_hours = 8
    filled = client.create(DueDate=None)
    assert filled["dueDate"] == "2026-11-16T23:05:00Z"
    assert client.create(DueDate="2026-11-18T00:00:00Z")["dueDate"] == "2026-11-18T00:00:00Z"
    portal = sandbox.person.create_portal_ticket("Scanner")
    assert sandbox.tickets[-1]["Id"] == portal
    assert sandbox.tickets[-1]["DueDate"] == "2026-11-16T23:00:00Z"


def test_a_workflow_may_change_the_status_and_add_a_note_after_the_answer(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.behaviour.change({"status_on_create": "Assigned", "note_on_create": "Hello"})
    created = client.create()
    assert created["statusName"] == "New"
    assert sandbox.tickets[0]["StatusName"] == "Assigned"
    (note,) = sandbox.notes(created["id"])
    assert (note["Details"], note["IsInternal"]) == ("Hello", True)


def test_a_new_contact_stays_invisible_while_the_index_lags(
    sandbox: Sandbox, client: RawClient, clock: Clock
) -> None:
    sandbox.behaviour.search_lag_seconds = 60
    emails = [{"EmailAddress": "rosa@harbordental.example", "EmailTypeId": 1, "IsDefault": True}]
    body = {"FirstName": "Rosa", "AccountId": 2001, "LocationId": 2101, "Emails": emails}
    assert client.call("POST", "/v2/crm/contacts/summary", json=body).status_code == 200
    assert found(client) == []
    clock.now += timedelta(seconds=60)
    assert found(client) == ["Rosa"]


def found(client: RawClient) -> list[str]:
    params = {"Filter.EmailAddress": "rosa"}
    rows = client.call("GET", "/v2/crm/contacts/search", params=params).json()["result"]
    return [row["firstName"] for row in rows]
