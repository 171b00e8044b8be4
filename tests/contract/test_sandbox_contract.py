"""The sandbox against the OpenAPI document that the vendor publishes (BMS_OPENAPI names it)."""

import copy
import dataclasses
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

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

from connector.sandbox import Exchange, Sandbox
from connector.sandbox.contract.fields import Field, Kind, Shape
from connector.sandbox.contract.operations import OPERATIONS, Answer, BodyType, Operation

pytestmark = [
    pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no document"),
    pytest.mark.breaks_contract,
]


@pytest.fixture(scope="module")
def contract() -> Contract:
    found = Contract.from_environment()
    assert found is not None
    return found


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


# --- our declaration of the contract ---------------------------------------------------------


def test_every_operation_of_the_sandbox_is_one_of_the_vendor(contract: Contract) -> None:
    assert {operation.endpoint for operation in OPERATIONS} <= dict(contract.endpoints()).keys()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.endpoint)
def test_the_declared_fields_are_the_vendors(contract: Contract, operation: Operation) -> None:
    published = dict(contract.endpoints())[operation.endpoint]
    assert plain_query(operation.query) == published_query(contract, published)
    assert plain_body(operation) == published_body(contract, published)
    assert plain_answer(operation) == published_answer(contract, published)


_TYPES = {
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.TEXT: {"type": "string"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.FILE: {"type": "string", "format": "binary"},
    Kind.ANYTHING: {},
}


def plain(field: Field) -> dict[str, Any]:
    """Return one of our fields in the form to which `published` brings the vendor's."""
    if field.kind is Kind.OBJECT:
        return plain_object(field.shape or {})
    shown: dict[str, Any] = dict(_TYPES.get(field.kind, {}))
    if field.kind in {Kind.LIST, Kind.MAP}:
        assert field.of is not None
        shown = {field.kind.value: plain(field.of)}
    if field.nullable:
        shown["nullable"] = True
    if field.filled:
        shown["minLength"] = 1
    if field.minimum is not None:
        shown["minimum"] = field.minimum
    if field.choices:
        shown["enum"] = list(field.choices)
    return shown


def plain_object(shape: Shape) -> dict[str, Any]:
    return {
        "fields": {name: plain(field) for name, field in shape.items()},
        "required": sorted(name for name, field in shape.items() if field.required),
    }


def published(contract: Contract, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of the vendor without references and without what we do not declare."""
    if "$ref" in schema:
        return published(contract, contract.schemas[schema["$ref"].rpartition("/")[2]])
    kept = {
        name: schema[name]
        for name in ("nullable", "minLength", "minimum", "enum")
        if name in schema
    }
    if schema.get("type") == "array":
        return {"array": published(contract, schema["items"]), **kept}
    if "properties" in schema:
        return {
            "fields": {
                name: published(contract, item) for name, item in schema["properties"].items()
            },
            "required": sorted(schema.get("required", [])),
        }
    if isinstance(schema.get("additionalProperties"), dict):
        return {"map": published(contract, schema["additionalProperties"]), **kept}
    if "type" in schema:
        kept["type"] = schema["type"]
    if schema.get("format") in {"date-time", "binary"}:
        kept["format"] = schema["format"]
    return kept


def plain_query(shape: Shape) -> dict[str, Any]:
    return {name: plain(field) for name, field in shape.items()}


def published_query(contract: Contract, operation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        item["name"]: published(contract, item["schema"])
        for item in operation.get("parameters", [])
        if item["in"] == "query"
    }


def plain_body(operation: Operation) -> dict[str, Any] | None:
    if operation.body_type is BodyType.NONE:
        return None
    body = plain_object(operation.body)
    return {"array": body} if operation.body_type is BodyType.JSON_LIST else body


def published_body(contract: Contract, operation: Mapping[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content")
    return published(contract, next(iter(content.values()))["schema"]) if content else None


def plain_answer(operation: Operation) -> dict[str, Any] | None:
    if operation.answer is Answer.EMPTY:
        return None
    if operation.answer is Answer.FILE:
        return {"type": "object"}
    result = plain_object(operation.result)
    if operation.answer is Answer.BARE:
        return result
    if operation.answer is Answer.ONE:
        return {"result": result}
    listed = {"result": {"array": result, "nullable": True}}
    return {**listed, "total": True} if operation.answer is Answer.PAGE else listed


def published_answer(contract: Contract, operation: Mapping[str, Any]) -> dict[str, Any] | None:
    content = operation["responses"]["200"].get("content")
    if not content:
        return None
    answer = published(contract, content["application/json"]["schema"])
    if "Success" not in answer.get("fields", {}):
        return answer
    shown = {"result": answer["fields"]["Result"]}
    return {**shown, "total": True} if "TotalRecords" in answer["fields"] else shown


# --- the validator itself --------------------------------------------------------------------


@pytest.fixture
def exchange(sandbox: Sandbox, client: RawClient) -> Exchange:
    """An exchange that keeps the contract: a ticket was created."""
    client.create()
    return sandbox.exchanges[-1]


def with_request(exchange: Exchange, **fields: object) -> Exchange:
    body = {**json.loads(exchange.request_body), **fields}
    return dataclasses.replace(exchange, request_body=json.dumps(body).encode())


def with_result(exchange: Exchange, **fields: object) -> Exchange:
    envelope = copy.deepcopy(json.loads(exchange.response_body))
    envelope["result"].update(fields)
    return dataclasses.replace(exchange, response_body=json.dumps(envelope).encode())


def test_names_of_a_request_may_be_in_any_case(contract: Contract, exchange: Exchange) -> None:
    body = {name.swapcase(): value for name, value in json.loads(exchange.request_body).items()}
    swapped = dataclasses.replace(exchange, request_body=json.dumps(body).encode())
    assert contract.problems(swapped) == []


PLANTED: dict[str, Callable[[Exchange], Exchange]] = {
    "an undeclared field": lambda e: with_request(e, ExternalId="17"),
    "a wrong type": lambda e: with_request(e, AccountId="2001"),
    "an id of zero": lambda e: with_request(e, QueueId=0),
    "an empty title": lambda e: with_request(e, Title=""),
    "a date without an offset": lambda e: with_request(e, DueDate="2026-11-16T18:05:00"),
    "a field twice": lambda e: with_request(e, title="Again"),
    "a field of a nested object": lambda e: with_request(e, Ccs=[{"Address": "x"}]),
    "an undeclared query": lambda e: dataclasses.replace(e, query=(("Filter.AccountId", "1"),)),
    "an undeclared path": lambda e: dataclasses.replace(e, path="/v2/servicedesk/ticket"),
    "an undeclared method": lambda e: dataclasses.replace(e, method="PUT"),
    "an undeclared result": lambda e: with_result(e, templateId=6001),
    "a PascalCase result": lambda e: with_result(e, SLAName="Normal"),
    "a result of a wrong type": lambda e: with_result(e, statusId="New"),
    "a result that is no date": lambda e: with_result(e, dueDate="tomorrow"),
    "an answer that is no JSON": lambda e: dataclasses.replace(e, response_body=b"<html>"),
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED.keys())
def test_the_validator_finds_a_planted_mistake(
    contract: Contract, exchange: Exchange, plant: Callable[[Exchange], Exchange]
) -> None:
    assert contract.problems(exchange) == []
    assert contract.problems(plant(exchange)) != []


def test_a_missing_required_field_is_found(contract: Contract, exchange: Exchange) -> None:
    body = json.loads(exchange.request_body)
    del body["LocationId"]
    without = dataclasses.replace(exchange, request_body=json.dumps(body).encode())
    assert len(contract.problems(without)) == 1


def test_an_answer_that_a_fault_spoilt_is_not_looked_at(
    sandbox: Sandbox, client: RawClient, contract: Contract
) -> None:
    sandbox.faults.add("status", "POST *", status=502, body="html")
    client.call("POST", "/v2/servicedesk/tickets", json=ticket_body())
    assert contract.problems(sandbox.exchanges[-1]) == []
