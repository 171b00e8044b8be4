"""Orders of portal logins: recorded, read again, and triaged without reading words into them."""

import json
from datetime import UTC, datetime

import pytest
from support.access import ANA, LUIS
from support.directory import HARBOR, MARTA, FakeDirectory

from connector.accounts.model import Person, Role
from connector.accounts.order import (
    ORDER_FORM,
    ORDER_SOURCE,
    order_text,
    order_title,
    parse_order,
    write_order,
)
from connector.domain.access import AccessOrder
from connector.domain.mail import Mailbox
from connector.domain.request import RequestKind
from connector.errors import RequestRejected
from connector.intake.reading import identify_arrival, read_request
from connector.pipeline.deciding.clients import client_of_order
from connector.pipeline.deciding.fields import Resolver

RECEIVED = datetime(2026, 11, 16, 15, tzinfo=UTC)
EVA = Person("Eva", "Stone", "eva@x.example", "+1 305-555-0101", Role.EXTERNAL_MANAGER)
ORDER = AccessOrder(
    HARBOR.name, (ANA, EVA), Mailbox("Marta Ruiz", MARTA.address), recorded_by="paul on pc-7"
)


def test_an_order_is_read_as_it_was_written():
    assert parse_order(write_order(ORDER)) == ORDER
    alone = AccessOrder("Çelik Ltd", (LUIS,))
    assert parse_order(write_order(alone)) == alone


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"account": 7}',
        write_order(AccessOrder(HARBOR.name, ())),
        write_order(ORDER).replace(b"External Manager", b"Administrator"),
        write_order(ORDER).replace(b'"eva@x.example"', b"null"),
        json.dumps({**json.loads(write_order(ORDER)), "people": "Ana"}).encode(),
    ],
)
def test_what_is_no_order_is_refused(raw):
    with pytest.raises(RequestRejected) as caught:
        parse_order(raw)
    assert caught.value.remedy


def test_title_and_text_say_who_is_to_get_a_login_and_nothing_internal():
    assert order_title(AccessOrder(HARBOR.name, (ANA,))) == "BMS account for Ana Lopez"
    assert order_title(ORDER) == "BMS accounts for Harbor Dental Group: 2 people"
    assert order_text(ORDER) == (
        "Portal logins for Harbor Dental Group:\n\n"
        "- Ana Lopez, ana.lopez@harbordental.example, External User\n"
        "- Eva Stone, eva@x.example, +1 305-555-0101, External Manager\n\n"
        f"Requested by Marta Ruiz <{MARTA.address}>"
    )


def test_a_recorded_order_is_read_into_a_request():
    raw = write_order(ORDER)
    request = read_request(RequestKind.FORM, raw, ORDER_FORM, {}, ORDER_SOURCE, RECEIVED)
    assert (request.order, request.sender, request.form) == (ORDER, ORDER.requested_by, None)
    assert (request.subject, request.text) == (order_title(ORDER), order_text(ORDER))
    known = identify_arrival(RequestKind.FORM, raw, ORDER_FORM, {})
    assert (known.subject, known.sender) == (request.subject, MARTA.address)


def test_no_other_source_can_hand_in_an_order():
    with pytest.raises(RequestRejected) as caught:
        read_request(RequestKind.FORM, write_order(ORDER), ORDER_FORM, {}, "drop", RECEIVED)
    assert "no mapping" in caught.value.message


def test_the_client_of_an_order_is_the_account_it_names():
    client = client_of_order(ORDER, Resolver(FakeDirectory()))
    assert (client.account, client.contact, client.location_id) == (HARBOR, MARTA, 2101)


@pytest.mark.parametrize("requester", [None, Mailbox("", "pat@nowhere.example")])
def test_an_order_whose_requester_is_no_contact_of_the_account_has_none(requester):
    order = AccessOrder(HARBOR.name, (ANA,), requester)
    client = client_of_order(order, Resolver(FakeDirectory()))
    assert (client.account, client.contact, client.location_id) == (HARBOR, None, 20010)


def test_an_order_for_an_account_that_bms_does_not_have_is_refused():
    with pytest.raises(RequestRejected) as caught:
        client_of_order(AccessOrder("Sunk Ships Ltd", (ANA,)), Resolver(FakeDirectory()))
    assert "'Sunk Ships Ltd'" in caught.value.message
