"""What `check --live` says of configured names, and of names that nothing is mapped to."""

import pytest
from support.live import Office, item
from support.sandbox import RawClient

from connector.live.findings import Level
from connector.sandbox.tenant import Item, Template

LOOKUP = "GET /v2/system/lookup/{tableName}"
TENANT_LOOKUP = "GET /v2/system/tenantlookup/{tableName}"


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
