from typing import Any

import pytest
from support.bms import MARTA, Bms, contact_row

from connector.domain.tenant import Contact, Named

SEARCH = "/v2/crm/contacts/search"
ACCOUNTS = "/v2/crm/accounts/lookup"


def contact(contact_id: int, account_id: int, address: str | None, **more: Any) -> dict[str, Any]:
    return contact_row(contact_id, accountId=account_id, emailAddress=address, **more)


def test_a_contact_is_looked_up_by_address_and_page(crm: Bms) -> None:
    query = {"Filter.EmailAddress": MARTA, "PageSize": "100", "PageNumber": "1"}
    crm.answer(
        "GET", SEARCH, [contact(30001, 2001, "Marta.Ruiz@HarborDental.example")], query=query
    )
    assert crm.gateway.contacts(f" {MARTA}") == (
        Contact(
            id=30001,
            name="Marta Ruiz",
            address="Marta.Ruiz@HarborDental.example",
            account=Named(2001, "Harbor Dental Group"),
            location_id=2101,
            is_poc=True,
            has_portal_access=True,
        ),
    )


@pytest.mark.parametrize(
    "row",
    [
        contact(1, 2001, f"not-{MARTA}"),
        contact(1, 2001, f"{MARTA}.au"),
        contact(1, 2001, None),
        contact(1, 2001, MARTA, isActive=False),
        contact(1, 2002, MARTA),
        contact(1, 0, MARTA),
    ],
    ids=["prefix", "suffix", "no address", "inactive", "inactive account", "no account"],
)
def test_rows_that_are_not_this_active_person_are_left_out(crm: Bms, row: dict[str, Any]) -> None:
    crm.answer("GET", SEARCH, [row, contact(2, 2001, MARTA)])
    assert [found.id for found in crm.gateway.contacts(MARTA)] == [2]


def test_one_address_in_two_accounts_is_two_contacts(crm: Bms) -> None:
    crm.answer(
        "GET",
        "/v2/crm/accounts/summary/2003",
        json={"Id": 2003, "AccountName": "B", "IsActive": True},
    )
    crm.answer("GET", SEARCH, [contact(1, 2001, MARTA), contact(2, 2003, MARTA)])
    assert [found.account.id for found in crm.gateway.contacts(MARTA)] == [2001, 2003]


@pytest.mark.parametrize(("rows", "minutes"), [([contact(1, 2001, MARTA)], 60), ([], 10)])
def test_found_contacts_are_kept_for_an_hour_and_missing_ones_for_ten_minutes(
    crm: Bms, rows: list[Any], minutes: int
) -> None:
    crm.answer("GET", SEARCH, rows)
    first = crm.gateway.contacts(MARTA)
    crm.clock.pass_by(minutes=minutes, seconds=-1)
    crm.new_run()
    assert crm.gateway.contacts(MARTA.upper()) == first
    assert len(crm.requests(SEARCH)) == 1
    crm.clock.pass_by(seconds=1)
    crm.gateway.contacts(MARTA)
    assert len(crm.requests(SEARCH)) == 2


def test_no_address_is_nobody_and_costs_nothing(crm: Bms) -> None:
    assert crm.gateway.contacts(" ") == ()
    assert not crm.http.calls


def test_a_contact_without_a_location_has_none(crm: Bms) -> None:
    crm.answer("GET", SEARCH, [contact(1, 2001, MARTA, locationId=0)])
    assert crm.gateway.contacts(MARTA)[0].location_id is None
