"""`check --live` against a tenant in which one thing is wrong: that thing is found, and told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.live import Office
from support.sandbox import CONNECTOR_REFERENCE, REMOTE_RESPONSE_DUE, RawClient, ticket_body

from connector.errors import ExitCode
from connector.live.findings import Level, worst_exit_code
from connector.sandbox import Sandbox
from connector.sandbox.tenant import CustomField, Item, Template

LOOKUP = "GET /v2/system/lookup/{tableName}"
TENANT_LOOKUP = "GET /v2/system/tenantlookup/{tableName}"


@pytest.fixture
def office(tmp_path: Path, sandbox: Sandbox) -> Office:
    return Office(tmp_path, sandbox)


def item(items: list[Item], name: str) -> Item:
    return next(entry for entry in items if entry.name == name)


def test_on_the_reference_tenant_all_is_well_and_nothing_is_written(office: Office) -> None:
    found = office.look()

    assert found.wrong == []
    assert worst_exit_code(found) is ExitCode.DONE
    assert office.written() == []


def test_every_configured_name_is_shown_with_its_id(office: Office) -> None:
    found = office.look()

    ids = {name: i for f in found for name, i in dict(f.details.get("ids", {})).items()}
    assert ids["Help Desk"] == 38401
    assert ids["Will not turn on"] == 5021
    assert ids["Web Form"] == 3
    assert ids["Task Notes"] == 21
    assert ids["Biscayne Freight"] == 2003
    assert ids["Remote Response Due"] == 3001


def test_five_things_wrong_are_five_findings(office: Office) -> None:
    tenant = office.sandbox.tenant
    item(tenant.priorities, "Critical").name = "Critical (P1)"
    item(tenant.queues, "Emergency").is_active = False
    tenant.ticket_sources.append(Item(31, "Web Form"))
    tenant.contacts = [c for c in tenant.contacts if c.address != "unmatched@securenetmsp.com"]
    tenant.custom_fields.append(CustomField(3009, "Cost centre", is_required=True))

    found = office.look()

    errors = found.of(Level.ERROR)
    assert sorted(errors.subjects) == sorted(
        ["priority", "queue", "ticket source", "catch-all", "custom fields"]
    )
    assert len(errors) == 5
    assert all(finding.remedy for finding in errors)
    assert worst_exit_code(found) is ExitCode.PARTLY
    assert office.written() == []


# --- names -----------------------------------------------------------------------------------


def test_a_renamed_priority_is_told_with_the_nearest_name_and_where_it_is_used(
    office: Office,
) -> None:
    item(office.sandbox.tenant.priorities, "Critical").name = "Critical (P1)"

    [missing] = office.look().of(Level.ERROR)

    assert 'no priority called "Critical"' in missing.message
    assert "priorities.yaml Critical" in missing.message
    assert 'Did you mean "Critical (P1)"?' in missing.remedy


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("queues", "Help Desk", 'queue "Help Desk" is inactive'),
        ("statuses", "New", 'status "New" is inactive'),
        ("ticket_types", "Service Request", 'ticket type "Service Request" is inactive'),
        ("note_types", "Task Notes", 'note type "Task Notes" is inactive'),
    ],
)
def test_an_inactive_name_is_told_as_inactive(
    office: Office, kind: str, name: str, words: str
) -> None:
    item(getattr(office.sandbox.tenant, kind), name).is_active = False

    errors = office.look().of(Level.ERROR)

    assert [words in finding.message for finding in errors] == [True]


def test_an_inactive_account_is_told_as_inactive_though_bms_does_not_list_it(
    office: Office,
) -> None:
    item(list(office.sandbox.tenant.accounts), "Biscayne Freight").is_active = False

    [missing] = office.look().of(Level.ERROR)

    assert missing.message.startswith('The account "Biscayne Freight" is inactive')


def test_two_things_of_one_name_are_told_with_both_ids(office: Office) -> None:
    office.sandbox.tenant.ticket_sources.append(Item(31, "email"))

    [ambiguous] = office.look().of(Level.ERROR)

    assert "ids 2, 31" in ambiguous.message
    assert "Give the id instead" in ambiguous.remedy


def test_a_sub_issue_type_is_looked_for_under_its_own_issue_type(office: Office) -> None:
    access = next(t for t in office.sandbox.tenant.issue_types if t.name == "Access")
    item(access.subtypes, "Password reset").name = "Reset of password"

    [missing] = office.look().of(Level.ERROR)

    assert missing.subject == "sub-issue type"
    assert "rule 'own-login'" in missing.message


def test_a_note_type_given_by_id_needs_no_table(office: Office) -> None:
    office.sandbox.behaviour.lookup_tables = ()
    office.sandbox.behaviour.tenant_lookup_tables = ()
    office.replace("config.yaml", "  timeout: 5", "  timeout: 5\nnote_types: {internal: 21}")

    found = office.look()

    assert found.about("note type")[0].level is Level.OK


def test_a_mapped_template_whose_queue_is_gone_is_told(office: Office) -> None:
    item(office.sandbox.tenant.queues, "Onboarding").is_active = False

    warning = office.look().only_wrong()

    assert '"BMS account request" has the queue 38404' in warning.message


def test_names_kept_from_yesterday_do_not_hide_what_was_renamed_today(office: Office) -> None:
    assert office.look().wrong == []
    item(office.sandbox.tenant.queues, "Emergency").name = "Urgent"

    assert office.look().of(Level.ERROR).subjects == ["queue"]


# --- coverage --------------------------------------------------------------------------------


def test_priorities_and_templates_that_nothing_maps_to_are_told(office: Office) -> None:
    office.sandbox.tenant.priorities.append(Item(40485, "Scheduled"))
    office.sandbox.tenant.templates.append(Template(6009, "Camera problem"))

    found = office.look().wrong.about("coverage")

    assert [finding.details["unmapped"] for finding in found] == [
        ["Scheduled"],
        ["Camera problem"],
    ]


# --- catch-all -------------------------------------------------------------------------------


def test_a_catch_all_contact_at_another_account_is_told_with_that_account(office: Office) -> None:
    for contact in office.sandbox.tenant.contacts:
        if contact.address == "unmatched@securenetmsp.com":
            contact.account_id = 2001

    [missing] = office.look().of(Level.ERROR)

    assert missing.subject == "catch-all"
    assert "Harbor Dental Group" in missing.message


def test_without_a_catch_all_account_it_says_that_strangers_are_parked(office: Office) -> None:
    office.replace("config.yaml", "account: Unmatched Requests", "account: Unmatched Request")

    [missing] = office.look().of(Level.ERROR)

    assert 'Did you mean "Unmatched Requests"?' in missing.remedy
    assert "parked" in missing.remedy


# --- look-ups --------------------------------------------------------------------------------


def test_a_plural_table_on_the_other_path_is_found_and_shown(office: Office) -> None:
    office.sandbox.behaviour.lookup_tables = ()

    found = office.look()

    told = found.about("look-ups: ticket type")[0]
    assert told.details["used"] == ["/v2/system/tenantlookup/TicketType"]
    assert told.details["in_vain"] == ["/v2/system/lookup/TicketType"]


def test_without_tables_names_are_harvested_from_tickets_and_their_notes(
    office: Office, client: RawClient
) -> None:
    office.sandbox.behaviour.lookup_tables = ()
    office.sandbox.behaviour.tenant_lookup_tables = ()
    for source in (2, 3):
        ticket = client.create(SourceId=source, TypeId=9)
    note = {"Details": "x", "IsInternal": True, "TypeId": 21, "NoteDate": "2026-11-16T10:05:00Z"}
    client.call("POST", f"/v2/servicedesk/tickets/{ticket['id']}/notes", json=note)

    found = office.look()

    assert found.of(Level.ERROR) == []
    told = [finding for finding in found.wrong if finding.subject.startswith("look-ups")]
    assert len(told) == 3
    assert all("seen on tickets" in finding.message for finding in told)


def test_a_look_up_that_could_not_be_made_is_no_reason_to_ask_for_ids(office: Office) -> None:
    office.sandbox.faults.add("status", LOOKUP, status=429, retry_after="600")

    told = office.look().about("look-ups: note type")

    assert [(finding.level, finding.remedy) for finding in told] == [(Level.OK, "")]


def test_without_tables_and_tickets_it_asks_for_ids(office: Office) -> None:
    office.sandbox.behaviour.lookup_tables = ()
    office.sandbox.behaviour.tenant_lookup_tables = ()

    found = office.look()

    assert found.of(Level.ERROR).subjects == ["note type", "ticket source", "ticket type"]
    note_types = found.about("look-ups: note type")[0]
    assert "note_types.internal" in note_types.remedy


# --- custom fields ---------------------------------------------------------------------------


def test_a_required_field_that_is_not_always_filled_is_told(office: Office) -> None:
    desired = next(
        field for field in office.sandbox.tenant.custom_fields if field.name == "Desired Resolution"
    )
    desired.is_required = True

    [told] = office.look().of(Level.ERROR)

    assert "only when the requester names a date" in told.message


def test_a_field_of_ours_is_found_in_any_case_as_runs_find_it(office: Office) -> None:
    for field in office.sandbox.tenant.custom_fields:
        field.name = field.name.upper()
        field.is_required = field.name == "REMOTE RESPONSE DUE"

    found = office.look()

    assert found.wrong == []
    assert found.about("custom fields")[0].details["ids"]["Remote Response Due"] == 3001


def test_a_tenant_without_our_custom_fields_is_no_problem(office: Office) -> None:
    office.sandbox.tenant.custom_fields.clear()

    assert office.look().wrong == []


def with_dates(client: RawClient, *values: str) -> None:
    """Make tickets that have these values in a text field of the same type as our dates."""
    for field in client.sandbox.tenant.custom_fields:
        if field.id != CONNECTOR_REFERENCE:
            field.data_type = 7
    for value in values:
        data = [{"CustomFieldId": REMOTE_RESPONSE_DUE, "Data": value}]
        client.call("POST", "/v2/servicedesk/tickets", json=ticket_body(CustomFieldsData=data))


def test_the_date_format_is_learnt_from_existing_values(office: Office, client: RawClient) -> None:
    with_dates(client, "11/06/2026 06:05 PM", "11/26/2026 09:00 AM")

    [dates] = office.look().about("custom-field dates")

    assert dates.level is Level.OK
    assert dates.details["format"] == "us"


def test_values_that_may_be_american_or_european_ask_for_the_setting(
    office: Office, client: RawClient
) -> None:
    with_dates(client, "11/06/2026", "05/04/2026")

    [dates] = office.look().about("custom-field dates")

    assert dates.level is Level.WARNING
    assert dates.remedy == "set bms.custom_field_dates to eu-date or us-date"


def test_a_setting_that_existing_values_contradict_is_told(
    office: Office, client: RawClient
) -> None:
    with_dates(client, "2026-11-06")
    office.replace("config.yaml", "  timeout: 5", "  timeout: 5\n  custom_field_dates: us")

    [dates] = office.look().about("custom-field dates")

    assert dates.level is Level.WARNING
    assert dates.remedy == "set bms.custom_field_dates to iso-date"


# --- clocks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-5, 7])
def test_a_clock_that_is_off_is_told(tmp_path: Path, minutes: int) -> None:
    with Sandbox(now=lambda: datetime.now(UTC) + timedelta(minutes=minutes)) as sandbox:
        clock = Office(tmp_path, sandbox).look().only_wrong()

    assert clock.subject == "clock"
    assert clock.level is Level.ERROR
    assert abs(int(str(clock.details["seconds"])) + minutes * 60) <= 2


def test_dates_in_the_tenant_s_own_zone_ask_for_that_zone(office: Office) -> None:
    office.sandbox.behaviour.local_times_in = "America/New_York"

    zone = office.look().only_wrong()

    assert (zone.subject, zone.level) == ("time zone", Level.ERROR)
    assert zone.remedy == "set bms.time_zone to America/New_York"


def test_with_that_zone_configured_all_is_well(office: Office) -> None:
    office.sandbox.behaviour.local_times_in = "America/New_York"
    office.replace("config.yaml", "  timeout: 5", "  timeout: 5\n  time_zone: America/New_York")

    assert office.look().wrong == []


# --- rights, refusals, outages ---------------------------------------------------------------


def test_a_list_we_may_not_read_is_told_and_the_rest_is_checked_all_the_same(
    office: Office,
) -> None:
    office.sandbox.faults.add("status", "GET /v2/system/queues/lookup", status=403, times=None)
    item(office.sandbox.tenant.priorities, "High").name = "Tall"

    found = office.look()

    errors = found.of(Level.ERROR)
    assert set(errors.subjects) >= {"queue", "priority"}
    assert "does not let our API user list its queues" in errors.about("queue")[0].message
    assert "API access" in errors.about("queue")[0].remedy
    assert worst_exit_code(found) is ExitCode.REFUSED


def test_a_refused_sign_in_is_the_only_thing_told_of_bms(office: Office) -> None:
    office.sandbox.tenant.login = office.sandbox.tenant.login._replace(password="changed")

    found = office.look()

    refused = found.only_wrong()
    assert refused.subject == "sign-in"
    assert worst_exit_code(found) is ExitCode.REFUSED
    assert set(office.sandbox.calls) == {"POST /v2/security/authenticate"}


def test_when_bms_cannot_be_reached_that_is_all_it_tells_of_bms(office: Office) -> None:
    office.sandbox.stop()

    found = office.look()

    assert found.only_wrong().subject == "sign-in"
    assert worst_exit_code(found) is ExitCode.UNREACHABLE


# --- sources and budget ----------------------------------------------------------------------


def test_a_folder_that_is_missing_is_an_error(office: Office) -> None:
    (office.folder / "inbox").rmdir()

    assert office.look().only_wrong().subject == "source drop"


def test_a_check_leaves_nothing_behind_in_the_folder(office: Office) -> None:
    (office.folder / "inbox" / "processed").mkdir()
    (office.folder / "inbox" / "a.eml").write_bytes(b"x")

    [told] = office.look().about("source drop")

    assert "1 waiting" in told.message
    left = sorted(path.name for path in (office.folder / "inbox").rglob("*"))
    assert left == ["a.eml", "processed"]


def test_a_budget_that_is_nearly_spent_is_told(office: Office) -> None:
    office.replace("config.yaml", "  timeout: 5", "  timeout: 5\n  calls_per_hour: 8")

    told = office.look().about("call budget").of(Level.WARNING)

    assert any("/v2/servicedesk/templates" in finding.message for finding in told)
