"""The table of operations that the sandbox plays."""

from dataclasses import dataclass, field
from enum import Enum

from connector.sandbox.contract import client_results, requests, results
from connector.sandbox.contract.fields import Shape


class Answer(Enum):
    """How a result travels."""

    ONE = "in the envelope"
    LIST = "a list in the envelope"
    PAGE = "a list in the envelope, with TotalRecords"
    BARE = "without the envelope"
    FILE = "the bytes of a file"
    EMPTY = "no content"


class BodyType(Enum):
    """How a body travels."""

    NONE = "no body"
    JSON = "a JSON object"
    JSON_LIST = "a JSON array of objects"
    FORM = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract. Names in `path` in braces are integers, but tableName."""

    method: str
    path: str
    answer: Answer
    result: Shape = field(default_factory=dict)
    query: Shape = field(default_factory=dict)
    body: Shape = field(default_factory=dict)
    body_type: BodyType = BodyType.NONE
    needs_token: bool = True

    @property
    def endpoint(self) -> str:
        """Method and path template, the name under which calls are counted."""
        return f"{self.method} {self.path}"


def _get(path: str, answer: Answer, result: Shape, query: Shape | None = None) -> Operation:
    return Operation("GET", path, answer, result, query=query or {})


def _send(method: str, path: str, body: Shape, result: Shape) -> Operation:
    return Operation(method, path, Answer.ONE, result, body=body, body_type=BodyType.JSON)


def _patch(path: str, result: Shape) -> Operation:
    return Operation(
        "PATCH",
        path,
        Answer.ONE,
        result,
        body=requests.PATCH_OPERATION,
        body_type=BodyType.JSON_LIST,
    )


def _sign_in(path: str, body: Shape) -> Operation:
    return Operation(
        "POST",
        path,
        Answer.ONE,
        results.TOKENS,
        body=body,
        body_type=BodyType.FORM,
        needs_token=False,
    )


_SECURITY = (
    _sign_in("/v2/security/authenticate", requests.AUTHENTICATE),
    _sign_in("/v2/security/refreshtoken", requests.REFRESH_TOKEN),
    _get("/v2/security/userinfo", Answer.ONE, results.USER_INFO),
    _get("/v2/system/settings", Answer.ONE, results.SETTINGS),
)

_LOOKUPS = (
    _get("/v2/system/statuses/lookup", Answer.LIST, results.STATUS),
    _get("/v2/system/priorities/lookup", Answer.LIST, results.PRIORITY),
    _get("/v2/system/queues/lookup", Answer.LIST, results.ACTIVE_NAME),
    _get(
        "/v2/system/issuetypes/lookup",
        Answer.LIST,
        results.ACTIVE_NAME,
        requests.ISSUE_TYPE_QUERY,
    ),
    _get("/v2/system/issuetypes/{issueTypeId}/issuesubtypes/lookup", Answer.LIST, results.NAME),
    _get("/v2/system/slas/lookup", Answer.LIST, results.LOOKUP),
    _get("/v2/system/worktypes/lookup", Answer.LIST, results.LOOKUP),
    _get("/v2/system/lookup/{tableName}", Answer.LIST, results.LOOKUP),
    _get("/v2/system/tenantlookup/{tableName}", Answer.LIST, results.LOOKUP),
    _get(
        "/v2/admin/security/roles/lookup",
        Answer.LIST,
        results.SECURITY_ROLE,
        requests.ROLE_QUERY,
    ),
    _get("/v2/hr/assignees/lookup", Answer.LIST, results.ASSIGNEE, requests.ASSIGNEE_QUERY),
    _get("/v2/servicedesk/templates/tickets/lookup", Answer.LIST, results.NAME),
    _get("/v2/servicedesk/templates/tickets/{templateId}", Answer.ONE, results.TEMPLATE),
)

_CRM = (
    _get(
        "/v2/crm/accounts/lookup",
        Answer.LIST,
        client_results.ACCOUNT_LOOKUP,
        requests.ACCOUNT_LOOKUP_QUERY,
    ),
    _get("/v2/crm/accounts/summary", Answer.PAGE, client_results.ACCOUNT, requests.ACCOUNT_QUERY),
    _get("/v2/crm/accounts/summary/{id}", Answer.BARE, client_results.ACCOUNT),
    _get(
        "/v2/crm/accounts/{accountId}/locations/lookup",
        Answer.LIST,
        client_results.ACCOUNT_LOCATION,
    ),
    _get(
        "/v2/crm/contacts/search",
        Answer.LIST,
        client_results.CONTACT_FOUND,
        requests.CONTACT_SEARCH_QUERY,
    ),
    _get(
        "/v2/crm/contacts/summary",
        Answer.PAGE,
        client_results.CONTACT_SUMMARY,
        requests.CONTACT_QUERY,
    ),
    _get("/v2/crm/contacts/summary/{id}", Answer.BARE, client_results.CONTACT_SUMMARY),
    _send("POST", "/v2/crm/contacts/summary", requests.CONTACT, client_results.CONTACT_CREATED),
    _patch("/v2/crm/contacts/{id}", client_results.CONTACT),
)

_TICKET_PATH = "/v2/servicedesk/tickets/{ticketId}"

_TICKETS = (
    _get("/v2/servicedesk/tickets", Answer.PAGE, results.TICKET_ROW, requests.TICKET_QUERY),
    _send("POST", "/v2/servicedesk/tickets", requests.TICKET, results.TICKET),
    Operation(
        "POST",
        "/v2/servicedesk/tickets/search",
        Answer.PAGE,
        results.TICKET_ROW,
        body=requests.TICKET_SEARCH,
        body_type=BodyType.JSON,
    ),
    _send("POST", "/v2/servicedesk/tickets/merge", requests.TICKET_MERGE, results.MERGE_JOB),
    _get(_TICKET_PATH, Answer.ONE, results.TICKET),
    _send("PUT", _TICKET_PATH, requests.TICKET, results.TICKET),
    _patch(_TICKET_PATH, results.TICKET),
    Operation("DELETE", _TICKET_PATH, Answer.EMPTY),
    _get(f"{_TICKET_PATH}/notes", Answer.LIST, results.NOTE, requests.PAGE),
    _send("POST", f"{_TICKET_PATH}/notes", requests.NOTE, results.NOTE),
)

_ATTACHMENT_PATH = "/v2/system/attachments/{moduleId}/{objectId}"

_ATTACHMENTS = (
    _get(_ATTACHMENT_PATH, Answer.PAGE, results.ATTACHMENT, requests.PAGE),
    Operation(
        "POST",
        _ATTACHMENT_PATH,
        Answer.LIST,
        results.ATTACHMENT,
        body=requests.UPLOAD,
        body_type=BodyType.FORM,
    ),
    _get(
        f"{_ATTACHMENT_PATH}/{{attachmentId}}/download",
        Answer.FILE,
        {},
        requests.DOWNLOAD_QUERY,
    ),
)

_CUSTOM_FIELDS = (
    _get(
        "/v2/system/customFields/{moduleId}",
        Answer.LIST,
        results.CUSTOM_FIELD,
        requests.CUSTOM_FIELD_QUERY,
    ),
    _get("/v2/system/customFields/{moduleId}/{objectId}", Answer.LIST, results.CUSTOM_FIELD_DATA),
    _send(
        "PUT",
        "/v2/system/customFields/data/{moduleId}/{entityId}/{customFieldId}",
        requests.CUSTOM_FIELD_VALUE,
        results.CUSTOM_FIELD_WRITTEN,
    ),
)

OPERATIONS: tuple[Operation, ...] = (
    *_SECURITY,
    *_LOOKUPS,
    *_CRM,
    *_TICKETS,
    *_ATTACHMENTS,
    *_CUSTOM_FIELDS,
)
