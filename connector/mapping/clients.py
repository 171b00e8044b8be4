"""Which client a request belongs to (DESIGN section 6, "Client")."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.domain.mail import Mailbox, OwnAddresses
from connector.domain.plan import Decision
from connector.domain.tenant import Contact, Named, NameOrId
from connector.mapping.domains import longest_parent, normal_address, normal_domain
from connector.mapping.models import ClientsFile


class ClientKind(StrEnum):
    """By what the client was found."""

    CONTACT = "contact"
    DOMAIN = "domain"
    CATCH_ALL = "catch_all"


@dataclass(frozen=True, slots=True)
class ClientMatch:
    """The client of a request.

    `contact` is set for a contact only, `account` for a contact (its id) and for a domain (as
    `clients.yaml` names it); the catch-all has neither. `candidates` are the contacts and
    accounts among which nobody but a person may choose; `remark` says so to a technician.
    """

    kind: ClientKind
    decision: Decision
    contact: Contact | None = None
    account: NameOrId | None = None
    candidates: tuple[str, ...] = ()
    remark: str | None = None


def resolve_client(
    sender: Mailbox | None, contacts: Sequence[Contact], clients: ClientsFile
) -> ClientMatch:
    """Return the client of a request from `sender`.

    `contacts` are active contacts of active accounts; only those whose address is exactly the
    sender's count.
    """
    if sender is None or not sender.address:
        return _catch_all("no sender", "the request names no sender's address")
    address = normal_address(sender.address)
    exact = [contact for contact in contacts if normal_address(contact.address) == address]
    if exact:
        return _by_contact(address, exact, clients)
    account = account_of_domain(sender.domain, clients)
    if account is None:
        reason = f"{address} is no contact, and its domain belongs to no client"
        return _catch_all("catch-all", reason)
    text = f"client {account}: {address} is no contact, its domain is the client's"
    return ClientMatch(ClientKind.DOMAIN, Decision("client", "domain", text), account=account)


def account_of_domain(domain: str, clients: ClientsFile) -> NameOrId | None:
    """Return the account to which `clients.yaml` gives `domain`; the longest suffix decides.

    A public mail domain, or one below it, belongs to nobody, whatever the file says.
    """
    wanted = normal_domain(domain)
    if longest_parent(wanted, map(normal_domain, clients.public_domains)):
        return None
    accounts = {
        normal_domain(of_client): client.account
        for client in clients.clients
        for of_client in client.domains
    }
    parent = longest_parent(wanted, accounts)
    return None if parent is None else accounts[parent]


def is_staff(sender: Mailbox | None, clients: ClientsFile) -> bool:
    """Whether an address is in one of `staff_domains`; only a verified sender proves more."""
    if sender is None or "@" not in sender.address:
        return False
    parents = map(normal_domain, clients.staff_domains)
    return longest_parent(normal_domain(sender.domain), parents) is not None


def own_addresses(clients: ClientsFile) -> OwnAddresses:
    """Return the help desk's own addresses and lists, for reading mail."""
    return OwnAddresses(frozenset(clients.own_addresses), frozenset(clients.own_lists))


def is_account(account: Named, name: NameOrId) -> bool:
    """Whether configuration means `account` by `name`: its name without case, or its id."""
    if isinstance(name, int):
        return account.id == name
    return name.strip().casefold() == account.name.casefold() or name.strip() == str(account.id)


def _by_contact(address: str, contacts: Sequence[Contact], clients: ClientsFile) -> ClientMatch:
    by_account = {contact.account.id: contact for contact in contacts}
    if len(by_account) > 1:
        return _ambiguous(f"{address} is a contact of several accounts", contacts)
    owner = account_of_domain(address.rpartition("@")[2], clients)
    contact = min(contacts, key=lambda one: one.id)
    if owner is not None and not is_account(contact.account, owner):
        reason = f"{address} is a contact, but its domain belongs to {owner}"
        return _ambiguous(reason, contacts, str(owner))
    text = f"client {contact.account.name}: {address} is its contact {contact.name}"
    if len(contacts) == 1:
        decision = Decision("client", "contact", text)
        return ClientMatch(ClientKind.CONTACT, decision, contact, contact.account.id)
    remark = (
        f"{len(contacts)} contacts of {contact.account.name} share the address {address}; "
        f"the ticket is with the oldest, {contact.name} (id {contact.id})"
    )
    return ClientMatch(
        ClientKind.CONTACT,
        Decision("client", "contact", f"{text}, the oldest of {len(contacts)}"),
        contact,
        contact.account.id,
        _named(contacts),
        remark,
    )


def _ambiguous(reason: str, contacts: Sequence[Contact], *accounts: str) -> ClientMatch:
    candidates = (*_named(contacts), *accounts)
    return _catch_all("ambiguous", reason, candidates)


def _named(contacts: Sequence[Contact]) -> tuple[str, ...]:
    ordered = sorted(contacts, key=lambda one: (one.account.name, one.id))
    return tuple(f"{one.name} at {one.account.name} (contact {one.id})" for one in ordered)


def _catch_all(rule: str, reason: str, candidates: tuple[str, ...] = ()) -> ClientMatch:
    listed = f". Candidates: {'; '.join(candidates)}" if candidates else ""
    remark = f"Client unclear: {reason}{listed}. Please set account and contact."
    decision = Decision("client", rule, f"catch-all account: {reason}")
    return ClientMatch(ClientKind.CATCH_ALL, decision, candidates=candidates, remark=remark)
