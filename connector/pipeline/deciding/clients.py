"""Where a ticket goes: account, location and contact in BMS, or the catch-all."""

from dataclasses import dataclass

from connector.domain.access import AccessOrder
from connector.domain.mail import Mailbox
from connector.domain.plan import Decision
from connector.domain.tenant import Contact, Lookup, Named
from connector.errors import NameUnresolved, RequestRejected
from connector.mapping.clients import (
    ClientKind,
    ClientMatch,
    account_of_domain,
    resolve_client,
)
from connector.mapping.models import ClientsFile
from connector.pipeline.deciding.fields import Resolver
from connector.pipeline.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Client:
    """The client side of a ticket."""

    match: ClientMatch
    account: Named
    location_id: int
    contact: Contact | None

    @property
    def is_requester(self) -> bool:
        """Whether the contact of the ticket is the requester, and nobody else."""
        return self.match.kind is ClientKind.CONTACT


def find_client(sender: Mailbox | None, rulebook: Rulebook, resolver: Resolver) -> Client:
    """Return the client of whoever sent a request (DESIGN section 6, "Client").

    Raises `NameUnresolved` when only the catch-all is left and cannot be used.
    """
    directory = resolver.directory
    contacts = directory.contacts(sender.address) if sender else []
    clients = _clients_in_bms(sender, rulebook.clients, resolver)
    match = resolve_client(sender, contacts, clients)
    if match.contact is not None:
        return _at(match.contact.account, match.contact, match, resolver)
    account = resolver.first(Lookup.ACCOUNT, [match.account])
    if account is not None:
        return _at(account, None, match, resolver)
    return _catch_all(match, rulebook, resolver)


def client_of_order(order: AccessOrder, resolver: Resolver) -> Client:
    """Return the client for whom staff ordered portal logins: the account they named.

    The contact is the requester, when he is an active one of that account. Raises
    `RequestRejected` when BMS has no such account.
    """
    try:
        account = resolver.directory.resolve(Lookup.ACCOUNT, order.account_name)
    except NameUnresolved as error:
        raise RequestRejected(
            f"Portal logins were ordered for '{order.account_name}', which is no account that "
            f"can be used: {error.message}",
            "Create or activate the account in BMS and release the request; or ignore it and "
            "order anew with the right name",
        ) from error
    requester = order.requested_by
    contacts = resolver.directory.contacts(requester.address) if requester else []
    contact = next((each for each in contacts if each.account.id == account.id), None)
    decision = Decision("client", "order", f"client {account.name}: named in the order")
    kind = ClientKind.CONTACT if contact else ClientKind.DOMAIN
    match = ClientMatch(kind, decision, contact, account.id)
    return _at(account, contact, match, resolver)


def _clients_in_bms(
    sender: Mailbox | None, clients: ClientsFile, resolver: Resolver
) -> ClientsFile:
    """Return `clients.yaml` without the client of the sender's domain, if BMS has no such account.

    A line that names nothing must not make a known contact ambiguous.
    """
    owner = account_of_domain(sender.domain, clients) if sender else None
    if owner is None or resolver.first(Lookup.ACCOUNT, [owner]) is not None:
        return clients
    others = tuple(client for client in clients.clients if client.account != owner)
    return clients.model_copy(update={"clients": others})


def _at(account: Named, contact: Contact | None, match: ClientMatch, resolver: Resolver) -> Client:
    location = contact.location_id if contact else None
    if location is None:
        location = resolver.directory.main_location(account.id)
    return Client(match, account, location, contact)


def _catch_all(match: ClientMatch, rulebook: Rulebook, resolver: Resolver) -> Client:
    account = _catch_all_account(rulebook, resolver)
    address = rulebook.catch_all_contact
    at_account = (
        contact
        for contact in resolver.directory.contacts(address)
        if contact.account.id == account.id
    )
    contact = next(at_account, None)
    if contact is None:
        resolver.faults.append(
            f"{address} (catch_all.contact in config.yaml) is no active contact of {account.name}"
        )
    return _at(account, contact, match, resolver)


def _catch_all_account(rulebook: Rulebook, resolver: Resolver) -> Named:
    name = rulebook.catch_all_account
    try:
        account = resolver.directory.resolve(Lookup.ACCOUNT, name)
    except NameUnresolved as error:
        if resolver.drift:
            resolver.drift.lost(Lookup.ACCOUNT, name, error, "requests of strangers are parked")
        raise NameUnresolved(
            f"the catch-all account cannot be used: {error.message}",
            "set catch_all.account in config.yaml to an active account, then release it",
        ) from error
    if resolver.drift:
        resolver.drift.resolved(Lookup.ACCOUNT, name)
    return account
