"""What BMS knows, as the connector sees it: contacts, templates, tickets, named things."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NameOrId = str | int
"""A thing of BMS as configuration names it: by its name in BMS, or by its plain id."""


CONNECTOR_REFERENCE = "Connector Reference"
"""The custom field, in tenants that have it, by which a ticket of ours is found again."""


class Lookup(StrEnum):
    """The kinds of things that configuration names and BMS knows by id."""

    ACCOUNT = "account"
    CUSTOM_FIELD = "custom field"
    EMAIL_TYPE = "e-mail type"
    ISSUE_TYPE = "issue type"
    SUB_ISSUE_TYPE = "sub-issue type"
    NOTE_TYPE = "note type"
    PHONE_TYPE = "phone type"
    PRIORITY = "priority"
    QUEUE = "queue"
    SOURCE = "ticket source"
    STATUS = "status"
    TEMPLATE = "ticket template"
    TICKET_TYPE = "ticket type"
    WORK_TYPE = "work type"


@dataclass(frozen=True, slots=True)
class Named:
    """A thing of BMS: its id in this tenant and its name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """An active contact at an active account."""

    id: int
    name: str
    address: str
    account: Named
    location_id: int | None
    is_poc: bool = False
    has_portal_access: bool = False


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact as BMS has it this moment, active or not, at whatever account.

    `address` is the default one, as written in BMS.
    """

    id: int
    account_id: int
    account_name: str
    is_active: bool
    name: str = ""
    address: str = ""
    is_poc: bool = False
    has_portal_access: bool = False
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A contact as it will be created."""

    first_name: str
    last_name: str
    address: str
    account: Named
    location_id: int
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A BMS ticket template, its ids resolved to names where the tenant still knows them."""

    id: int
    name: str
    title: str | None = None
    priority: Named | None = None
    queue: Named | None = None
    ticket_type: Named | None = None
    issue_type: Named | None = None
    sub_issue_type: Named | None = None
    work_type: Named | None = None
    assignee_id: int | None = None


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket in BMS. `number` is opaque text: tenants choose its format.

    `due_date` and `priority_id` are what BMS says of them, which need not be what was sent.
    `contact_phone` is the number of the ticket's contact, where the answer tells one.
    """

    id: int
    number: str
    created_on: datetime | None = None
    due_date: datetime | None = None
    priority_id: int | None = None
    contact_phone: str = ""
