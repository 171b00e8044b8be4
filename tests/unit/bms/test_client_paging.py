from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from support.bms import NOW, Bms, envelope

from connector.errors import RetryLater

TICKETS = "/v2/servicedesk/tickets"
CONTACTS = "/v2/crm/contacts/search"
WINDOW = {
    "Filter.CreatedOnFrom": "2026-11-22T13:00:00+00:00",
    "Filter.CreatedOnTo": "2026-11-23T15:00:00+00:00",
    "Filter.ExcludeCompleted": "0",
    "PageSize": "100",
}


def serve(bms: Bms, pages: Sequence[Sequence[int]], total: int | None) -> None:
    """Answer each page of a ticket search; any other page is empty."""
    for number, ids in enumerate([*pages, []], start=1):
        rows = [{"id": i, "details": "x"} for i in ids]
        extra = {} if total is None else {"totalRecords": total}
        query = {**WINDOW, "PageNumber": str(number)}
        bms.answer("GET", TICKETS, query=query, json=envelope(rows, **extra))


def search(bms: Bms) -> list[int]:
    return [row.id for row in bms.client.tickets_created(NOW - timedelta(hours=26), NOW)]


@pytest.mark.parametrize(
    ("pages", "total", "found", "calls"),
    [
        ([[]], 0, 0, 1),
        ([range(1, 8)], 7, 7, 1),
        ([range(1, 8)], None, 7, 1),
        ([range(1, 101)], 100, 100, 2),
        ([range(1, 101), range(101, 151)], 150, 150, 2),
        # Rows move between pages while they are read.
        ([range(1, 101), range(91, 151)], 150, 150, 2),
        # The server caps its pages at 50.
        ([range(1, 51), range(51, 101), range(101, 121)], 120, 120, 3),
        # The server ignores the page number.
        ([range(1, 101), range(1, 101)], None, 100, 2),
    ],
)
def test_every_page_is_read_and_every_row_kept_once(
    bms: Bms, pages: Sequence[Sequence[int]], total: int | None, found: int, calls: int
) -> None:
    serve(bms, pages, total)
    assert search(bms) == list(range(1, found + 1))
    assert len(bms.requests(TICKETS)) == calls


@pytest.mark.parametrize(
    ("pages", "total"),
    [
        ([range(1, 101), range(1, 101)], 250),
        ([range(1, 101)], 150),
        ([[]], 3),
    ],
)
def test_a_search_that_shows_less_than_there_is_found_nothing_out(
    bms: Bms, pages: Sequence[Sequence[int]], total: int
) -> None:
    serve(bms, pages, total)
    with pytest.raises(RetryLater, match=f"of {total}"):
        search(bms)


def test_a_search_into_which_a_new_ticket_came_is_made_again(bms: Bms) -> None:
    def answer(page: int, ids: Sequence[int], total: int) -> None:
        rows = [{"id": i, "details": "x"} for i in ids]
        query = {**WINDOW, "PageNumber": str(page)}
        bms.answer("GET", TICKETS, query=query, json=envelope(rows, totalRecords=total))

    answer(1, range(150, 50, -1), 150)
    # The newest stands first: 151 came just now, and pushed 51 to the second page.
    answer(2, range(51, 0, -1), 151)
    answer(3, [], 151)
    answer(1, range(151, 51, -1), 151)
    answer(2, range(51, 0, -1), 151)

    assert sorted(search(bms)) == list(range(1, 152))
    assert len(bms.requests(TICKETS)) == 5


@pytest.mark.parametrize(
    "second",
    [{"status": 500, "body": ""}, {"json": envelope(None)}, {"json": envelope([{"id": None}])}],
    ids=str,
)
def test_a_page_that_fails_fails_the_search(bms: Bms, second: dict[str, Any]) -> None:
    first = envelope([{"id": i} for i in range(1, 101)], totalRecords=150)
    bms.answer("GET", TICKETS, query={**WINDOW, "PageNumber": "1"}, json=first)
    bms.answer("GET", TICKETS, query={**WINDOW, "PageNumber": "2"}, **second)
    with pytest.raises(RetryLater):
        search(bms)


def test_a_list_whose_contract_has_no_total_may_be_null(bms: Bms) -> None:
    bms.answer("GET", CONTACTS, None)
    assert bms.client.contacts("nobody@client.example") == []
