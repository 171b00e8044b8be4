"""Kinds whose look-up tables nobody documents."""

from typing import Any

import pytest
import requests
from support.bms import Bms

from connector.domain.tenant import Lookup, Named
from connector.errors import FatalError, NameUnresolved, RetryLater, Unreachable

TICKETS = "/v2/servicedesk/tickets"
TABLES = {
    Lookup.TICKET_TYPE: ("TicketType", "TicketTypes"),
    Lookup.SOURCE: ("TicketSource", "TicketSources"),
    Lookup.NOTE_TYPE: ("NoteType", "TicketNoteType", "NoteTypes", "TicketNoteTypes"),
}
IN_ORDER = [
    (kind, f"/v2/system/{path}/{table}")
    for kind, tables in TABLES.items()
    for table in tables
    for path in ("lookup", "tenantlookup")
]
UNKNOWN_TABLE = [
    {"status": 404, "body": ""},
    {"status": 400, "body": ""},
    {"status": 500, "body": ""},
    {"status": 403, "body": ""},
    {"json": {"success": False, "error": {"message": "Invalid table"}}},
    {"json": {"success": True, "result": []}},
]


def ways(kind: Lookup) -> list[str]:
    return [path for way_kind, path in IN_ORDER if way_kind is kind]


def no_tables(bms: Bms, kind: Lookup, answer: dict[str, Any] = UNKNOWN_TABLE[0]) -> None:
    for path in ways(kind):
        bms.answer("GET", path, **answer)


@pytest.mark.parametrize("answer", UNKNOWN_TABLE, ids=str)
@pytest.mark.parametrize(("kind", "works"), IN_ORDER)
def test_the_candidates_are_tried_in_order_until_one_knows_the_name(
    bms: Bms, kind: Lookup, works: str, answer: dict[str, Any]
) -> None:
    before = ways(kind)[: ways(kind).index(works)]
    for path in before:
        bms.answer("GET", path, **answer)
    bms.answer("GET", works, [{"id": 8, "name": "Incident", "isActive": True}])
    assert bms.gateway.resolve(kind, "incident") == Named(8, "Incident")
    asked = [call.request.path_url for call in bms.http.calls[1:]]
    assert asked == [*before, works]


def test_the_table_that_worked_is_asked_first_the_next_day(bms: Bms) -> None:
    works = "/v2/system/tenantlookup/TicketTypes"
    for path in ways(Lookup.TICKET_TYPE)[:-1]:
        bms.answer("GET", path, status=404, body="")
    bms.answer("GET", works, [{"id": 8, "name": "Incident"}])
    bms.gateway.resolve(Lookup.TICKET_TYPE, "Incident")
    bms.clock.pass_by(hours=25)
    bms.new_run()
    bms.gateway.resolve(Lookup.TICKET_TYPE, "Incident")
    assert len(bms.requests(works)) == 2
    assert [len(bms.requests(path)) for path in ways(Lookup.TICKET_TYPE)[:-1]] == [1, 1, 1]


def test_a_table_of_something_else_is_passed_over(bms: Bms) -> None:
    bms.answer("GET", "/v2/system/lookup/NoteType", [{"id": 1, "name": "Sales call"}])
    bms.answer("GET", "/v2/system/tenantlookup/NoteType", [])
    bms.answer("GET", "/v2/system/lookup/TicketNoteType", [{"id": 21, "name": "Task Notes"}])
    assert bms.gateway.resolve(Lookup.NOTE_TYPE, "Task Notes").id == 21


def test_a_name_beyond_the_table_that_worked_is_found_without_losing_the_first(bms: Bms) -> None:
    bms.answer("GET", "/v2/system/lookup/NoteType", [{"id": 21, "name": "Task Notes"}])
    bms.answer("GET", "/v2/system/tenantlookup/NoteType", [{"id": 22, "name": "Chat"}])
    for name, expected in (("Task Notes", 21), ("Chat", 22), ("Task Notes", 21), ("Chat", 22)):
        assert bms.gateway.resolve(Lookup.NOTE_TYPE, name).id == expected
    assert len(bms.http.calls) == 4


@pytest.mark.parametrize(
    "answer",
    [{"status": 429, "body": ""}, {"status": 503, "body": ""}, {"body": requests.ReadTimeout()}],
)
def test_a_passing_fault_is_not_taken_for_an_unknown_table(
    bms: Bms, answer: dict[str, Any]
) -> None:
    no_tables(bms, Lookup.TICKET_TYPE, answer)
    with pytest.raises(RetryLater):
        bms.gateway.resolve(Lookup.TICKET_TYPE, "Incident")
    assert len(bms.http.calls) == 2


def test_an_unreachable_bms_is_not_taken_for_an_unknown_table(bms: Bms) -> None:
    no_tables(bms, Lookup.TICKET_TYPE, {"body": requests.ConnectTimeout()})
    with pytest.raises(Unreachable):
        bms.gateway.resolve(Lookup.TICKET_TYPE, "Incident")


def test_missing_rights_to_every_way_are_told_as_such(bms: Bms) -> None:
    no_tables(bms, Lookup.TICKET_TYPE, {"status": 403, "body": ""})
    bms.answer("GET", TICKETS, [])
    with pytest.raises(FatalError, match="look-up table"):
        bms.gateway.resolve(Lookup.TICKET_TYPE, "Incident")
    assert bms.gateway.resolve(Lookup.TICKET_TYPE, 8) == Named(8, "8")


# --- names seen on tickets -------------------------------------------------------------------


def test_ticket_types_are_learned_from_recent_tickets(bms: Bms) -> None:
    no_tables(bms, Lookup.TICKET_TYPE)
    query = {
        "Filter.LastActivityUpdateFrom": "2026-10-24T15:00:00+00:00",
        "Filter.ExcludeCompleted": "0",
        "PageSize": "100",
        "PageNumber": "1",
    }
    rows = [{"id": 1, "typeId": 8, "typeName": "Incident"}, {"id": 2, "typeId": None}]
    bms.answer("GET", TICKETS, rows, query=query)
    assert bms.gateway.resolve(Lookup.TICKET_TYPE, "Incident") == Named(8, "Incident")


def test_sources_are_learned_by_opening_one_ticket_of_each(bms: Bms) -> None:
    no_tables(bms, Lookup.SOURCE)
    bms.answer("GET", TICKETS, [{"id": i, "sourceId": i % 2 + 1} for i in range(1, 9)])
    bms.answer("GET", f"{TICKETS}/1", {"id": 1, "sourceId": 2, "sourceName": "Email"})
    bms.answer("GET", f"{TICKETS}/2", {"id": 2, "sourceId": 1, "sourceName": "Phone"})
    assert bms.gateway.resolve(Lookup.SOURCE, "Email").id == 2
    assert bms.gateway.resolve(Lookup.SOURCE, "Phone").id == 1
    assert bms.gateway.calls["GET /v2/servicedesk/tickets/{ticketId}"] == 2


def test_note_types_are_learned_from_the_notes_of_the_ten_newest_tickets(bms: Bms) -> None:
    no_tables(bms, Lookup.NOTE_TYPE)
    bms.answer("GET", TICKETS, [{"id": i} for i in range(1, 31)])
    for i in range(1, 31):
        notes = [{"id": i, "typeId": 21, "typeName": "Task Notes"}] if i == 21 else []
        bms.answer("GET", f"{TICKETS}/{i}/notes", notes)
    assert bms.gateway.resolve(Lookup.NOTE_TYPE, "Task Notes").id == 21
    assert bms.gateway.calls["GET /v2/servicedesk/tickets/{ticketId}/notes"] == 10


def test_a_name_seen_once_is_known_when_the_next_sample_lacks_it(bms: Bms) -> None:
    no_tables(bms, Lookup.TICKET_TYPE)
    bms.answer("GET", TICKETS, [{"id": 1, "typeId": 8, "typeName": "Incident"}])
    bms.answer("GET", TICKETS, [{"id": 2, "typeId": 9, "typeName": "Problem"}])
    bms.gateway.resolve(Lookup.TICKET_TYPE, "Incident")
    bms.clock.pass_by(days=2)
    bms.new_run()
    assert bms.gateway.resolve(Lookup.TICKET_TYPE, "Incident").id == 8


def test_a_name_nobody_knows_is_unresolved_with_the_nearest(bms: Bms) -> None:
    no_tables(bms, Lookup.TICKET_TYPE)
    bms.answer("GET", TICKETS, [{"id": 1, "typeId": 8, "typeName": "Incident"}])
    with pytest.raises(NameUnresolved, match='Did you mean "Incident"'):
        bms.gateway.resolve(Lookup.TICKET_TYPE, "Incidnt")


def test_a_plain_id_is_taken_where_no_table_works_and_asked_for_once_a_day(bms: Bms) -> None:
    no_tables(bms, Lookup.TICKET_TYPE)
    bms.answer("GET", TICKETS, [])
    for _ in range(3):
        bms.new_run()
        bms.clock.pass_by(hours=7)
        assert bms.gateway.resolve(Lookup.TICKET_TYPE, 8) == Named(8, "8")
    assert len(bms.requests(TICKETS)) == 2  # the last month, then the last years: each once
