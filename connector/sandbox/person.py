"""What people do in BMS's own pages: technicians and dispatchers, and clients in the portal."""

from dataclasses import dataclass
from datetime import datetime

from connector.sandbox.calls import Call
from connector.sandbox.operations import merging, tickets, workflows
from connector.sandbox.state import Store, Ticket, named
from connector.sandbox.tenant import Account, Contact

ACTS = (
    "create_ticket",
    "create_portal_ticket",
    "change_priority",
    "change_status",
    "change_queue",
    "change_title",
    "change_details",
    "complete",
    "reopen",
    "set_due_date",
    "clear_due_date",
    "set_custom_value",
    "move_to_account",
    "add_note",
    "merge",
    "delete",
    "grant_portal_access",
    "revoke_portal_access",
    "set_poc",
    "set_contact_active",
)
"""What can be asked for over HTTP (`control`)."""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a person enters for a new ticket.

    `contact` and `ccs` are addresses; without `opened_at` it is opened now. `scheduled` and
    `recurring` tickets are those that BMS makes from a plan of its own.
    """

    title: str
    account: str = "Harbor Dental Group"
    contact: str | None = None
    details: str = "As told on the phone."
    priority: str = "Medium"
    queue: str | None = "Help Desk"
    status: str = "New"
    source: str = "Phone"
    issue_type: str | None = None
    opened_at: datetime | None = None
    due_date: datetime | None = None
    ccs: tuple[str, ...] = ()
    scheduled: bool = False
    recurring: bool = False


class Person:
    """Somebody at the screen. Things are named as on it; every act is activity on the ticket.

    Each method raises `ValueError` when a name or an id is none of the tenant's.
    """

    def __init__(self, store: Store, call: Call) -> None:
        """Act on `store`; `call` gives the moment and the behaviour."""
        self._store = store
        self._call = call

    # --- new tickets -------------------------------------------------------------------------

    def create_ticket(self, title: str, **options: object) -> int:
        """Create a ticket and return its id; `options` are the fields of `NewTicket`."""
        new = NewTicket(title, **options)  # type: ignore[arg-type]
        tenant = self._store.tenant
        owner = named(tenant.accounts, new.account)
        person = self._contact(new.contact, owner) if new.contact else None
        fields = {
            "Title": new.title,
            "Details": new.details,
            "AccountId": owner.id,
            "LocationId": person.location_id if person else _main_location(owner),
            "ContactId": person.id if person else None,
            "StatusId": self._store.status(new.status).id,
            "PriorityId": named(tenant.priorities, new.priority).id,
            "QueueId": named(tenant.queues, new.queue).id if new.queue else None,
            "TypeId": tenant.ticket_types[0].id,
            "SourceId": named(tenant.ticket_sources, new.source).id,
            "IssueTypeId": named(tenant.issue_types, new.issue_type).id if new.issue_type else None,
            "OpenDate": new.opened_at or self._call.now,
            "DueDate": new.due_date,
            "Ccs": [{"EmailAddress": address, "EntityType": 0} for address in new.ccs],
            "IsScheduled": int(new.scheduled),
            "Recurring": int(new.recurring),
            "TicketRecurringMasterId": self._store.new_id() if new.recurring else None,
        }
        return self._add(fields)

    def create_portal_ticket(
        self, title: str, contact: str = "marta.ruiz@harbordental.example", **options: object
    ) -> int:
        """Let a client create a ticket in the portal; `options` are the fields of `NewTicket`."""
        person = self._contact(contact)
        account = self._store.account(person.account_id)
        if account is None:
            raise ValueError(f"{contact} has no account")
        usual = {"queue": None, "source": "Client Portal", "details": "Written in the portal."}
        whose = {"account": account.name, "contact": contact}
        ticket_id = self.create_ticket(title, **{**usual, **options, **whose})
        self._store.tickets[ticket_id]["CreatedBy"] = person.id
        return ticket_id

    def _add(self, fields: dict[str, object]) -> int:
        with self._store.lock:
            ticket = tickets.add(self._call, fields)
            workflows.run_on_create(self._call, ticket)
            return int(ticket["Id"])

    # --- changes -----------------------------------------------------------------------------

    def change_priority(self, ticket_id: int, name: str) -> None:
        """Give the ticket another priority."""
        self._change(ticket_id, PriorityId=named(self._store.tenant.priorities, name).id)

    def change_status(self, ticket_id: int, name: str) -> None:
        """Give the ticket another status."""
        self._change(ticket_id, StatusId=self._store.status(name).id)

    def change_queue(self, ticket_id: int, name: str) -> None:
        """Move the ticket to another queue."""
        self._change(ticket_id, QueueId=named(self._store.tenant.queues, name).id)

    def change_title(self, ticket_id: int, title: str) -> None:
        """Write another title."""
        self._change(ticket_id, Title=title)

    def change_details(self, ticket_id: int, details: str) -> None:
        """Write another description."""
        self._change(ticket_id, Details=details)

    def complete(self, ticket_id: int) -> None:
        """Set the completed status, whatever the tenant calls it."""
        completed = next(item for item in self._store.tenant.statuses if item.is_completed)
        self._change(ticket_id, StatusId=completed.id)

    def reopen(self, ticket_id: int, status: str = "In Progress") -> None:
        """Take a completed ticket up again."""
        self._change(ticket_id, StatusId=self._store.status(status).id, ReOpenedDate=self._call.now)

    def set_due_date(self, ticket_id: int, moment: datetime) -> None:
        """Set DueDate by hand."""
        self._change(ticket_id, DueDate=moment)

    def clear_due_date(self, ticket_id: int) -> None:
        """Empty DueDate by hand."""
        self._change(ticket_id, DueDate=None)

    def set_custom_value(self, ticket_id: int, field: str, value: str | None) -> None:
        """Write a custom field by hand."""
        field_id = named(self._store.tenant.custom_fields, field).id
        with self._store.lock:
            self._change(ticket_id)
            self._store.custom_values[ticket_id][field_id] = value

    def move_to_account(self, ticket_id: int, account: str) -> None:
        """Move the ticket to another client, which leaves it without a contact."""
        owner = named(self._store.tenant.accounts, account)
        self._change(
            ticket_id, AccountId=owner.id, LocationId=_main_location(owner), ContactId=None
        )

    def add_note(self, ticket_id: int, details: str, *, is_internal: bool = False) -> int:
        """Write a note."""
        with self._store.lock:
            ticket = self._ticket(ticket_id)
            return workflows.add_note(self._call, ticket, details, is_internal=is_internal).id

    def merge(self, ticket_id: int, into: int) -> None:
        """Merge a ticket into another."""
        with self._store.lock:
            merging.merge_into(self._call, self._ticket(into), [self._ticket(ticket_id)])

    def delete(self, ticket_id: int) -> None:
        """Delete the ticket and all that hangs on it."""
        with self._store.lock:
            self._ticket(ticket_id)
            self._store.remove_ticket(ticket_id)

    # --- contacts: CRM > Contacts > the contact ----------------------------------------------

    def grant_portal_access(
        self, contact: int | str, role: str = "External User", *, user_name: str | None = None
    ) -> None:
        """Give a contact client portal access under this security role; again changes the role.

        `contact` is an id, or an address that only one contact has. The user name is the address
        unless another is given. BMS wants it unlike that of every other portal user.
        """
        with self._store.lock:
            person = self._the_contact(contact)
            wanted = named(self._store.tenant.roles, role)
            if not wanted.is_external:
                raise ValueError(f"'{role}' is no role for the client portal")
            if not person.is_active:
                raise ValueError(f"{person.name} is inactive")
            name = user_name or person.address
            if not name:
                raise ValueError(f"{person.name} has no address for a user name")
            if any(_logs_in_as(other, name) for other in self._others(person)):
                raise ValueError("Username/Email should be unique")
            person.has_portal_access = True
            person.portal_role = wanted.name
            person.portal_user = name

    def revoke_portal_access(self, contact: int | str) -> None:
        """Take client portal access away."""
        with self._store.lock:
            person = self._the_contact(contact)
            person.has_portal_access = False
            person.portal_role = person.portal_user = None

    def set_poc(self, contact: int | str, *, is_poc: bool = True) -> None:
        """Make somebody a point of contact, or no longer."""
        with self._store.lock:
            self._the_contact(contact).is_poc = is_poc

    def set_contact_active(self, contact: int | str, *, is_active: bool = True) -> None:
        """Activate or deactivate a contact."""
        with self._store.lock:
            self._the_contact(contact).is_active = is_active

    def _the_contact(self, contact: int | str) -> Contact:
        everybody = self._store.tenant.contacts
        found = [each for each in everybody if _is_meant(each, contact)]
        if not found:
            raise ValueError(f"{contact} is no contact")
        if len(found) > 1:
            ids = ", ".join(str(each.id) for each in found)
            raise ValueError(f"{contact} is the address of several contacts; give an id: {ids}")
        return found[0]

    def _others(self, person: Contact) -> list[Contact]:
        return [each for each in self._store.tenant.contacts if each.id != person.id]

    # --- how ---------------------------------------------------------------------------------

    def _change(self, ticket_id: int, **changes: object) -> None:
        with self._store.lock:
            ticket = self._ticket(ticket_id)
            tickets.change(self._call, ticket, changes)
            ticket["LastActivityUpdate"] = self._call.now

    def _ticket(self, ticket_id: int) -> Ticket:
        try:
            return self._store.tickets[ticket_id]
        except KeyError:
            raise ValueError(f"there is no ticket {ticket_id}") from None

    def _contact(self, address: str, owner: Account | None = None) -> Contact:
        for contact in self._store.tenant.contacts:
            if address in contact.addresses and (owner is None or contact.account_id == owner.id):
                return contact
        raise ValueError(f"{address} is no contact{f' of {owner.name}' if owner else ''}")


def _main_location(account: Account) -> int:
    return min(account.locations, key=lambda site: not site.is_main).id


def _is_meant(contact: Contact, wanted: int | str) -> bool:
    if isinstance(wanted, int):
        return contact.id == wanted
    return wanted.lower() in (address.lower() for address in contact.addresses)


def _logs_in_as(contact: Contact, user_name: str) -> bool:
    """Whether a contact uses this name in the portal; by default it is the address."""
    name = contact.portal_user or contact.address or ""
    return contact.has_portal_access and name.lower() == user_name.lower()
