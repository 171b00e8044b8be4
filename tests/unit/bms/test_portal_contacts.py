"""Who may approve, and who has a portal login: asked of BMS each time, and not taken on trust."""

from typing import Any

import pytest
from support.bms import MARTA, Bms, contact_row, envelope

from connector.domain.tenant import Contact, ContactEntry, Named

SEARCH = "/v2/crm/contacts/search"
PAGES = {"PageSize": "100", "PageNumber": "1"}


# --- points of contact ---------------------------------------------------------------------------


def test_points_of_contact_are_asked_for_by_account_and_flag(crm: Bms) -> None:
    query = {"Filter.AccountIds": "2001", "Filter.IsPoc": "true", "Filter.IsActive": "true"}
    crm.answer("GET", SEARCH, [contact_row(1)], query=query | PAGES)
    [poc] = crm.gateway.points_of_contact(2001)
    assert poc == Contact(
        id=1,
        name="Marta Ruiz",
        address=MARTA,
        account=Named(2001, "Harbor Dental Group"),
        location_id=2101,
        is_poc=True,
        has_portal_access=True,
    )


@pytest.mark.parametrize(
    "other",
    [
        contact_row(2, isPoc=False),
        contact_row(2, isPoc=None),
        contact_row(2, isActive=False),
        contact_row(2, accountId=2002),
        contact_row(2, accountId=None),
    ],
    ids=["no point of contact", "not said", "inactive", "another account", "no account"],
)
def test_whom_a_filter_should_have_left_out_is_left_out(crm: Bms, other: dict[str, Any]) -> None:
    crm.answer("GET", SEARCH, [other, contact_row(1)])
    assert [poc.id for poc in crm.gateway.points_of_contact(2001)] == [1]


def test_nobody_approves_for_an_inactive_account(crm: Bms) -> None:
    crm.answer("GET", SEARCH, [contact_row(1, accountId=2002, accountName="Gone Ltd")])
    assert crm.gateway.points_of_contact(2002) == ()


def test_who_lost_the_flag_a_moment_ago_is_none_any_more(crm: Bms) -> None:
    crm.answer("GET", SEARCH, [contact_row(1)])
    crm.answer("GET", SEARCH, [contact_row(1, isPoc=False)])
    assert crm.gateway.points_of_contact(2001)
    assert not crm.gateway.points_of_contact(2001)


def test_points_of_contact_on_the_second_page_are_found(crm: Bms) -> None:
    rows = [contact_row(number) for number in range(1, 102)]
    crm.answer("GET", SEARCH, json=envelope(rows[:100], totalRecords=101))
    crm.answer("GET", SEARCH, json=envelope(rows[100:], totalRecords=101))
    assert len(crm.gateway.points_of_contact(2001)) == 101


# --- contacts by their ids -----------------------------------------------------------------------


def test_contacts_are_read_afresh_by_their_ids(crm: Bms) -> None:
    crm.answer("GET", SEARCH, [contact_row(1, hasClientPortalAccess=False)])
    crm.answer("GET", SEARCH, [contact_row(1), contact_row(7)])  # BMS passed over the filter
    [before] = crm.gateway.contacts_with_ids([1])
    [after] = crm.gateway.contacts_with_ids([1])
    assert (before.has_portal_access, after.has_portal_access) == (False, True)
    assert after == ContactEntry(
        id=1,
        account_id=2001,
        account_name="Harbor Dental Group",
        is_active=True,
        name="Marta Ruiz",
        address=MARTA,
        is_poc=True,
        has_portal_access=True,
        location_id=2101,
    )
    assert "Filter.Ids=1&" in crm.requests(SEARCH)[0].url


def test_ids_go_in_batches_each_once_and_none_cost_no_call(crm: Bms) -> None:
    for first in (1, 101, 201):
        crm.answer("GET", SEARCH, [contact_row(first)])
    found = crm.gateway.contacts_with_ids([*range(1, 251), 1])
    assert [entry.id for entry in found] == [1, 101, 201]
    urls = [request.url for request in crm.requests(SEARCH)]
    assert [url.count("Filter.Ids=") for url in urls] == [100, 100, 50]
    assert crm.gateway.contacts_with_ids([]) == []
    assert len(crm.requests(SEARCH)) == 3


# --- portal access -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account_id", "query", "found"),
    [
        (None, {}, [1, 3, 4]),
        (2001, {"Filter.AccountIds": "2001"}, [1, 4]),
    ],
)
def test_everybody_with_portal_access_is_found_active_or_not(
    crm: Bms, account_id: int | None, query: dict[str, str], found: list[int]
) -> None:
    rows = [
        contact_row(1),
        contact_row(2, hasClientPortalAccess=False),
        contact_row(3, accountId=2002),
        contact_row(4, isActive=False),
        contact_row(5, hasClientPortalAccess=None),
    ]
    crm.answer("GET", SEARCH, rows, query=query | {"Filter.HasClientPortalAccess": "true"} | PAGES)
    assert [entry.id for entry in crm.gateway.portal_contacts(account_id)] == found
