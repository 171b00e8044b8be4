"""What people do in BMS's own pages, as a client of the API sees it."""

from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest
from support.clock import Clock
from support.desk import MONDAY_TEN
from support.sandbox import COMPLETED, NEW, RawClient

from connector.sandbox import Sandbox

TICKETS = "/v2/servicedesk/tickets"
CLOCKS = ("lastActivityUpdate", "lastPriorityUpdate", "lastStatusUpdate", "lastQueueUpdate")


def read(client: RawClient, ticket_id: int) -> dict[str, Any]:
    result: dict[str, Any] = client.call("GET", f"{TICKETS}/{ticket_id}").json()["result"]
    return result


Act = Callable[[Sandbox, int], object]

ACTS: list[tuple[Act, dict[str, object], set[str]]] = [
    (
        lambda s, t: s.person.change_priority(t, "critical"),
        {"priorityName": "Critical"},
        {"lastPriorityUpdate"},
    ),
    (
        lambda s, t: s.person.change_status(t, "Escalated"),
        {"statusName": "Escalated"},
        {"lastStatusUpdate"},
    ),
    (
        lambda s, t: s.person.change_queue(t, "Emergency"),
        {"queueName": "Emergency"},
        {"lastQueueUpdate"},
    ),
    (lambda s, t: s.person.change_title(t, "URGENT: smoke"), {"title": "URGENT: smoke"}, set()),
    (
        lambda s, t: s.person.complete(t),
        {"statusId": COMPLETED, "completedDate": "2026-11-16T16:00:00Z"},
        {"lastStatusUpdate"},
    ),
    (
        lambda s, t: s.person.set_due_date(t, MONDAY_TEN + timedelta(days=2)),
        {"dueDate": "2026-11-18T15:00:00Z"},
        set(),
    ),
    (lambda s, t: s.person.clear_due_date(t), {"dueDate": None}, set()),
    (
        lambda s, t: s.person.move_to_account(t, "Biscayne Freight"),
        {"accountName": "Biscayne Freight", "locationName": "Warehouse", "contactId": None},
        set(),
    ),
    (lambda s, t: s.person.add_note(t, "Called back"), {}, set()),
]


@pytest.mark.parametrize(("act", "shown", "clocks"), ACTS)
def test_an_act_shows_and_moves_the_activity_time_and_the_clock_of_what_changed(
    sandbox: Sandbox,
    client: RawClient,
    clock: Clock,
    act: Act,
    shown: dict[str, object],
    clocks: set[str],
) -> None:
    ticket_id = client.create()["id"]
    clock.now += timedelta(hours=1)
    act(sandbox, ticket_id)
    ticket = read(client, ticket_id)
    assert {name: ticket[name] for name in shown} == shown
    moved = {name for name in CLOCKS if ticket[name] == "2026-11-16T16:00:00Z"}
    assert moved == clocks | {"lastActivityUpdate"}


def test_a_reopened_ticket_is_open_and_keeps_its_due_date(
    sandbox: Sandbox, client: RawClient
) -> None:
    created = client.create()
    sandbox.person.complete(created["id"])
    sandbox.person.reopen(created["id"])
    ticket = read(client, created["id"])
    assert (ticket["statusName"], ticket["completedDate"]) == ("In Progress", None)
    assert ticket["dueDate"] == created["dueDate"]
    assert ticket["reOpenedDate"] == "2026-11-16T15:00:00Z"


def test_a_portal_ticket_is_the_clients_own(sandbox: Sandbox, client: RawClient) -> None:
    ticket_id = sandbox.person.create_portal_ticket("Scanner", "dana@palmettolegal.example")
    ticket = read(client, ticket_id)
    assert ticket["sourceName"] == "Client Portal"
    assert (ticket["contactName"], ticket["createdByName"]) == ("Dana Whitfield",) * 2
    assert (ticket["queueName"], ticket["dueDate"]) == (None, None)


def test_scheduled_and_recurring_tickets_are_marked_as_such(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.person.create_ticket("Walk-through", scheduled=True)
    sandbox.person.create_ticket("Monthly backup test", recurring=True)
    sandbox.person.create_ticket("Phone call")
    for name, title in (
        ("Filter.IsScheduled", "Walk-through"),
        ("Filter.IsRecurringTickets", "Monthly backup test"),
    ):
        rows = client.call("GET", TICKETS, params={name: 1}).json()["result"]
        assert [row["title"] for row in rows] == [title]


@pytest.mark.parametrize("by_api", [True, False])
def test_a_merge_gives_the_source_the_merge_status_which_the_tenant_then_has(
    sandbox: Sandbox, client: RawClient, by_api: bool
) -> None:
    kept, merged = client.create(), client.create(Title="Again")
    before = statuses(client)
    if by_api:
        body = {"DestinationTicketId": kept["id"], "SourceTicketIds": [merged["id"]]}
        answer = client.call("POST", f"{TICKETS}/merge", json={**body, "IsMerge": True})
        assert answer.json()["result"]["jobId"]
    else:
        sandbox.person.merge(merged["id"], into=kept["id"])
    assert read(client, merged["id"])["statusName"] == "Merged"
    assert read(client, kept["id"])["statusId"] == NEW
    assert "Again" in sandbox.notes(kept["id"])[0]["Details"]
    assert statuses(client) == [*before, "Merged"]


def statuses(client: RawClient) -> list[str]:
    rows = client.call("GET", "/v2/system/statuses/lookup").json()["result"]
    return [row["name"] for row in rows]


@pytest.mark.parametrize("sources", [[], [1], "itself"])
def test_a_merge_of_nothing_or_with_itself_is_refused(
    client: RawClient, sources: list[int] | str
) -> None:
    ticket_id = client.create()["id"]
    body = {
        "DestinationTicketId": ticket_id,
        "SourceTicketIds": [ticket_id] if sources == "itself" else sources,
        "IsMerge": True,
    }
    assert client.call("POST", f"{TICKETS}/merge", json=body).status_code == 400


def test_a_name_that_the_tenant_does_not_have_is_an_error(sandbox: Sandbox) -> None:
    ticket_id = sandbox.person.create_ticket("Printer")
    with pytest.raises(ValueError, match="Low, Medium, High, Critical"):
        sandbox.person.change_priority(ticket_id, "Urgent")
    with pytest.raises(ValueError, match="no ticket 1"):
        sandbox.person.complete(1)


def test_thousands_of_tickets_are_seeded_fast_and_evenly(sandbox: Sandbox) -> None:
    begun = perf_counter()
    ids = sandbox.seed(5000, days=10)
    assert perf_counter() - begun < 2
    assert len(set(ids)) == 5000
    opened = [ticket["OpenDate"] for ticket in sandbox.tickets]
    assert opened == sorted(opened)
    assert opened[0] == "2026-11-06T15:00:00Z"
    assert all(ticket["DueDate"] is None for ticket in sandbox.tickets[:5])


def test_another_process_can_act_as_a_person_and_seed(sandbox: Sandbox, client: RawClient) -> None:
    (ticket_id,) = client.call("POST", "/_sandbox/seed", json={"count": 1}).json()
    act = {"act": "set_due_date", "ticket_id": ticket_id, "moment": "2026-11-20T12:00:00-05:00"}
    assert client.call("POST", "/_sandbox/person", json=act).status_code == 200
    assert read(client, ticket_id)["dueDate"] == "2026-11-20T17:00:00Z"
    wrong = client.call("POST", "/_sandbox/person", json={"act": "_change"})
    assert wrong.status_code == 400
    assert "change_priority" in wrong.json()["error"]
