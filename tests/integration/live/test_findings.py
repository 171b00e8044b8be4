"""`check --live` against a tenant in which one thing is wrong: that thing is found, and told."""

from support.live import Office, item

from connector.errors import ExitCode
from connector.live.findings import Level, worst_exit_code
from connector.sandbox.tenant import CustomField, Item

LOOKUP = "GET /v2/system/lookup/{tableName}"
TENANT_LOOKUP = "GET /v2/system/tenantlookup/{tableName}"


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
