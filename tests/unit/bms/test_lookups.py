from typing import Any

import pytest
from support.bms import Bms

from connector.domain.tenant import Lookup, Named
from connector.errors import NameUnresolved, RetryLater

QUEUES = "/v2/system/queues/lookup"
ACCOUNTS = "/v2/crm/accounts/lookup"

HELP_DESK = {"id": 38401, "name": "Help Desk", "isActive": True}
EMERGENCY = {"id": 38402, "name": "Emergency"}
RETIRED = {"id": 38405, "name": "Retired", "isActive": False}


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (Lookup.ACCOUNT, ACCOUNTS),
        (Lookup.CUSTOM_FIELD, "/v2/system/customFields/22"),
        (Lookup.ISSUE_TYPE, "/v2/system/issuetypes/lookup"),
        (Lookup.PRIORITY, "/v2/system/priorities/lookup"),
        (Lookup.QUEUE, QUEUES),
        (Lookup.STATUS, "/v2/system/statuses/lookup"),
        (Lookup.TEMPLATE, "/v2/servicedesk/templates/tickets/lookup"),
        (Lookup.WORK_TYPE, "/v2/system/worktypes/lookup"),
    ],
)
def test_every_kind_is_resolved_from_its_own_list(bms: Bms, kind: Lookup, path: str) -> None:
    bms.answer("GET", path, [{"Id": 5, "Name": " Some Name "}])
    assert bms.gateway.resolve(kind, "some name") == Named(5, "Some Name")


def test_a_sub_issue_type_is_resolved_within_its_issue_type(bms: Bms) -> None:
    for parent, sub in ((501, 5011), (502, 5021)):
        path = f"/v2/system/issuetypes/{parent}/issuesubtypes/lookup"
        bms.answer("GET", path, [{"id": sub, "name": "Other"}])
    resolve = bms.gateway.resolve
    assert resolve(Lookup.SUB_ISSUE_TYPE, "Other", parent=502).id == 5021
    assert resolve(Lookup.SUB_ISSUE_TYPE, "Other", parent=501).id == 5011


def test_a_sub_issue_type_without_its_issue_type_is_unresolved(bms: Bms) -> None:
    with pytest.raises(NameUnresolved, match="without an issue type"):
        bms.gateway.resolve(Lookup.SUB_ISSUE_TYPE, "Other")


@pytest.mark.parametrize("name", ["Help Desk", "help desk", " HELP DESK\t", 38401])
def test_a_name_is_compared_trimmed_and_without_case_and_an_id_taken_as_it_is(
    bms: Bms, name: str | int
) -> None:
    bms.answer("GET", QUEUES, [HELP_DESK, EMERGENCY])
    assert bms.gateway.resolve(Lookup.QUEUE, name) == Named(38401, "Help Desk")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Help Dessk", 'no queue called "Help Dessk". Did you mean "Help Desk"?'),
        ("Help", 'no queue called "Help"'),
        ("xyz", "Write the name as it stands in BMS, or give the id"),
        ("Retired", 'queue "Retired" is inactive'),
        ("Twice", r"several things of the kind queue called \"Twice\" \(ids 7, 8\)"),
        (38405, "id 38405 is inactive"),
        (1, "id 1 is unknown"),
    ],
)
def test_what_cannot_be_resolved_says_why_and_what_is_near(
    bms: Bms, name: str | int, said: str
) -> None:
    twins = [{"id": 7, "name": "Twice"}, {"id": 8, "name": "twice "}]
    bms.answer("GET", QUEUES, [HELP_DESK, EMERGENCY, RETIRED, *twins])
    with pytest.raises(NameUnresolved, match=said.replace("?", r"\?")) as caught:
        bms.gateway.resolve(Lookup.QUEUE, name)
    assert caught.value.remedy


def test_an_inactive_namesake_does_not_make_a_name_ambiguous(bms: Bms) -> None:
    bms.answer("GET", QUEUES, [HELP_DESK, {**HELP_DESK, "id": 1, "isActive": False}])
    assert bms.gateway.resolve(Lookup.QUEUE, "Help Desk").id == 38401


# --- how often BMS is asked ------------------------------------------------------------------


def test_names_are_kept_for_24_hours(bms: Bms) -> None:
    bms.answer("GET", QUEUES, [HELP_DESK])
    for hours in (0, 12, 11.99):
        bms.clock.pass_by(hours=hours)
        bms.new_run()
        bms.gateway.resolve(Lookup.QUEUE, "Help Desk")
    assert len(bms.requests(QUEUES)) == 1
    bms.clock.pass_by(hours=0.01)
    bms.gateway.resolve(Lookup.QUEUE, "Help Desk")
    assert len(bms.requests(QUEUES)) == 2


def test_a_run_looks_into_the_cache_for_a_list_once_a_minute(bms: Bms) -> None:
    bms.answer("GET", QUEUES, [HELP_DESK])
    for seconds, asked in ((0, 1), (60, 1), (1, 2)):
        bms.clock.pass_by(seconds=seconds)
        bms.gateway.resolve(Lookup.QUEUE, "Help Desk")
        bms.cache.drop("names")  # so that only what is at hand is known
        assert len(bms.requests(QUEUES)) == asked


@pytest.mark.parametrize("new", ["Emergency", 38402])
def test_a_new_name_is_found_once_the_list_is_ten_minutes_old(bms: Bms, new: str | int) -> None:
    bms.answer("GET", QUEUES, [HELP_DESK])
    bms.answer("GET", QUEUES, [HELP_DESK, EMERGENCY])
    bms.gateway.resolve(Lookup.QUEUE, "Help Desk")
    bms.clock.pass_by(minutes=10)
    with pytest.raises(NameUnresolved):
        bms.gateway.resolve(Lookup.QUEUE, new)
    bms.clock.pass_by(seconds=1)
    assert bms.gateway.resolve(Lookup.QUEUE, new).id == 38402


def test_a_missing_name_is_asked_for_again_once_per_run(bms: Bms) -> None:
    bms.answer("GET", QUEUES, [HELP_DESK])
    for _ in range(3):
        bms.clock.pass_by(minutes=11)
        with pytest.raises(NameUnresolved):
            bms.gateway.resolve(Lookup.QUEUE, "Nope")
    assert len(bms.requests(QUEUES)) == 2
    bms.new_run()
    with pytest.raises(NameUnresolved):
        bms.gateway.resolve(Lookup.QUEUE, "Nope")
    assert len(bms.requests(QUEUES)) == 3


def test_a_list_that_cannot_be_read_is_no_missing_name(bms: Bms) -> None:
    bms.answer("GET", QUEUES, status=500, body="")
    with pytest.raises(RetryLater):
        bms.gateway.resolve(Lookup.QUEUE, "Help Desk")


# --- accounts --------------------------------------------------------------------------------


def test_accounts_are_read_page_by_page(bms: Bms) -> None:
    rows = [{"id": i, "name": f"Client {i}"} for i in range(1, 131)]
    for number, page in ((1, rows[:100]), (2, rows[100:])):
        query = {"PageSize": "100", "PageNumber": str(number)}
        bms.answer("GET", ACCOUNTS, page, query=query)
    assert bms.gateway.resolve(Lookup.ACCOUNT, "client 130").id == 130


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"json": {"Id": 9, "AccountName": "Gone", "IsActive": False}}, "inactive"),
        ({"status": 404, "body": ""}, "unknown"),
    ],
)
def test_an_account_id_that_is_not_listed_is_looked_at_itself(
    bms: Bms, answer: dict[str, Any], said: str
) -> None:
    bms.answer("GET", ACCOUNTS, [{"id": 1, "name": "Client 1"}])
    bms.answer("GET", "/v2/crm/accounts/summary/9", **answer)
    with pytest.raises(NameUnresolved, match=said):
        bms.gateway.resolve(Lookup.ACCOUNT, 9)


def test_an_account_that_is_newer_than_the_list_is_found_by_id_and_kept(bms: Bms) -> None:
    bms.answer("GET", ACCOUNTS, [{"id": 1, "name": "Client 1"}])
    new = {"Id": 9, "AccountName": "New", "IsActive": True}
    bms.answer("GET", "/v2/crm/accounts/summary/9", json=new)
    for _ in range(2):
        assert bms.gateway.resolve(Lookup.ACCOUNT, 9) == Named(9, "New")
    assert len(bms.requests("/v2/crm/accounts/summary/9")) == 1
    assert len(bms.requests(ACCOUNTS)) == 1
