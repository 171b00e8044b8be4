"""The endpoints of BMS that we call, exactly as the contract spells them (openapi.json)."""

from dataclasses import dataclass
from enum import Enum


class Operation(Enum):
    """What a call does; decides what its failure means (`failures.FAILURES`)."""

    READ = "read"
    CREATE = "create"
    CHANGE = "change"
    """Sets a value or takes something away: doing it twice is doing it once."""
    SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the contract.

    `purpose` completes "BMS was asked to …". `bare` answers come without the envelope;
    `paged` ones carry TotalRecords.
    """

    method: str
    template: str
    operation: Operation
    purpose: str
    bare: bool = False
    paged: bool = False

    @property
    def key(self) -> str:
        """The name under which its calls are counted and budgeted."""
        return f"{self.method} {self.template}"


def _read(template: str, purpose: str, *, bare: bool = False, paged: bool = False) -> Endpoint:
    return Endpoint("GET", template, Operation.READ, purpose, bare=bare, paged=paged)


def _create(template: str, purpose: str) -> Endpoint:
    return Endpoint("POST", template, Operation.CREATE, purpose)


AUTHENTICATE = Endpoint("POST", "/v2/security/authenticate", Operation.SIGN_IN, "sign us in")
REFRESH_TOKEN = Endpoint(
    "POST", "/v2/security/refreshtoken", Operation.SIGN_IN, "renew our sign-in"
)
USER_INFO = _read("/v2/security/userinfo", "say who we are")

ACCOUNTS = _read("/v2/crm/accounts/lookup", "list its accounts")
ACCOUNT = _read("/v2/crm/accounts/summary/{id}", "show an account", bare=True)
ACCOUNT_LOCATIONS = _read(
    "/v2/crm/accounts/{accountId}/locations/lookup", "list an account's locations"
)
CONTACT_SEARCH = _read("/v2/crm/contacts/search", "look a contact up by address")

CONTACT = _read("/v2/crm/contacts/summary/{id}", "show a contact", bare=True)
CONTACT_LIST = _read("/v2/crm/contacts/summary", "list its contacts", paged=True)
CREATE_CONTACT = _create("/v2/crm/contacts/summary", "create the contact")

CUSTOM_FIELDS = _read("/v2/system/customFields/{moduleId}", "list its ticket custom fields")
ISSUE_TYPES = _read("/v2/system/issuetypes/lookup", "list its issue types")
SUB_ISSUE_TYPES = _read(
    "/v2/system/issuetypes/{issueTypeId}/issuesubtypes/lookup", "list its sub-issue types"
)
LOOKUP = _read("/v2/system/lookup/{tableName}", "show a look-up table")
TENANT_LOOKUP = _read("/v2/system/tenantlookup/{tableName}", "show a look-up table of the tenant")
PRIORITIES = _read("/v2/system/priorities/lookup", "list its priorities")
QUEUES = _read("/v2/system/queues/lookup", "list its queues")
STATUSES = _read("/v2/system/statuses/lookup", "list its statuses")
WORK_TYPES = _read("/v2/system/worktypes/lookup", "list its work types")
SYSTEM_SETTINGS = _read("/v2/system/settings", "show its settings")

TEMPLATES = _read("/v2/servicedesk/templates/tickets/lookup", "list its ticket templates")
TEMPLATE = _read("/v2/servicedesk/templates/tickets/{templateId}", "show a ticket template")

TICKET_SEARCH = _read("/v2/servicedesk/tickets", "search its tickets", paged=True)
TICKET = _read("/v2/servicedesk/tickets/{ticketId}", "show a ticket")
CREATE_TICKET = _create("/v2/servicedesk/tickets", "create the ticket")
PATCH_TICKET = Endpoint(
    "PATCH", "/v2/servicedesk/tickets/{ticketId}", Operation.CHANGE, "change the ticket"
)
DELETE_TICKET = Endpoint(
    "DELETE", "/v2/servicedesk/tickets/{ticketId}", Operation.CREATE, "delete the ticket"
)
CUSTOM_VALUES = _read(
    "/v2/system/customFields/{moduleId}/{objectId}", "show a ticket's custom fields"
)
PUT_CUSTOM_VALUE = Endpoint(
    "PUT",
    "/v2/system/customFields/data/{moduleId}/{entityId}/{customFieldId}",
    Operation.CHANGE,
    "write a custom field of the ticket",
)
NOTES = _read("/v2/servicedesk/tickets/{ticketId}/notes", "list a ticket's notes")
CREATE_NOTE = _create("/v2/servicedesk/tickets/{ticketId}/notes", "add a note to the ticket")
ATTACHMENTS = _read(
    "/v2/system/attachments/{moduleId}/{objectId}", "list a ticket's attachments", paged=True
)
CREATE_ATTACHMENT = _create(
    "/v2/system/attachments/{moduleId}/{objectId}", "attach a file to the ticket"
)
