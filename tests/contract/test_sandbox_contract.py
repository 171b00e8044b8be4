"""The sandbox against the OpenAPI document that the vendor publishes (BMS_OPENAPI names it)."""

import os
from collections.abc import Callable

import pytest
import requests
from support.bms_contract import VARIABLE, Contract
from support.sandbox import (
    COMPLETED,
    CONNECTOR_REFERENCE,
    CRITICAL,
    HARBOR_DENTAL,
    MARTA_RUIZ,
    REMOTE_RESPONSE_DUE,
    TASK_NOTES,
    RawClient,
    ticket_body,
)

from connector.sandbox import Sandbox
from connector.sandbox.contract.operations import OPERATIONS

pytestmark = [
    pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no document"),
    pytest.mark.breaks_contract,
]


# --- every operation on the wire -------------------------------------------------------------

Step = Callable[[RawClient, int], requests.Response]


def get(path: str) -> Step:
    return lambda client, ticket: client.call("GET", path.format(ticket=ticket))


def send(method: str, path: str, body: object) -> Step:
    return lambda client, ticket: client.call(method, path.format(ticket=ticket), json=body)


def refresh(client: RawClient, _ticket: int) -> requests.Response:
    tokens = client.sign_in()
    form = {"AccessToken": (None, tokens["accessToken"])}
    form["RefreshToken"] = (None, tokens["refreshToken"])
    answer = client.call("POST", "/v2/security/refreshtoken", files=form)
    client.sign_in()
    return answer


def sign_in_by_multipart(client: RawClient, _ticket: int) -> requests.Response:
    form = {
        "GrantType": (None, "password"),
        "Tenant": (None, client.sandbox.tenant_name),
        "UserName": (None, client.sandbox.username),
        "Password": (None, client.sandbox.password),
    }
    return client.call("POST", "/v2/security/authenticate", files=form)


def upload(client: RawClient, ticket: int) -> requests.Response:
    files = {"formFile": ("größe.txt", b"ten bytes!", "text/plain")}
    return client.call("POST", f"/v2/system/attachments/22/{ticket}", files=files)


def download(client: RawClient, ticket: int) -> requests.Response:
    upload(client, ticket)
    attachment = client.sandbox.attachments(ticket)[0]["Id"]
    return client.call("GET", f"/v2/system/attachments/22/{ticket}/{attachment}/download")


def merge(client: RawClient, ticket: int) -> requests.Response:
    other = client.create()["id"]
    body = {"DestinationTicketId": ticket, "SourceTicketIds": [other], "IsMerge": True}
    return client.call("POST", "/v2/servicedesk/tickets/merge", json=body)


def create_whole(client: RawClient, _ticket: int) -> requests.Response:
    body = ticket_body(
        IssueTypeId=501,
        SubIssueTypeId=5011,
        WorkTypeId=701,
        SLAId=802,
        AssigneeId=1001,
        UseDefaultContract=True,
        Ccs=[{"EmailAddress": "owen.price@harbordental.example", "EntityType": 0, "Id": 30002}],
        CustomFieldsData=[
            {"CustomFieldId": REMOTE_RESPONSE_DUE, "Data": "2026-11-16T17:05:00Z"},
            {"CustomFieldId": CONNECTOR_REFERENCE, "Data": "R-1"},
        ],
    )
    return client.call("POST", "/v2/servicedesk/tickets", json=body)


NOTE = {
    "Details": "Called back",
    "IsInternal": True,
    "TypeId": TASK_NOTES,
    "NoteDate": "2026-11-16T15:30:00Z",
    "StatusId": COMPLETED,
    "Attachments": [{"Name": "a.txt", "Base64Data": "YWJj", "Type": "text/plain"}],
}

CONTACT = {
    "FirstName": "Rosa",
    "LastName": "Lind",
    "AccountId": HARBOR_DENTAL,
    "LocationId": 2102,
    "Emails": [{"EmailAddress": "rosa@harbordental.example", "EmailTypeId": 1, "IsDefault": True}],
    "Phones": [{"PhoneNumber": "305-555-0199", "PhoneTypeId": 2, "IsDefault": True}],
}

TICKETS = "/v2/servicedesk/tickets"
WINDOW = "Filter.CreatedOnFrom=2020-01-01T00:00:00Z&Filter.CreatedOnTo=2030-01-01T00:00:00Z"

STEPS: list[Step] = [
    sign_in_by_multipart,
    refresh,
    get("/v2/security/userinfo"),
    get("/v2/system/settings"),
    get("/v2/system/statuses/lookup"),
    get("/v2/system/priorities/lookup"),
    get("/v2/system/queues/lookup"),
    get("/v2/system/issuetypes/lookup?Filter.Name=Net"),
    get("/v2/system/issuetypes/501/issuesubtypes/lookup"),
    get("/v2/system/slas/lookup"),
    get("/v2/system/worktypes/lookup"),
    get("/v2/system/lookup/TicketType"),
    get("/v2/system/tenantlookup/NoteType"),
    get("/v2/admin/security/roles/lookup?Name=External"),
    get("/v2/hr/assignees/lookup"),
    get("/v2/servicedesk/templates/tickets/lookup"),
    get("/v2/servicedesk/templates/tickets/6001"),
    get("/v2/crm/accounts/lookup?Filter.Ids=2001&Filter.Ids=2002"),
    get("/v2/crm/accounts/summary?Filter.IsActive=true&PageSize=2"),
    get("/v2/crm/accounts/summary/2001"),
    get("/v2/crm/accounts/2001/locations/lookup"),
    get("/v2/crm/contacts/search?Filter.EmailAddress=ruiz&Filter.AccountIds=2001"),
    get("/v2/crm/contacts/summary?Filter.Email=ruiz"),
    get(f"/v2/crm/contacts/summary/{MARTA_RUIZ}"),
    send("POST", "/v2/crm/contacts/summary", CONTACT),
    send("PATCH", "/v2/crm/contacts/30002", [{"op": "replace", "path": "poc", "value": True}]),
    create_whole,
    get(f"{TICKETS}?{WINDOW}&Filter.ExcludeCompleted=1&PageSize=100&PageNumber=1"),
    send("POST", f"{TICKETS}/search", {"PageSize": 10, "Filter": {"ExcludeCompleted": 0}}),
    get(f"{TICKETS}/{{ticket}}"),
    send("PUT", f"{TICKETS}/{{ticket}}", ticket_body(Title="Anew")),
    send(
        "PATCH",
        f"{TICKETS}/{{ticket}}",
        [{"op": "replace", "path": "/priorityId", "value": CRITICAL}],
    ),
    send("POST", f"{TICKETS}/{{ticket}}/notes", NOTE),
    get(f"{TICKETS}/{{ticket}}/notes"),
    upload,
    get("/v2/system/attachments/22/{ticket}"),
    download,
    get("/v2/system/customFields/22?withInactive=true"),
    get("/v2/system/customFields/22/{ticket}"),
    send(
        "PUT",
        f"/v2/system/customFields/data/22/{{ticket}}/{REMOTE_RESPONSE_DUE}",
        {"Value": "2026-11-16T18:00:00Z"},
    ),
    merge,
    send("DELETE", f"{TICKETS}/{{ticket}}", None),
]


def test_every_operation_answers_as_the_vendor_declares(
    sandbox: Sandbox, client: RawClient, contract: Contract
) -> None:
    ticket = client.create()["id"]
    for step in STEPS:
        answer = step(client, ticket)
        assert answer.status_code == 200, answer.text
    assert sandbox.calls.keys() == {operation.endpoint for operation in OPERATIONS}
    assert [found for item in sandbox.exchanges for found in contract.problems(item)] == []


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_a_refusal_is_an_envelope_with_words(
    sandbox: Sandbox, client: RawClient, contract: Contract, zone: str | None
) -> None:
    sandbox.behaviour.local_times_in = zone
    sandbox.behaviour.lookup_tables = ()
    for step in (
        get("/v2/nothing/here"),
        get("/v2/system/lookup/TicketType"),
        get(f"{TICKETS}/999"),
        get(f"{TICKETS}/abc"),
        get("/v2/crm/accounts/summary/999"),
        send("DELETE", "/v2/system/settings", None),
        send("POST", TICKETS, ticket_body(Title="")),
        send("POST", TICKETS, ticket_body(Colour="red")),
        send("POST", TICKETS, []),
        lambda client, ticket: client.call("POST", TICKETS, data="{"),
        lambda client, ticket: client.call("POST", "/v2/security/authenticate", data={"x": "y"}),
        lambda client, ticket: client.call(
            "GET", TICKETS, headers={"Authorization": "Bearer nonsense"}
        ),
    ):
        assert step(client, 0).status_code >= 400
    found = [
        problem
        for item in sandbox.exchanges
        for problem in contract.problems(item, requests_too=False)
    ]
    assert found == []
