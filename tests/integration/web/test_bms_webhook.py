"""BMS's own webhook: a hint, after which write-back looks at the ticket through the API."""

import json
from datetime import timedelta
from typing import Any

import pytest
from support.desk import Desk
from support.hooks import SECRET, signature, vendor_of, webhook

TICKET = "GET /v2/servicedesk/tickets/{ticketId}"


@pytest.fixture(autouse=True)
def _set_up(desk: Desk) -> None:
    desk.bms = f"webhook_secret: {SECRET}"


def tell(desk: Desk, payload: object, query: str = f"?key={SECRET}", **headers: str) -> Any:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    with vendor_of(desk) as vendor:
        return vendor.client.post(
            f"/hooks/bms{query}", data=body, content_type="application/json", headers=headers
        )


def hinted(desk: Desk) -> set[int]:
    with desk.ledger() as ledger:
        return set(ledger.hinted())


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"TicketId": 7}, 7),
        ({"event": {"ticketId": "7"}}, 7),
        ({"Event": "Ticket Updated", "Ticket": {"Id": 7}}, 7),
        ({"data": {"id": 7}, "id": 99}, 7),
        ({"Id": 7}, 7),
        ([{"ticket_id": 7}], 7),
        ({"TicketId": True, "Id": 7.5}, None),
        ({"TicketId": -1}, None),
        ({"TicketId": 10**30}, None),
        ({}, None),
        (b"TicketId=7&x=y", 7),
        (b"\xff\x00", None),
        (b"[" * 50_000, None),
        (b"", None),
    ],
)
def test_the_id_is_taken_if_there_is_one(desk: Desk, payload: object, found: int | None) -> None:
    answer = tell(desk, payload)

    assert (answer.status_code, answer.json) == (200, {"ticket": found})
    assert hinted(desk) == ({found} - {None})


@pytest.mark.parametrize(
    ("query", "header", "status"),
    [
        (f"?key={SECRET}", "", 200),
        ("?key=wrong", "", 403),
        ("", "", 401),
        ("", "RIGHT", 200),
        ("", "0" * 64, 403),
    ],
)
def test_only_who_knows_the_secret_may_hint(
    desk: Desk, query: str, header: str, status: int
) -> None:
    body = b'{"TicketId": 7}'
    headers = {"Signature": header.replace("RIGHT", signature(body))} if header else {}

    assert tell(desk, body, query, **headers).status_code == status
    assert hinted(desk) == ({7} if status == 200 else set())


def test_without_a_secret_there_is_no_such_webhook(desk: Desk) -> None:
    desk.bms = ""

    assert tell(desk, {"TicketId": 7}).status_code == 404


def test_the_next_write_back_looks_at_the_ticket_whatever_the_search_shows(desk: Desk) -> None:
    """BMS does not promise that every change moves the time by which changes are searched."""
    ticket = desk.sandbox.person.create_ticket("Keyboard")
    desk.sla()
    before = desk.due(ticket)
    desk.pass_by(hours=3)
    desk.sla()
    moved = desk.sandbox._store.tickets[ticket]["LastActivityUpdate"]
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sandbox._store.tickets[ticket]["LastActivityUpdate"] = moved
    desk.sla()
    assert desk.due(ticket) == before

    tell(desk, {"TicketId": ticket})
    desk.sla()

    assert desk.due(ticket) != before
    assert hinted(desk) == set()


def test_a_dry_run_keeps_the_hint(desk: Desk) -> None:
    desk.sla()
    tell(desk, {"TicketId": 7})

    desk.sla(dry_run=True)

    assert hinted(desk) == {7}


def test_a_ticket_that_is_none_costs_one_call_and_is_forgotten(desk: Desk) -> None:
    desk.sla()
    tell(desk, {"TicketId": 123456})

    assert desk.sla().api_calls[TICKET] == 1
    assert TICKET not in desk.sla().api_calls


def test_a_hint_that_cannot_be_followed_keeps_no_other_ticket_from_its_dates(desk: Desk) -> None:
    desk.sla()
    tell(desk, {"TicketId": 123456})
    ticket = desk.sandbox.person.create_ticket("Keyboard")
    desk.sandbox.faults.add("status", TICKET, status=500, times=None)

    desk.sla()
    assert desk.due(ticket)
    assert hinted(desk) == {123456}

    desk.sandbox.faults.clear()
    desk.sla()
    assert hinted(desk) == set()


def test_a_hint_that_comes_again_meanwhile_is_kept(desk: Desk) -> None:
    with desk.ledger() as ledger:
        ledger.hint(7, at=desk.now)
        seen = ledger.hinted()
        ledger.hint(7, at=desk.now + timedelta(seconds=1))
        ledger.looked_at(seen)
        assert set(ledger.hinted()) == {7}


def test_a_source_cannot_be_called_like_it(desk: Desk) -> None:
    webhook(desk, name="bms")

    with pytest.raises(Exception, match="1 problem"):
        desk.setup()
