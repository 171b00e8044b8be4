"""What `check --live` says of custom fields, their dates, and of clocks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.live import Office
from support.sandbox import CONNECTOR_REFERENCE, REMOTE_RESPONSE_DUE, RawClient, ticket_body

from connector.live.findings import Level
from connector.sandbox import Sandbox

LOOKUP = "GET /v2/system/lookup/{tableName}"
TENANT_LOOKUP = "GET /v2/system/tenantlookup/{tableName}"


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
