"""A contact is found or created, once, whatever becomes of the answer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.access_samples import opened
from support.bms import Budget, MemoryCache
from support.desk import Desk
from support.endpoints import CONTACTS
from support.ledger_samples import leased

from connector.bms.access import BmsAccess
from connector.bms.gateway import BmsGateway
from connector.domain.tenant import ContactDraft, Named
from connector.errors import OutcomeUnknown, RequestRejected, RetryLater, Settling
from connector.ledger.store import open_ledger
from connector.pipeline.delivering.contacts import find_or_create_contact
from connector.pipeline.delivering.once import Once
from connector.pipeline.services import Services
from connector.sandbox import Sandbox

CREATE = "POST /v2/crm/contacts/summary"
SETTLE = 120
HARBOR = Named(2001, "Harbor Dental Group")
ROSA = ContactDraft("Rosa", "Lind", "rosa.lind@harbordental.example", HARBOR, 2101, "305-555-0199")


@pytest.fixture
def once(desk: Desk, sandbox: Sandbox) -> Iterator[Once]:
    """The creating calls of one request, over a real ledger and the sandbox."""
    access = BmsAccess(
        sandbox.base_url, sandbox.tenant_name, sandbox.username, sandbox.password, timeout=5.0
    )
    gateway = BmsGateway(access, cache=MemoryCache(), budget=Budget(), clock=desk.clock)
    with open_ledger("sqlite:///:memory:", create=False) as ledger:
        leased(ledger, "k1", holder="r")
        used = {"ledger": ledger, "gateway": gateway, "clock": desk.clock}
        used |= {"run": "r", "search_settle": timedelta(seconds=SETTLE)}
        unused = dict.fromkeys(Services.__dataclass_fields__)
        yield Once(Services(**{**unused, **used}), "k1")  # type: ignore[arg-type]


def contacts(sandbox: Sandbox) -> list[tuple[int, str | None]]:
    """Return id and account of everybody who bears Rosa's address."""
    return [
        (contact.id, account.name)
        for contact in sandbox.tenant.contacts
        for account in sandbox.tenant.accounts
        if ROSA.address in contact.addresses and account.id == contact.account_id
    ]


def test_a_contact_that_does_not_exist_is_created_whole(sandbox: Sandbox, once: Once) -> None:
    made = find_or_create_contact(once, ROSA)
    contact = sandbox.tenant.contacts[-1]
    assert (contact.id, contact.name, contact.addresses) == (made, "Rosa Lind", [ROSA.address])
    assert (contact.account_id, contact.location_id) == (2001, 2101)
    assert contact.phones == ["305-555-0199"]
    assert find_or_create_contact(once, ROSA) == made
    assert sandbox.calls[CREATE] == 1


@pytest.mark.parametrize("tables", [True, False], ids=["look-up tables", "seen on contacts"])
def test_e_mail_and_phone_get_the_types_of_this_tenant(
    sandbox: Sandbox, once: Once, tables: bool
) -> None:
    for kind in (*sandbox.tenant.email_types, *sandbox.tenant.phone_types):
        kind.id += 500
    if not tables:
        sandbox.behaviour.change({"lookup_tables": [], "tenant_lookup_tables": []})
    find_or_create_contact(once, ROSA)
    assert len(contacts(sandbox)) == 1


@pytest.mark.parametrize(
    "address", ["marta.ruiz@harbordental.example", "  MARTA.Ruiz@HarborDental.example"]
)
def test_a_contact_that_exists_is_found_by_its_exact_address(
    sandbox: Sandbox, once: Once, address: str
) -> None:
    draft = ContactDraft("Marta", "Ruiz", address, HARBOR, 2101)
    assert find_or_create_contact(once, draft) == 30001
    assert sandbox.calls[CREATE] == 0


def test_an_address_that_only_contains_it_is_another(sandbox: Sandbox, once: Once) -> None:
    draft = ContactDraft("Ruiz", "", "ruiz@harbordental.example", HARBOR, 2101)
    assert find_or_create_contact(once, draft) != 30001
    assert sandbox.calls["GET /v2/crm/contacts/summary/{id}"] == 0


def test_a_second_address_of_a_contact_is_the_contacts_too(sandbox: Sandbox, once: Once) -> None:
    next(c for c in sandbox.tenant.contacts if c.id == 30002).addresses.append(ROSA.address)
    assert find_or_create_contact(once, ROSA) == 30002


def test_what_is_kept_of_contacts_does_not_count(sandbox: Sandbox, once: Once) -> None:
    gateway = once.services.gateway
    assert gateway.contacts(ROSA.address) == ()
    made = find_or_create_contact(once, ROSA)
    assert [contact.id for contact in gateway.contacts(ROSA.address)] == [made]


@pytest.mark.parametrize(
    ("address", "account", "words"),
    [
        ("marta.ruiz@harbordental.example", Named(2002, "Palmetto Legal LLP"), "Harbor Dental"),
        ("shared@twoclients.example", Named(2002, "Palmetto Legal LLP"), "Biscayne Freight"),
        ("owen.price@harbordental.example", HARBOR, "inactive"),
    ],
)
def test_an_address_of_another_account_or_of_nobody_active_is_for_a_person(
    sandbox: Sandbox, once: Once, address: str, account: Named, words: str
) -> None:
    next(c for c in sandbox.tenant.contacts if c.id == 30002).is_active = False
    with pytest.raises(RequestRejected, match=words):
        find_or_create_contact(once, ContactDraft("A", "B", address, account, 2201))
    assert sandbox.calls[CREATE] == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop", "after_commit": True},
        {"kind": "truncate"},
        {"kind": "no_id"},
        {"kind": "status", "status": 500, "after_commit": True},
    ],
    ids=str,
)
def test_a_contact_whose_answer_was_lost_is_found(
    desk: Desk, sandbox: Sandbox, once: Once, fault: dict[str, object]
) -> None:
    sandbox.faults.add(endpoint=CREATE, **fault)  # type: ignore[arg-type]
    with pytest.raises(OutcomeUnknown):
        find_or_create_contact(once, ROSA)
    with pytest.raises(Settling):
        find_or_create_contact(once, ROSA)
    desk.pass_by(seconds=SETTLE)
    made = find_or_create_contact(once, ROSA)
    assert contacts(sandbox) == [(made, "Harbor Dental Group")]
    assert sandbox.calls[CREATE] == 1


def test_a_contact_that_was_not_made_is_made_after_the_search(
    desk: Desk, sandbox: Sandbox, once: Once
) -> None:
    sandbox.faults.add("drop", CREATE)
    with pytest.raises(OutcomeUnknown):
        find_or_create_contact(once, ROSA)
    desk.pass_by(seconds=SETTLE)
    find_or_create_contact(once, ROSA)
    assert len(contacts(sandbox)) == 1


def test_as_long_as_the_search_fails_no_contact_is_created(
    desk: Desk, sandbox: Sandbox, once: Once
) -> None:
    sandbox.faults.add("drop", CREATE, after_commit=True)
    with pytest.raises(OutcomeUnknown):
        find_or_create_contact(once, ROSA)
    desk.pass_by(seconds=SETTLE)
    sandbox.faults.add("status", CONTACTS, status=502, body="html")
    with pytest.raises(RetryLater):
        find_or_create_contact(once, ROSA)
    find_or_create_contact(once, ROSA)
    assert len(contacts(sandbox)) == 1


def test_a_lost_contact_that_a_person_moved_meanwhile_is_not_created_again(
    desk: Desk, sandbox: Sandbox, once: Once
) -> None:
    sandbox.faults.add("drop", CREATE, after_commit=True)
    with pytest.raises(OutcomeUnknown):
        find_or_create_contact(once, ROSA)
    sandbox.tenant.contacts[-1].account_id = 2003
    desk.pass_by(seconds=SETTLE)
    with pytest.raises(RequestRejected, match="Biscayne Freight"):
        find_or_create_contact(once, ROSA)
    assert len(contacts(sandbox)) == 1


@pytest.mark.parametrize(("lag", "made"), [(SETTLE - 1, 1), (SETTLE + 60, 2)])
def test_only_a_search_that_lags_longer_than_it_is_given_leads_to_a_second_contact(
    desk: Desk, sandbox: Sandbox, once: Once, lag: float, made: int
) -> None:
    """Documented in docs/running.md: `bms.search_settle` must be longer than the lag."""
    sandbox.behaviour.search_lag_seconds = lag
    sandbox.faults.add("drop", CREATE, after_commit=True)
    with pytest.raises(OutcomeUnknown):
        find_or_create_contact(once, ROSA)
    desk.pass_by(seconds=SETTLE)
    find_or_create_contact(once, ROSA)
    assert len(contacts(sandbox)) == made


# --- of an access request --------------------------------------------------------------------


@pytest.fixture
def of_access(once: Once) -> Once:
    """The creating calls of an access request: no run has leased its request."""
    ledger = once.services.ledger
    request = opened(ledger, "k2")
    return Once(once.services, f"access {request.id}", ledger.access_intents)


def test_a_contact_for_an_access_request_is_created_once_whatever_becomes_of_the_answer(
    desk: Desk, sandbox: Sandbox, of_access: Once
) -> None:
    sandbox.faults.add("drop", CREATE, after_commit=True)
    with pytest.raises(OutcomeUnknown):
        find_or_create_contact(of_access, ROSA)
    with pytest.raises(Settling):
        find_or_create_contact(of_access, ROSA)
    desk.pass_by(seconds=SETTLE)
    made = find_or_create_contact(of_access, ROSA)
    assert find_or_create_contact(of_access, ROSA) == made
    assert [contact_id for contact_id, _ in contacts(sandbox)] == [made]
    assert sandbox.calls[CREATE] == 1
    trail = of_access.services.ledger.access_trail(1)
    assert [entry.step for entry in trail[-2:]] == ["intend", "confirm"]
    assert of_access.services.ledger.intents("k2") == {}
