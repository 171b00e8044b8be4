"""The tenant that the sandbox plays: what an administrator has set up in BMS."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


@dataclass
class Item:
    """An entry of one of the tenant's lists."""

    id: int
    name: str
    is_active: bool = True
    is_default: bool = False


@dataclass
class Status(Item):
    """A ticket status. System statuses cannot be deleted, only renamed.

    One that `is_first_response` is tied to that event of the tenant's SLAs.
    """

    order: int = 0
    is_system: bool = False
    is_completed: bool = False
    is_first_response: bool = False


@dataclass
class IssueType(Item):
    """An issue type and its sub-issue types."""

    subtypes: list[Item] = field(default_factory=list)


@dataclass
class Role(Item):
    """A security role; external ones are for client-portal users."""

    is_external: bool = False


@dataclass
class Employee(Item):
    """Somebody to whom tickets can be assigned."""

    email: str = ""


@dataclass
class CustomField(Item):
    """A custom field of tickets. Type 0 is text, 3 a date."""

    data_type: int = 0
    is_required: bool = False


@dataclass
class Location(Item):
    """A site of a client."""

    is_main: bool = False


@dataclass
class Account(Item):
    """A client company."""

    code: str = ""
    locations: list[Location] = field(default_factory=list)

    def location(self, location_id: int | None) -> Location | None:
        """Return the account's location with this id."""
        return next((site for site in self.locations if site.id == location_id), None)


@dataclass
class Contact:
    """A person at a client. `addresses` and `phones` start with the default one.

    `portal_role` and `portal_user` are what no call of BMS shows. `created_at` is None for those
    who were there from the beginning.
    """

    id: int
    account_id: int
    location_id: int
    first_name: str
    last_name: str
    addresses: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    job_title: str | None = None
    middle_name: str | None = None
    is_poc: bool = False
    is_active: bool = True
    has_portal_access: bool = False
    portal_role: str | None = None
    portal_user: str | None = None
    receives_invoices: bool = False
    bill_by_contact: bool = False
    created_at: datetime | None = None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def address(self) -> str | None:
        """The default e-mail address."""
        return self.addresses[0] if self.addresses else None


@dataclass
class Template(Item):
    """A ticket template; its ids are those of the tenant's lists."""

    title: str = ""
    details: str | None = None
    issue_type_id: int | None = None
    sub_issue_type_id: int | None = None
    priority_id: int | None = None
    queue_id: int | None = None
    account_id: int | None = None
    ticket_type_id: int | None = None
    work_type_id: int | None = None


class Login(NamedTuple):
    """The API user."""

    tenant: str
    username: str
    password: str


@dataclass
class Tenant:
    """Everything that is set up before the first ticket. All of it may be changed by a test."""

    id: int
    login: Login
    user: Employee
    time_zone: str
    maximum_attachment_mb: int
    priorities: list[Item]
    statuses: list[Status]
    queues: list[Item]
    ticket_types: list[Item]
    ticket_sources: list[Item]
    note_types: list[Item]
    email_types: list[Item]
    phone_types: list[Item]
    contact_types: list[Item]
    issue_types: list[IssueType]
    work_types: list[Item]
    slas: list[Item]
    roles: list[Role]
    employees: list[Employee]
    custom_fields: list[CustomField]
    templates: list[Template]
    accounts: list[Account]
    contacts: list[Contact]
    merge_status: str = "Merged"
    """The status of a ticket that was merged into another (Company Settings)."""

    def tables(self) -> dict[str, list[Item]]:
        """Return the lists that are reached by a table name, by that name."""
        return {
            "TicketType": self.ticket_types,
            "TicketSource": self.ticket_sources,
            "NoteType": self.note_types,
            "EmailType": self.email_types,
            "PhoneType": self.phone_types,
            "ContactType": self.contact_types,
        }
