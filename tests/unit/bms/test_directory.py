from typing import Any

import pytest
from support.bms import Bms

from connector.domain.tenant import Lookup, Named, Template
from connector.errors import NameUnresolved

TEMPLATES = "/v2/servicedesk/templates/tickets"
LOCATIONS = "/v2/crm/accounts/2001/locations/lookup"
SETTINGS = "/v2/system/settings"

PRINTER = {
    "id": 6004,
    "name": "Printer problem",
    "title": "Printer problem",
    "issueTypeId": 505,
    "subIssueTypeId": 5051,
    "priorityId": 40482,
    "queueId": 38401,
    "accountId": 2002,
    "details": "never copied",
    "ticketTypeId": 8,
    "workTypeId": 702,
    "assigneeId": 77,
}


@pytest.fixture
def tenant(bms: Bms) -> Bms:
    lists: dict[str, list[dict[str, Any]]] = {
        f"{TEMPLATES}/lookup": [{"id": 6004, "name": "Printer problem"}],
        "/v2/system/issuetypes/lookup": [{"id": 505, "name": "Printer"}],
        "/v2/system/issuetypes/505/issuesubtypes/lookup": [{"id": 5051, "name": "Jam"}],
        "/v2/system/priorities/lookup": [
            {"id": 40481, "name": "Low", "isDefault": False},
            {"id": 40482, "name": "Medium", "isDefault": True},
        ],
        "/v2/system/queues/lookup": [{"id": 38401, "name": "Help Desk"}],
        "/v2/system/lookup/TicketType": [{"id": 8, "name": "Incident"}],
        "/v2/system/worktypes/lookup": [{"id": 702, "name": "Onsite Support"}],
    }
    for path, rows in lists.items():
        bms.answer("GET", path, rows)
    return bms


def test_a_template_is_read_with_its_ids_as_names(tenant: Bms) -> None:
    tenant.answer("GET", f"{TEMPLATES}/6004", PRINTER)
    assert tenant.gateway.template("printer problem") == Template(
        id=6004,
        name="Printer problem",
        title="Printer problem",
        priority=Named(40482, "Medium"),
        queue=Named(38401, "Help Desk"),
        ticket_type=Named(8, "Incident"),
        issue_type=Named(505, "Printer"),
        sub_issue_type=Named(5051, "Jam"),
        work_type=Named(702, "Onsite Support"),
        assignee_id=77,
    )


def test_what_a_template_leaves_open_or_the_tenant_no_longer_knows_is_left_out(tenant: Bms) -> None:
    sparse = {"id": 6004, "title": " ", "queueId": 1, "issueTypeId": 1, "subIssueTypeId": 5051}
    tenant.answer("GET", "/v2/system/issuetypes/1/issuesubtypes/lookup", [])
    tenant.answer("GET", f"{TEMPLATES}/6004", sparse)
    assert tenant.gateway.template(6004) == Template(id=6004, name="Printer problem")


def test_a_template_is_kept_for_24_hours(tenant: Bms) -> None:
    tenant.answer("GET", f"{TEMPLATES}/6004", PRINTER)
    first = tenant.gateway.template("Printer problem")
    calls = len(tenant.http.calls)
    tenant.new_run()
    assert tenant.gateway.template("Printer problem") == first
    assert len(tenant.http.calls) == calls
    tenant.clock.pass_by(hours=24)
    tenant.gateway.template("Printer problem")
    assert len(tenant.requests(f"{TEMPLATES}/6004")) == 2


def test_a_template_that_is_listed_and_gone_is_unresolved(tenant: Bms) -> None:
    tenant.answer("GET", f"{TEMPLATES}/6004", status=404, body="")
    with pytest.raises(NameUnresolved, match="Printer problem"):
        tenant.gateway.template("Printer problem")


def test_priorities_and_the_default_one(tenant: Bms) -> None:
    assert tenant.gateway.default_of(Lookup.PRIORITY) == Named(40482, "Medium")


def test_where_bms_names_no_default_the_first_in_its_order_stands_in(bms: Bms) -> None:
    statuses = [
        {"id": 7, "name": "Done", "statusOrder": 2},
        {"id": 9, "name": "Nuovo", "statusOrder": 1},
        {"id": 1, "name": "Old", "statusOrder": 0, "isActive": False},
    ]
    bms.answer("GET", "/v2/system/statuses/lookup", statuses)
    assert bms.gateway.default_of(Lookup.STATUS) == Named(9, "Nuovo")


def test_a_tenant_that_lists_nothing_has_no_default(bms: Bms) -> None:
    bms.answer("GET", "/v2/system/priorities/lookup", [])
    assert bms.gateway.default_of(Lookup.PRIORITY) is None


@pytest.mark.parametrize(
    ("locations", "main"),
    [
        ([{"id": 2101, "isMain": True}, {"id": 2102, "isMain": False}], 2101),
        ([{"id": 2101, "isMain": False}, {"id": 2102, "isMain": True}], 2102),
        ([{"id": 2103, "isMain": False}, {"id": 2102, "isMain": None}], 2102),
    ],
)
def test_the_main_location_is_the_one_so_called_else_the_oldest(
    bms: Bms, locations: list[Any], main: int
) -> None:
    bms.answer("GET", LOCATIONS, locations)
    assert bms.gateway.main_location(2001) == main
    assert bms.gateway.main_location(2001) == main
    assert len(bms.requests(LOCATIONS)) == 1


def test_an_account_without_a_location_says_what_to_do(bms: Bms) -> None:
    bms.answer("GET", LOCATIONS, [])
    with pytest.raises(NameUnresolved, match="Add a location"):
        bms.gateway.main_location(2001)


@pytest.mark.parametrize(
    ("settings", "megabytes"),
    [
        ({"maximumAttachmentFileSizeinMb": 5}, 5),
        ({"MaximumAttachmentFileSizeinMb": 50}, 50),
        ({"maximumAttachmentFileSizeinMb": 0}, 20),
        ({}, 20),
    ],
)
def test_the_attachment_limit_is_the_tenants_or_20_megabytes(
    bms: Bms, settings: dict[str, int], megabytes: int
) -> None:
    bms.answer("GET", SETTINGS, settings)
    assert bms.gateway.attachment_limit() == megabytes * 1024 * 1024
    bms.gateway.attachment_limit()
    assert len(bms.requests(SETTINGS)) == 1


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        ({"result": [{"id": 3001, "name": " Remote Response Due ", "isActive": True}]},
         {"Remote Response Due": 3001}),
        ({"result": [{"id": 3001, "name": "Old", "isActive": False}]}, {}),
        ({"result": [{"id": 1, "name": "Twice"}, {"id": 2, "name": "Twice "}]}, {}),
        ({"status": 404, "body": ""}, {}),
    ],
)  # fmt: skip
def test_custom_fields_are_the_active_ones_with_a_name_of_their_own(
    bms: Bms, answer: dict[str, Any], fields: dict[str, int]
) -> None:
    bms.answer("GET", "/v2/system/customFields/22", **answer)
    assert bms.gateway.custom_fields() == fields
