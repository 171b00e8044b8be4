"""`check --live --probe-write`: what one test ticket teaches, and that it is gone afterwards."""

import time
from collections.abc import Callable

import pytest
from support.endpoints import CREATE, PATCH, READ
from support.live import Findings, Office

from connector.bms.inspection import BmsInspection
from connector.domain.plan import TicketDraft
from connector.live.findings import Level
from connector.sandbox import Exchange
from connector.sandbox.operations import custom_fields

DELETE = "DELETE /v2/servicedesk/tickets/{ticketId}"


def probed(office: Office) -> Findings:
    return office.look(probe_write=True).about("write probe")


def learnt(found: Findings) -> dict[str, object]:
    return {name: value for finding in found for name, value in finding.details.items()}


def test_one_ticket_is_made_on_the_catch_all_account_and_deleted_again(office: Office) -> None:
    bodies = []
    office.sandbox.observers.append(
        lambda exchange: bodies.append(exchange.request_body) if exchange.endpoint == CREATE else 0
    )

    found = probed(office)

    assert office.sandbox.tickets == []
    assert office.sandbox.calls[CREATE] == office.sandbox.calls[DELETE] == 1
    assert b'"AccountId": 2009' in bodies[0]
    assert b"TEST of the BMS connector" in bodies[0]
    assert b"ContactId" not in bodies[0]
    assert found.wrong == []


@pytest.mark.parametrize("moves", [True, False])
def test_it_learns_whether_a_patch_moves_the_activity_time(office: Office, moves: bool) -> None:
    office.sandbox.behaviour.patch_moves_last_activity = moves

    assert learnt(probed(office))["patch_moves_activity"] is moves


@pytest.mark.parametrize(
    ("ignored", "works"),
    [((), ["dueDate", "/DueDate"]), (("/*",), ["dueDate"]), (("[!/]*",), ["/DueDate"])],
)
def test_it_learns_which_spelling_of_the_path_works(
    office: Office, ignored: tuple[str, ...], works: list[str]
) -> None:
    office.sandbox.behaviour.patch_ignores = ignored

    assert learnt(probed(office))["paths"] == works


def test_a_patch_that_changes_nothing_is_an_error(office: Office) -> None:
    office.sandbox.behaviour.patch_ignores = ("*",)

    [told] = probed(office).of(Level.ERROR)

    assert "does not work" in told.message
    assert office.sandbox.tickets == []


def test_a_due_date_that_bms_fills_in_itself_is_told(office: Office) -> None:
    office.sandbox.behaviour.native_due_hours = 4.0

    told = probed(office).only_wrong()

    assert "existing_due_date" in told.remedy


def test_a_fresh_ticket_tells_the_zone_of_dates(office: Office) -> None:
    office.sandbox.behaviour.local_times_in = "America/New_York"

    zones = office.look(probe_write=True).about("time zone").of(Level.ERROR)

    assert len(zones) == 2
    assert "creation of a ticket" in zones[1].message


@pytest.mark.parametrize(
    "fault",
    [
        (PATCH, {"kind": "status", "status": 500}),
        (PATCH, {"kind": "status", "status": 403}),
        (PATCH, {"kind": "drop"}),
        (DELETE, {"kind": "status", "status": 500}),
        (DELETE, {"kind": "drop", "after_commit": True}),
        (READ, {"kind": "status", "status": 500}),
        (CREATE, {"kind": "drop", "after_commit": True}),
        (CREATE, {"kind": "truncate"}),
    ],
    ids=str,
)
def test_the_ticket_is_gone_whatever_fails_in_between(
    office: Office, fault: tuple[str, dict[str, object]]
) -> None:
    endpoint, options = fault
    options = dict(options)
    office.sandbox.faults.add(str(options.pop("kind")), endpoint, **options)

    found = probed(office)

    assert office.sandbox.tickets == []
    assert found


def test_a_ticket_that_cannot_be_deleted_is_named(office: Office) -> None:
    office.sandbox.faults.add("status", DELETE, status=403, times=None)

    [left] = probed(office).of(Level.ERROR)

    [ticket] = office.sandbox.tickets
    assert ticket["TicketNumber"] in left.message
    assert "by hand" in left.remedy


def test_a_ticket_that_the_search_does_not_show_yet_is_told_by_its_reference(
    office: Office,
) -> None:
    office.sandbox.behaviour.search_lag_seconds = 3600
    office.sandbox.faults.add("drop", CREATE, after_commit=True)

    told = probed(office).of(Level.ERROR)[-1]

    [ticket] = office.sandbox.tickets
    assert told.message.split("`")[1] in ticket["Details"]


def test_a_create_that_a_person_interrupts_leaves_no_ticket(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = BmsInspection.create_test_ticket

    def interrupted(bms: BmsInspection, draft: TicketDraft) -> None:
        create(bms, draft)
        raise KeyboardInterrupt

    monkeypatch.setattr(BmsInspection, "create_test_ticket", interrupted)

    with pytest.raises(KeyboardInterrupt):
        office.look(probe_write=True)

    assert office.sandbox.calls[CREATE] == 1
    assert office.sandbox.tickets == []


# --- custom fields ---------------------------------------------------------------------------


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have date fields of BMS take only dates of this `strptime` format."""

    def set_format(pattern: str) -> None:
        def is_date(text: str | None) -> bool:
            try:
                return bool(time.strptime(text or "", pattern))
            except ValueError:
                return False

        monkeypatch.setattr(custom_fields, "_is_date", is_date)

    return set_format


def about_dates(office: Office) -> Findings:
    """Return what the probe itself, not the look at existing tickets, found on dates."""
    return Findings(office.look(probe_write=True).about("custom-field dates")[1:])


def test_the_test_ticket_has_the_custom_fields_of_every_new_ticket(office: Office) -> None:
    for field in office.sandbox.tenant.custom_fields:
        field.is_required = field.name != "Desired Resolution"

    [told] = about_dates(office)

    assert told.level is Level.OK
    assert told.details["format"] == "iso"
    assert office.sandbox.calls[CREATE] == 1


@pytest.mark.parametrize(
    ("pattern", "how"),
    [("%m/%d/%Y %I:%M %p", "us"), ("%d/%m/%Y %H:%M", "eu"), ("%m/%d/%Y", "us-date")],
)
def test_the_format_of_dates_is_learnt_by_trying_and_used_from_then_on(
    office: Office, takes: Callable[[str], None], pattern: str, how: str
) -> None:
    takes(pattern)

    [learnt] = about_dates(office)
    [again] = about_dates(office)

    assert (learnt.level, learnt.details["format"]) == (Level.OK, how)
    assert f"a new ticket keeps our custom fields, dates written as {how}" in again.message
    assert office.sandbox.tickets == []


def test_a_configured_format_that_bms_does_not_take_is_an_error_with_the_one_it_takes(
    office: Office, takes: Callable[[str], None]
) -> None:
    takes("%m/%d/%Y %I:%M %p")
    office.replace("config.yaml", "  timeout: 5", "  timeout: 5\n  custom_field_dates: eu")

    [told] = about_dates(office)

    assert told.level is Level.ERROR
    assert "is not a date" in told.message
    assert told.remedy == "set it to us, which it takes"


def test_dates_that_bms_takes_in_no_format_are_an_error(
    office: Office, takes: Callable[[str], None]
) -> None:
    takes("%j of %Y")

    [told] = about_dates(office)

    assert told.level is Level.ERROR
    assert "takes no format of ours" in told.message
    assert office.sandbox.tickets == []


def test_a_value_that_bms_answers_well_and_does_not_keep_is_told(office: Office) -> None:
    def forget(_exchange: Exchange) -> None:
        for values in office.sandbox._store.custom_values.values():
            values.clear()

    office.sandbox.observers.append(forget)

    [told] = about_dates(office)

    assert told.level is Level.ERROR
    assert "it shows None where" in told.message


def test_without_custom_fields_of_ours_none_is_tried(office: Office) -> None:
    office.sandbox.tenant.custom_fields.clear()

    assert office.look(probe_write=True).about("custom-field dates") == []
    assert office.sandbox.calls[CREATE] == 1
