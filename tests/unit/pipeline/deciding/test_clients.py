"""Where a ticket goes, and what becomes of it when BMS lacks an account or a contact."""

import pytest
from support.directory import (
    CATCH_ALL_CONTACT,
    HARBOR,
    MARTA,
    PALMETTO,
    UNMATCHED,
    FakeDirectory,
)
from support.sla_policies import NEW_YORK, shipped_policy

from connector.domain.mail import Mailbox
from connector.domain.tenant import Contact, Named
from connector.errors import NameUnresolved
from connector.mapping.models import (
    ClientRule,
    ClientsFile,
    Defaults,
    EmergencyWords,
    PrioritiesFile,
    TemplatesFile,
)
from connector.pipeline.deciding.clients import Client, find_client
from connector.pipeline.deciding.fields import Resolver
from connector.pipeline.rulebook import Rulebook

RULEBOOK = Rulebook(
    priorities=PrioritiesFile(priorities={}, emergency=EmergencyWords(words=("urgent",))),
    templates=TemplatesFile(defaults=Defaults(template="General request")),
    clients=ClientsFile(
        clients=(
            ClientRule(account="Harbor Dental Group", domains=("harbordental.example",)),
            ClientRule(account="Sunk Ships Ltd", domains=("sunk.example",)),
        )
    ),
    policy=shipped_policy(),
    zone=NEW_YORK,
    catch_all_account="Unmatched Requests",
    catch_all_contact="unmatched@securenetmsp.com",
)


def found(sender: str | None, directory: FakeDirectory) -> tuple[Client, list[str]]:
    resolver = Resolver(directory)
    mailbox = Mailbox("", sender) if sender else None
    return find_client(mailbox, RULEBOOK, resolver), resolver.faults


@pytest.mark.parametrize(
    ("sender", "account", "contact", "location", "is_requester"),
    [
        ("marta.ruiz@harbordental.example", HARBOR, MARTA.id, 2101, True),
        ("new@harbordental.example", HARBOR, None, 20010, False),
        ("pat@nowhere.example", UNMATCHED, CATCH_ALL_CONTACT.id, 2901, False),
        (None, UNMATCHED, CATCH_ALL_CONTACT.id, 2901, False),
    ],
)
def test_the_client_of_a_sender(
    sender: str | None, account: Named, contact: int | None, location: int, is_requester: bool
) -> None:
    client, faults = found(sender, FakeDirectory())

    assert client.account == account
    assert (client.contact.id if client.contact else None) == contact
    assert client.location_id == location
    assert client.is_requester is is_requester
    assert faults == []


def test_a_contact_without_a_location_gets_the_main_one_of_its_account() -> None:
    dana = Contact(30003, "Dana", "dana@palmettolegal.example", PALMETTO, None)

    client, _ = found(dana.address, FakeDirectory(contacts=[dana]))

    assert client.location_id == 20020


def test_a_domain_whose_account_bms_does_not_have_goes_to_the_catch_all_and_says_so() -> None:
    client, faults = found("eve@sunk.example", FakeDirectory())

    assert client.account == UNMATCHED
    assert not client.is_requester
    assert "Sunk Ships Ltd" in " ".join(faults)
    assert client.match.decision.rule == "catch-all"


def test_a_client_line_whose_account_bms_does_not_have_leaves_a_known_contact_where_it_is() -> None:
    marta = Contact(30001, "Marta", "marta@sunk.example", HARBOR, 2101)

    client, faults = found(marta.address, FakeDirectory(contacts=[marta]))

    assert (client.account, client.contact) == (HARBOR, marta)
    assert "Sunk Ships Ltd" in " ".join(faults)


@pytest.mark.parametrize(
    "contacts",
    [
        [],
        [Contact(30010, "Elsewhere", "unmatched@securenetmsp.com", PALMETTO, 2201)],
    ],
    ids=["no contact", "at another account"],
)
def test_without_its_contact_the_catch_all_takes_the_ticket_and_says_so(
    contacts: list[Contact],
) -> None:
    client, faults = found("pat@nowhere.example", FakeDirectory(contacts=contacts))

    assert (client.account, client.contact) == (UNMATCHED, None)
    assert client.location_id == 20090
    assert "catch_all.contact" in " ".join(faults)


def test_spaces_around_the_accounts_name_do_not_hide_the_catch_all_contact() -> None:
    account = Named(UNMATCHED.id, "Unmatched Requests ")
    contact = Contact(30009, "Unmatched", "unmatched@securenetmsp.com", account, 2901)

    client, faults = found("pat@nowhere.example", FakeDirectory(contacts=[contact]))

    assert client.contact == contact
    assert faults == []


def test_without_the_catch_all_account_there_is_an_error_with_a_remedy() -> None:
    with pytest.raises(NameUnresolved) as raised:
        found("pat@nowhere.example", FakeDirectory(without=[UNMATCHED]))

    assert "catch-all account" in raised.value.message
    assert "catch_all.account" in raised.value.remedy
