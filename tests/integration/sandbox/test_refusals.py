"""The sandbox refuses what BMS would refuse, and then creates nothing."""

from typing import Any

import pytest
from support.sandbox import MAIN_OFFICE, RawClient, ticket_body

from connector.sandbox import Sandbox

TICKETS = "/v2/servicedesk/tickets"

pytestmark = pytest.mark.breaks_contract

REFUSED_FIELDS: dict[str, dict[str, Any]] = {
    "no title": {"Title": None},
    "a blank title": {"Title": " "},
    "no source": {"SourceId": None},
    "an undeclared field": {"TemplateId": 6001},
    "a field twice": {"title": "Again"},
    "a text for an id": {"StatusId": "49958"},
    "an unknown status": {"StatusId": 1},
    "an unknown priority": {"PriorityId": 1},
    "an unknown queue": {"QueueId": 1},
    "an unknown type": {"TypeId": 1},
    "an unknown source": {"SourceId": 99},
    "an unknown account": {"AccountId": 1},
    "an unknown assignee": {"AssigneeId": 1},
    "a location of another account": {"LocationId": MAIN_OFFICE},
    "a contact of another account": {"ContactId": 30003},
    "a sub-issue type of another issue type": {"IssueTypeId": 502, "SubIssueTypeId": 5011},
    "a date without an offset": {"OpenDate": "2026-11-16T10:05:00"},
    "a date in words": {"DueDate": "tomorrow"},
    "an unknown custom field": {"CustomFieldsData": [{"CustomFieldId": 1, "Data": "x"}]},
    "words in a date field": {"CustomFieldsData": [{"CustomFieldId": 3001, "Data": "Friday"}]},
    "a temporary attachment that nobody sent": {"TempAttachments": [{"Id": 0, "Alias": "a"}]},
}


@pytest.mark.parametrize("fields", REFUSED_FIELDS.values(), ids=REFUSED_FIELDS.keys())
def test_a_wrong_ticket_is_refused_in_words_and_not_created(
    sandbox: Sandbox, client: RawClient, fields: dict[str, Any]
) -> None:
    answer = client.call("POST", TICKETS, json=ticket_body(**fields))
    assert answer.status_code == 400
    envelope = answer.json()
    assert envelope["success"] is False
    assert len(envelope["error"]["subErrors"]) == 1
    assert sandbox.tickets == []


def test_a_required_custom_field_must_be_given(sandbox: Sandbox, client: RawClient) -> None:
    sandbox.tenant.custom_fields[3].is_required = True
    assert client.call("POST", TICKETS, json=ticket_body()).status_code == 400
    client.create(CustomFieldsData=[{"CustomFieldId": 3004, "Data": "R-1"}])
    assert len(sandbox.tickets) == 1


def test_an_inactive_status_is_refused(sandbox: Sandbox, client: RawClient) -> None:
    sandbox.tenant.statuses[0].is_active = False
    assert client.call("POST", TICKETS, json=ticket_body()).status_code == 400


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "remove", "path": "dueDate"}],
        [{"op": "replace", "path": "dueDay", "value": 1}],
        [{"op": "replace", "path": "statusId", "value": 1}],
        [{"op": "replace", "path": "title", "value": None}],
        [],
    ],
)
def test_a_wrong_patch_changes_nothing(
    sandbox: Sandbox, client: RawClient, operations: list[dict[str, Any]]
) -> None:
    ticket = client.create()["id"]
    before = sandbox.tickets
    answer = client.call("PATCH", f"{TICKETS}/{ticket}", json=operations)
    assert answer.status_code == 400
    assert sandbox.tickets == before


def test_a_file_above_the_tenants_limit_is_refused(sandbox: Sandbox, client: RawClient) -> None:
    sandbox.tenant.maximum_attachment_mb = 1
    ticket = client.create()["id"]
    path = f"/v2/system/attachments/22/{ticket}"
    for size, status in ((1024 * 1024, 200), (1024 * 1024 + 1, 400)):
        answer = client.call("POST", path, files={"formFile": ("a.bin", b"\0" * size)})
        assert answer.status_code == status
    assert [len(item["Content"]) for item in sandbox.attachments(ticket)] == [1024 * 1024]


@pytest.mark.parametrize("field", ["tenant", "userName", "password"])
def test_wrong_credentials_get_no_token(sandbox: Sandbox, client: RawClient, field: str) -> None:
    form = {
        "grantType": "password",
        "tenant": sandbox.tenant_name,
        "userName": sandbox.username,
        "password": sandbox.password,
    }
    answer = client.call("POST", "/v2/security/authenticate", data={**form, field: "wrong"})
    assert answer.status_code == 401
    assert answer.json()["success"] is False


def test_a_table_that_the_tenant_does_not_know_is_not_found(
    sandbox: Sandbox, client: RawClient
) -> None:
    assert client.call("GET", "/v2/system/lookup/tickettype").status_code == 200
    sandbox.behaviour.lookup_tables = ()
    assert client.call("GET", "/v2/system/lookup/TicketType").status_code == 404
    assert client.call("GET", "/v2/system/tenantlookup/TicketType").status_code == 200
