import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.mail import Mailbox
from connector.domain.tenant import Contact, Named
from connector.mapping.clients import (
    ClientKind,
    account_of_domain,
    is_staff,
    own_addresses,
    resolve_client,
)
from connector.mapping.domains import longest_parent, normal_address, normal_domain
from connector.mapping.models import ClientRule, ClientsFile

HARBOR = Named(2001, "Harbor Dental Group")
PALMETTO = Named(2002, "Palmetto Legal LLP")
CLIENTS = ClientsFile(
    clients=(
        ClientRule(account="harbor dental GROUP", domains=("harbordental.example",)),
        ClientRule(account=2002, domains=("palmettolegal.example", "law.harbordental.example")),
        ClientRule(account="Bücher", domains=("bücher.example",)),
        ClientRule(account="Careless", domains=("gmail.com", "corp.gmail.com")),
    ),
    public_domains=("gmail.com",),
)


def contact(account, address, number=1):
    return Contact(number, f"Person {number}", address, account, location_id=None)


def resolve(address, *contacts):
    return resolve_client(Mailbox("Jane", address), contacts, CLIENTS)


def test_a_contact_of_one_account_is_found_by_the_exact_address():
    jane = contact(HARBOR, "jane@harbordental.example")
    match = resolve("jane@harbordental.example", jane)
    assert (match.kind, match.contact, match.account) == (ClientKind.CONTACT, jane, 2001)
    assert match.remark is None


@pytest.mark.parametrize(
    ("on_record", "sender"),
    [
        ("Jane@HarborDental.example", "jane@harbordental.example"),
        ("jane@harbordental.example", "JANE@harbordental.example."),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
    ],
)
def test_addresses_are_compared_without_case_and_in_one_form(on_record, sender):
    account = Named(7, "Bücher") if "cher" in on_record else HARBOR
    assert resolve(sender, contact(account, on_record)).kind is ClientKind.CONTACT


def test_a_contact_with_another_address_does_not_count():
    other = contact(HARBOR, "janet@harbordental.example")
    assert resolve("jane@elsewhere.example", other).kind is ClientKind.CATCH_ALL


def test_a_contact_may_have_a_public_or_an_unknown_address():
    for address in ("jane@gmail.com", "jane@elsewhere.example"):
        assert resolve(address, contact(HARBOR, address)).account == 2001


def test_contacts_in_two_accounts_are_ambiguous_and_listed():
    address = "jane@harbordental.example"
    match = resolve(address, contact(PALMETTO, address, 2), contact(HARBOR, address, 1))
    assert (match.kind, match.contact, match.account) == (ClientKind.CATCH_ALL, None, None)
    assert match.candidates == (
        "Person 1 at Harbor Dental Group (contact 1)",
        "Person 2 at Palmetto Legal LLP (contact 2)",
    )
    assert all(candidate in match.remark for candidate in match.candidates)


def test_a_contact_whose_domain_is_another_accounts_is_ambiguous():
    address = "jane@harbordental.example"
    match = resolve(address, contact(PALMETTO, address))
    assert match.kind is ClientKind.CATCH_ALL
    assert "harbor dental GROUP" in match.candidates


def test_two_contacts_of_one_account_give_its_oldest_and_a_remark():
    address = "desk@harbordental.example"
    match = resolve(address, contact(HARBOR, address, 9), contact(HARBOR, address, 3))
    assert (match.kind, match.contact.id) == (ClientKind.CONTACT, 3)
    assert "Person 9" in match.candidates[1]
    assert "share the address" in match.remark


ONE = contact(HARBOR, "ann@elsewhere.example", 1)
TWO = contact(HARBOR, "ann@elsewhere.example", 2)
OTHER = contact(PALMETTO, "ann@elsewhere.example", 3)
STRAY = contact(PALMETTO, "ann@harbordental.example", 4)


@pytest.mark.parametrize(
    ("address", "contacts", "rule", "text"),
    [
        (
            "ann@elsewhere.example",
            [ONE],
            "contact",
            "client Harbor Dental Group: ann@elsewhere.example is its contact Person 1",
        ),
        (
            "ann@elsewhere.example",
            [TWO, ONE],
            "contact",
            "client Harbor Dental Group: ann@elsewhere.example is its contact Person 1,"
            " the oldest of 2",
        ),
        (
            "ann@elsewhere.example",
            [ONE, OTHER],
            "ambiguous",
            "catch-all account: ann@elsewhere.example is a contact of several accounts",
        ),
        (
            "ann@harbordental.example",
            [STRAY],
            "ambiguous",
            "catch-all account: ann@harbordental.example is a contact,"
            " but its domain belongs to harbor dental GROUP",
        ),
        (
            "ann@harbordental.example",
            [],
            "domain",
            "client harbor dental GROUP: ann@harbordental.example is no contact,"
            " its domain is the client's",
        ),
        (
            "ann@elsewhere.example",
            [],
            "catch-all",
            "catch-all account: ann@elsewhere.example is no contact,"
            " and its domain belongs to no client",
        ),
        ("", [], "no sender", "catch-all account: the request names no sender's address"),
    ],
    ids=["contact", "oldest", "several", "stray", "domain", "nobody", "no sender"],
)
def test_the_decision_says_which_rule_found_the_client_and_why(address, contacts, rule, text):
    decision = resolve(address, *contacts).decision
    assert (decision.step, decision.rule, decision.text) == ("client", rule, text)


def test_the_remark_asks_a_technician_to_choose_among_the_candidates_if_there_are_any():
    assert resolve("ann@elsewhere.example", ONE, OTHER).remark == (
        "Client unclear: ann@elsewhere.example is a contact of several accounts. Candidates:"
        " Person 1 at Harbor Dental Group (contact 1); Person 3 at Palmetto Legal LLP (contact 3)."
        " Please set account and contact."
    )
    assert resolve("").remark == (
        "Client unclear: the request names no sender's address. Please set account and contact."
    )


def test_contacts_that_share_an_address_are_at_their_account():
    assert resolve("ann@elsewhere.example", TWO, ONE).account == 2001


def test_an_account_may_be_given_by_its_id():
    address = "pat@palmettolegal.example"
    assert resolve(address, contact(PALMETTO, address)).kind is ClientKind.CONTACT
    assert resolve(address, contact(HARBOR, address)).kind is ClientKind.CATCH_ALL


def test_the_domain_of_an_address_stands_after_its_last_at():
    address = '"ann@home"@harbordental.example'
    assert normal_address('"Ann@Home"@HarborDental.example.') == address
    assert resolve(address, contact(HARBOR, address)).kind is ClientKind.CONTACT
    assert resolve(address, contact(PALMETTO, address)).kind is ClientKind.CATCH_ALL


@pytest.mark.parametrize("parents", [["b.example", "a.b.example"], ["a.b.example", "b.example"]])
def test_the_longest_parent_is_the_most_labels_not_the_last_by_letter(parents):
    assert longest_parent("x.a.b.example", parents) == "a.b.example"


def test_a_domain_may_end_with_an_x():
    assert normal_domain("HOST.XXX.") == "host.xxx"


@pytest.mark.parametrize(
    ("address", "account"),
    [
        ("new@harbordental.example", "harbor dental GROUP"),
        ("new@doral.harbordental.example", "harbor dental GROUP"),
        ("new@HARBORDENTAL.example.", "harbor dental GROUP"),
        ("new@law.harbordental.example", 2002),
        ("new@x.law.harbordental.example", 2002),
        ("new@palmettolegal.example", 2002),
        ("new@xn--bcher-kva.example", "Bücher"),
    ],
)
def test_a_stranger_is_placed_by_the_longest_domain(address, account):
    match = resolve(address)
    assert (match.kind, match.account, match.contact) == (ClientKind.DOMAIN, account, None)


@pytest.mark.parametrize(
    "address",
    [
        "new@notharbordental.example",
        "new@harbordental.example.attacker.example",
        "new@example",
        "new@gmail.com",
        "new@corp.gmail.com",
        "new@x.gmail.com",
        "nobody",
        "new@",
        "",
    ],
)
def test_anybody_else_goes_to_the_catch_all_account(address):
    match = resolve(address)
    assert (match.kind, match.account) == (ClientKind.CATCH_ALL, None)


def test_no_sender_goes_to_the_catch_all_account():
    match = resolve_client(None, (), CLIENTS)
    assert match.kind is ClientKind.CATCH_ALL
    assert "no sender" in match.decision.rule


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_domain_can_be_asked_for(domain):
    account = account_of_domain(domain, CLIENTS)
    assert account == account_of_domain(f"{domain}.", CLIENTS)


@pytest.mark.parametrize(
    ("address", "staff"),
    [
        ("ana@desk.example", True),
        ("ana@miami.DESK.example", True),
        ("ana@notdesk.example", False),
        ("ana@desk.example.attacker.example", False),
        ("desk.example", False),
    ],
)
def test_staff_is_who_has_an_address_in_a_staff_domain(address, staff):
    clients = ClientsFile(staff_domains=("desk.example",))
    assert is_staff(Mailbox("", address), clients) is staff


def test_without_staff_domains_nobody_is_staff():
    assert not is_staff(Mailbox("", "ana@desk.example"), ClientsFile())
    assert not is_staff(None, ClientsFile(staff_domains=("desk.example",)))


def test_own_addresses_and_lists_are_compared_in_lower_case():
    clients = ClientsFile(own_addresses=("Help@Desk.example",), own_lists=("<Help.Desk.example>",))
    own = own_addresses(clients)
    assert (own.addresses, own.lists) == ({"help@desk.example"}, {"help.desk.example"})
