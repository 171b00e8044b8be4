"""Tickets whoever made them: pages that move, odd dates, and one field at a time."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from support.bms import NOW, Bms, envelope, refusal

from connector.domain.tenant import Named
from connector.errors import RequestRejected, RetryLater, Unreachable, WriteBackStopped

TICKETS = "/v2/servicedesk/tickets"
DUE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def row(ticket_id: int, **fields: object) -> dict[str, object]:
    return {
        "id": ticket_id,
        "ticketNumber": f"N{ticket_id}",
        "statusId": 1,
        "statusName": "New",
        **fields,
    }


def page(bms: Bms, first: int, count: int, total: int) -> None:
    """Answer the next search with so many rows from an id on."""
    rows = [row(number) for number in range(first, first + count)]
    bms.answer("GET", TICKETS, json=envelope(rows, totalRecords=total))


def test_pages_are_read_again_while_they_show_fewer_than_promised(bms: Bms) -> None:
    page(bms, 1, 100, 150)
    page(bms, 100, 49, 150)  # a row moved to page 1: 149 stays unseen
    page(bms, 200, 0, 150)
    page(bms, 51, 100, 150)
    page(bms, 1, 50, 150)

    seen = bms.gateway.open_tickets()

    assert seen.complete
    assert {ticket.id for ticket in seen.tickets} == set(range(1, 151))


def test_after_three_passes_what_was_seen_has_to_do(bms: Bms) -> None:
    for _ in range(3):
        page(bms, 1, 100, 150)
        page(bms, 1, 100, 150)
    seen = bms.gateway.open_tickets()
    assert not seen.complete
    assert len(seen.tickets) == 100
    assert len(bms.requests(TICKETS)) == 6


def test_one_page_that_fails_is_asked_for_again(bms: Bms) -> None:
    page(bms, 1, 100, 101)
    bms.answer("GET", TICKETS, status=500)
    bms.answer("GET", TICKETS, status=502)
    page(bms, 101, 1, 101)
    assert len(bms.gateway.open_tickets().tickets) == 101


@pytest.mark.parametrize(
    ("answer", "error", "calls"),
    [
        ({"status": 500}, RetryLater, 3),
        ({"status": 503, "headers": {"Retry-After": "60"}}, RetryLater, 1),
        ({"status": 302, "headers": {"Location": "https://login.example"}}, Unreachable, 1),
    ],
    ids=str,
)
def test_a_page_is_not_asked_for_for_ever(
    bms: Bms, answer: dict[str, object], error: type[Exception], calls: int
) -> None:
    bms.answer("GET", TICKETS, **answer)
    with pytest.raises(error):
        bms.gateway.open_tickets()
    assert len(bms.requests(TICKETS)) == calls


def test_changed_tickets_are_asked_for_by_their_last_activity_with_an_offset(bms: Bms) -> None:
    query = {
        "Filter.LastActivityUpdateFrom": "2026-11-23T15:00:00+00:00",
        "Filter.ExcludeCompleted": "1",
        "PageSize": "100",
        "PageNumber": "1",
    }
    bms.answer("GET", TICKETS, json=envelope([row(1)], totalRecords=1), query=query)
    assert [ticket.id for ticket in bms.gateway.changed_tickets(NOW).tickets] == [1]


@pytest.mark.parametrize(
    ("written", "due", "unreadable"),
    [
        (None, None, ""),
        ("", None, ""),
        ("0001-01-01T00:00:00", None, ""),
        ("2026-11-24T15:00:00", DUE, ""),
        ("2026-11-24T10:00:00.1234567-05:00", DUE.replace(microsecond=123456), ""),
        ("24/11/2026", None, "24/11/2026"),
    ],
)
def test_a_due_date_that_cannot_be_read_is_not_taken_for_none(
    bms: Bms, written: str | None, due: datetime | None, unreadable: str
) -> None:
    bms.answer("GET", TICKETS, json=envelope([row(1, dueDate=written)], totalRecords=1))
    [ticket] = bms.gateway.open_tickets().tickets
    assert (ticket.due_at, ticket.unreadable) == (due, unreadable)


def test_a_row_is_read_whole(bms: Bms) -> None:
    shown = row(
        7,
        title="Printer",
        statusName="New",
        priorityId=3,
        priorityName="High",
        accountId=4,
        accountName="Harbor",
        queueId=5,
        queueName="Help Desk",
        issueTypeId=6,
        issueTypeName="Hardware",
        openDate="2026-11-23T14:00:00Z",
        lastPriorityUpdate="2026-11-23T14:30:00Z",
        isScheduled=1,
        recurring=0,
        ticketRecurringMasterId=9,
        customFields=json.dumps({"cf_3001": " x ", "cf_3002": None, "other": 1}),
    )
    bms.answer("GET", TICKETS, json=envelope([shown], totalRecords=1))
    [ticket] = bms.gateway.open_tickets().tickets
    assert (ticket.priority.id, ticket.priority.name, ticket.title) == (3, "High", "Printer")
    assert ticket.account is not None
    assert ticket.queue is not None
    assert ticket.issue_type is not None
    assert (ticket.account.name, ticket.queue.name, ticket.issue_type.id) == (
        "Harbor",
        "Help Desk",
        6,
    )
    assert ticket.opened_at == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert (ticket.is_scheduled, ticket.is_recurring) == (True, True)
    assert ticket.custom_fields == {3001: "x"}


def test_only_the_due_date_is_written(bms: Bms) -> None:
    bms.answer("PATCH", f"{TICKETS}/7", row(7, dueDate="2026-11-24T15:00:00Z"))
    assert bms.gateway.set_due_date(7, DUE) == DUE
    [request] = bms.requests(f"{TICKETS}/7")
    assert json.loads(request.body) == [
        {"op": "replace", "path": "dueDate", "value": "2026-11-24T15:00:00+00:00"}
    ]


@pytest.mark.parametrize(
    ("answers", "error", "says"),
    [
        (["2026-11-24T15:00:59Z"], None, ""),
        ([None, "2026-11-24T15:00:00Z"], None, ""),
        ([400, "2026-11-24T15:00:00Z"], None, ""),
        ([None, None], WriteBackStopped, "shows none"),
        ([None, 400], WriteBackStopped, "shows none"),
        (["2026-11-24T10:00:00Z"] * 2, WriteBackStopped, "check bms.time_zone"),
        (["2026-11-24T10:07:00Z"] * 2, WriteBackStopped, "no workflow"),
        ([400, 400], RequestRejected, "refused"),
    ],
    ids=str,
)
def test_what_bms_shows_decides_whether_it_took_the_date(
    bms: Bms, answers: list[object], error: type[Exception] | None, says: str
) -> None:
    for answer in answers:
        if answer == 400:
            bms.answer("PATCH", f"{TICKETS}/7", status=400)
        else:
            bms.answer("PATCH", f"{TICKETS}/7", row(7, dueDate=answer))
    if error is None:
        assert abs(bms.gateway.set_due_date(7, DUE) - DUE) < timedelta(minutes=1)
        return
    with pytest.raises(error, match=says):
        bms.gateway.set_due_date(7, DUE)


def test_only_the_very_number_is_found(bms: Bms) -> None:
    bms.answer("GET", TICKETS, json=envelope([row(71), row(7)], totalRecords=2))
    found = bms.gateway.ticket_numbered("N7")
    assert found is not None
    assert found.id == 7
    assert bms.gateway.ticket_numbered("N") is None


def test_custom_fields_are_read_and_written_one_by_one(bms: Bms) -> None:
    fields = "/v2/system/customFields"
    values = [{"id": 1, "customFieldId": 3001, "data": "x"}, {"id": 0, "customFieldId": 2}]
    bms.answer("GET", f"{fields}/22/7", values)
    bms.answer("PUT", f"{fields}/data/22/7/3001", {"id": 1, "value": "y"})
    assert bms.gateway.custom_values(7) == {3001: "x"}
    assert bms.gateway.set_custom_value(7, 3001, "y") == "y"
    [request] = bms.requests(f"{fields}/data/22/7/3001")
    assert json.loads(request.body) == {"Value": "y"}


# --- single fields -------------------------------------------------------------------------------

WAITING = Named(3, "Waiting for Customer")


def test_a_status_that_one_spelling_of_its_path_does_not_set_is_set_by_the_other(bms: Bms) -> None:
    bms.answer("PATCH", f"{TICKETS}/7", row(7))
    bms.answer("PATCH", f"{TICKETS}/7", row(7, statusId=3, statusName="Waiting for Customer"))
    shown = bms.gateway.set_status(7, WAITING)
    assert shown is not None
    assert shown.status == WAITING
    paths = [json.loads(request.body)[0] for request in bms.requests(f"{TICKETS}/7")]
    assert paths == [
        {"op": "replace", "path": "statusId", "value": 3},
        {"op": "replace", "path": "/StatusId", "value": 3},
    ]


def test_a_status_that_bms_does_not_take_is_told(bms: Bms) -> None:
    bms.answer("PATCH", f"{TICKETS}/7", row(7))
    assert bms.gateway.set_status(7, WAITING) is None


def test_a_status_that_bms_refuses_is_refused_with_its_words(bms: Bms) -> None:
    bms.answer("PATCH", f"{TICKETS}/7", status=400, json=refusal("StatusId is wrong"))
    with pytest.raises(RequestRejected, match="StatusId is wrong"):
        bms.gateway.set_status(7, WAITING)
