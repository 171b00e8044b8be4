import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from responses import matchers
from support.bms import ACCESS, NOW, Bms, envelope, mocked_bms

from connector.domain.plan import TicketDraft
from connector.domain.request import Attachment
from connector.domain.tenant import Named, TicketRef
from connector.errors import OutcomeUnknown, RequestRejected, RetryLater

TICKETS = "/v2/servicedesk/tickets"
FIELDS = "/v2/system/customFields/22"
FILES = "/v2/system/attachments/22/501"
KEY = "k7m2pqx4rtza"
RECEIVED = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("America/New_York"))

DRAFT = TicketDraft(
    reference=KEY,
    title="Printer",
    text=f"Broken &amp; smoking<br><br>Ref: {KEY}",
    opened_at=RECEIVED,
    due_date=RECEIVED + timedelta(days=5),
    account=Named(2001, "Harbor Dental Group"),
    location_id=2101,
    status=Named(49958, "New"),
    priority=Named(40482, "Medium"),
    ticket_type=Named(9, "Service Request"),
    source=Named(2, "Email"),
)
BODY = {
    "Title": "Printer",
    "Details": f"Broken &amp; smoking<br><br>Ref: {KEY}",
    "AccountId": 2001,
    "LocationId": 2101,
    "StatusId": 49958,
    "PriorityId": 40482,
    "TypeId": 9,
    "SourceId": 2,
    "OpenDate": "2026-11-23T14:30:00+00:00",
    "DueDate": "2026-11-28T14:30:00+00:00",
    "UseDefaultContract": False,
}
FULL = replace(
    DRAFT,
    contact_id=30001,
    queue=Named(38401, "Help Desk"),
    issue_type=Named(505, "Printer"),
    sub_issue_type=Named(5051, "Jam"),
    work_type=Named(702, "Onsite Support"),
    assignee_id=77,
    use_default_contract=True,
    custom_fields={3001: "2026-11-23T16:30:00+00:00", 3004: KEY},
)
FULL_BODY = {
    **BODY,
    "ContactId": 30001,
    "QueueId": 38401,
    "IssueTypeId": 505,
    "SubIssueTypeId": 5051,
    "WorkTypeId": 702,
    "AssigneeId": 77,
    "UseDefaultContract": True,
    "CustomFieldsData": [
        {"CustomFieldId": 3001, "Data": "2026-11-23T16:30:00+00:00"},
        {"CustomFieldId": 3004, "Data": KEY},
    ],
}


# --- creating tickets ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "body"), [(DRAFT, BODY), (FULL, FULL_BODY)], ids=["least", "all"]
)
def test_a_ticket_is_created_in_one_call_with_declared_fields_only(
    bms: Bms, draft: TicketDraft, body: dict[str, Any]
) -> None:
    created = {"Id": 501, "TicketNumber": "17-11232026", "CreatedOn": "2026-11-23T15:00:02.1234567"}
    bms.answer("POST", TICKETS, created, match=[matchers.json_params_matcher(body)])
    assert bms.gateway.create_ticket(draft) == TicketRef(
        501, "17-11232026", datetime(2026, 11, 23, 15, 0, 2, 123456, tzinfo=UTC)
    )
    assert bms.gateway.calls["POST /v2/servicedesk/tickets"] == 1


def test_the_date_of_a_new_ticket_is_read_in_the_time_zone_of_bms() -> None:
    with mocked_bms(replace(ACCESS, time_zone=ZoneInfo("America/New_York"))) as bms:
        bms.signed_in().answer("POST", TICKETS, {"id": 1, "createdOn": "2026-11-23T10:00:00"})
        assert bms.gateway.create_ticket(DRAFT).created_on == NOW


@pytest.mark.parametrize(
    ("created_on", "warns"),
    [
        ("2026-11-23T15:09:59", False),
        ("2026-11-23T15:10:01", True),
        ("2026-11-23T10:00:00", True),
        ("unreadable", False),
        (None, False),
    ],
)
def test_a_date_far_from_the_servers_clock_says_that_the_time_zone_is_wrong(
    bms: Bms, created_on: str | None, warns: bool
) -> None:
    headers = {"Date": "Mon, 23 Nov 2026 15:00:00 GMT"}
    bms.answer("POST", TICKETS, {"id": 1, "createdOn": created_on}, headers=headers)
    with structlog.testing.capture_logs() as logs:
        bms.gateway.create_ticket(DRAFT)
    warnings = [entry["event"] for entry in logs if entry["log_level"] == "warning"]
    assert any("bms.time_zone" in warning for warning in warnings) is warns


def test_emergencies_may_use_the_reserve_of_the_budget(bms: Bms) -> None:
    bms.answer("POST", TICKETS, {"id": 1})
    with bms.gateway.for_emergency(emergency=True):
        bms.gateway.create_ticket(DRAFT)
    bms.gateway.create_ticket(DRAFT)
    taken = [emergency for endpoint, emergency in bms.budget.taken if endpoint.endswith("tickets")]
    assert taken == [True, False]


# --- finding tickets again -------------------------------------------------------------------


def find(bms: Bms) -> TicketRef | None:
    return bms.gateway.find_ticket(KEY, created_from=NOW - timedelta(hours=26), created_to=NOW)


@pytest.fixture
def fields(bms: Bms) -> Bms:
    bms.answer("GET", FIELDS, [{"id": 3004, "name": "Connector Reference", "isActive": True}])
    return bms


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"details": f"<p>Broken</p><p>Ref: {KEY}</p>"}, True),
        ({"details": "rewritten", "customFields": json.dumps({"cf_3004": KEY})}, True),
        ({"details": "rewritten", "CustomFields": json.dumps({"cf_3004": "other"})}, False),
        ({"details": "rewritten", "customFields": json.dumps({"cf_3001": KEY})}, False),
        ({"details": f"Ref: {KEY}-note"}, False),
        ({"details": "Broken", "title": f"Ref: {KEY}"}, False),
    ],
)
def test_a_ticket_is_known_by_its_text_or_its_custom_field(
    fields: Bms, row: dict[str, Any], found: bool
) -> None:
    others = [{"id": i, "details": f"Ref: other{i}"} for i in range(1, 5)]
    mine = {"id": 501, "ticketNumber": "17", **row}
    fields.answer("GET", TICKETS, json=envelope([*others, mine], totalRecords=5))
    assert find(fields) == (TicketRef(501, "17") if found else None)


def test_the_search_covers_every_status_and_lasts_beyond_now_in_every_zone(fields: Bms) -> None:
    query = {
        "Filter.CreatedOnFrom": "2026-11-22T13:00:00+00:00",
        "Filter.CreatedOnTo": "2026-11-24T17:00:00+00:00",
        "Filter.ExcludeCompleted": "0",
        "PageSize": "100",
        "PageNumber": "1",
    }
    mine = {"id": 501, "details": f"Ref: {KEY}", "createdOn": "2026-11-23T14:00:00"}
    fields.answer("GET", TICKETS, [mine], query=query)
    assert find(fields) == TicketRef(501, "", datetime(2026, 11, 23, 14, tzinfo=UTC))


def test_the_oldest_of_several_is_ours_since_others_can_only_quote_it(fields: Bms) -> None:
    rows = [{"id": i, "details": f"Ref: {KEY}"} for i in (503, 501, 502)]
    fields.answer("GET", TICKETS, rows)
    found = find(fields)
    assert found is not None
    assert found.id == 501


def test_a_row_without_details_is_opened_before_it_is_ruled_out(fields: Bms) -> None:
    fields.answer("GET", TICKETS, [{"id": 500, "details": None}, {"id": 501}])
    fields.answer("GET", f"{TICKETS}/500", status=404, body="")
    fields.answer("GET", f"{TICKETS}/501", {"id": 501, "details": f"Ref: {KEY}"})
    found = find(fields)
    assert found is not None
    assert found.id == 501


def test_a_tenant_without_the_custom_field_is_searched_by_text(bms: Bms) -> None:
    bms.answer("GET", FIELDS, [])
    bms.answer("GET", TICKETS, [{"id": 501, "details": f"Ref: {KEY}"}])
    found = find(bms)
    assert found is not None


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "body": ""},
        {"json": {"success": False, "error": {"message": "No"}}},
        {"json": envelope(None)},
        {"body": "<html>"},
    ],
    ids=str,
)
def test_a_search_that_failed_never_means_that_there_is_no_ticket(
    fields: Bms, answer: dict[str, Any]
) -> None:
    fields.answer("GET", TICKETS, **answer)
    with pytest.raises(RetryLater):
        find(fields)


# --- attachments -----------------------------------------------------------------------------


def test_a_file_is_uploaded_whole_under_its_name_and_type(bms: Bms) -> None:
    bms.answer("POST", FILES, [{"id": 901, "originalFileName": "Büro 1.png"}])
    photo = Attachment("Büro 1.png", "image/png", bytes(range(256)))
    assert bms.gateway.attach(501, photo) == 901
    [request] = bms.requests(FILES)
    kind = request.headers["Content-Type"].encode()
    [part] = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + request.body).get_payload()
    assert 'name="formFile"; filename="Büro 1.png"'.encode() in request.body
    assert part.get_content_type() == "image/png"
    assert photo.content in request.body


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 413, "body": "Request Entity Too Large"}, RequestRejected),
        ({"json": envelope([])}, OutcomeUnknown),
        ({"json": envelope(None)}, OutcomeUnknown),
        ({"json": envelope([{"originalFileName": "a"}])}, OutcomeUnknown),
    ],
    ids=str,
)
def test_an_upload_counts_only_with_an_id(
    bms: Bms, answer: dict[str, Any], error: type[Exception]
) -> None:
    bms.answer("POST", FILES, **answer)
    with pytest.raises(error):
        bms.gateway.attach(501, Attachment("a.txt", "text/plain", b"a"))


@pytest.mark.parametrize(
    ("name", "options", "found"),
    [
        ("a.txt", {}, 901),
        ("b.txt", {}, 902),
        ("c.txt", {}, None),
        ("a.txt", {"besides": {901}}, 903),
        ("a.txt", {"since": NOW - timedelta(minutes=5)}, 903),
        ("b.txt", {"since": NOW - timedelta(minutes=5)}, 902),
    ],
)
def test_a_file_is_found_by_its_name_the_oldest_that_may_be_meant(
    bms: Bms, name: str, options: dict[str, Any], found: int | None
) -> None:
    old, new = (NOW - timedelta(hours=1)).isoformat(), NOW.isoformat()
    rows = [
        {"id": 901, "originalFileName": "a.txt", "createdOn": old},
        {"id": 902, "originalFileName": "b.txt"},
        {"id": 903, "originalFileName": "a.txt", "createdOn": new},
        {"id": 904, "originalFileName": None},
    ]
    query = {"PageSize": "100", "PageNumber": "1"}
    bms.answer("GET", FILES, query=query, json=envelope(rows, totalRecords=4))
    assert bms.gateway.find_attachment(501, name, **options) == found


# --- notes -----------------------------------------------------------------------------------


def test_an_internal_note_is_escaped_and_ends_with_its_reference(bms: Bms) -> None:
    bms.answer("GET", "/v2/system/lookup/NoteType", [{"id": 21, "name": "Task Notes"}])
    body = {
        "Details": f"2 &lt; 3 &amp; so on<br>second line<br><br>Ref: {KEY}-note",
        "IsInternal": True,
        "TypeId": 21,
        "NoteDate": "2026-11-23T15:00:00+00:00",
    }
    bms.answer(
        "POST", f"{TICKETS}/501/notes", {"id": 77}, match=[matchers.json_params_matcher(body)]
    )
    text = "2 < 3 & so on\nsecond line\n"
    assert bms.gateway.add_internal_note(501, text, reference=f"{KEY}-note", at=NOW) == 77


def test_a_note_is_known_by_its_whole_reference(bms: Bms) -> None:
    notes = [
        {"id": 75, "details": f"Ref: {KEY}"},
        {"id": 78, "details": f"again<br>Ref: {KEY}-note"},
        {"id": 77, "details": f"said<br>Ref: {KEY}-note"},
        {"id": 79, "details": None},
    ]
    bms.answer("GET", f"{TICKETS}/501/notes", notes)
    assert bms.gateway.find_note(501, f"{KEY}-note") == 77
    assert bms.gateway.find_note(501, "another") is None
