"""`accounts verify`: who has access, who approved it, and what BMS shows otherwise."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.people_files import HARBOR, row, write_people
from support.workplace import Ran

from connector.sandbox import Sandbox

Run = Callable[..., Ran]

MARTA, DANA = "marta.ruiz@harbordental.example", "dana@palmettolegal.example"
OWEN = "owen.price@harbordental.example"


def verify(run: Run, *options: str) -> tuple[int, dict[str, str]]:
    """Return the exit code, and what was found by address."""
    ran = run("accounts", "verify", "--json", *options)
    return ran.code, {each["email"]: each["finding"] for each in ran.json["findings"]}


@pytest.fixture
def accepted(run: Run) -> None:
    """What the tenant has from before is accepted."""
    run("accounts", "verify", "--baseline")


@pytest.fixture
def owen(run: Run, sandbox: Sandbox, accepted: None) -> int:
    """Owen's login is approved, and waits for the technician; his id."""
    asked = ("accounts", "request", "--account", HARBOR, "--name", "Owen Price", "--email", OWEN)
    assert run(*asked).code == 0
    assert run("sync").code == 0
    (entry,) = run("accounts", "list", "--json").json
    evidence = ("--by", MARTA, "--evidence", "=cmd|' /C calc'!A0, by phone")
    assert run("accounts", "approve", str(entry["id"]), *evidence).code == 0
    assert run("sync").code == 0
    (entry,) = run("accounts", "list", "--json").json
    assert entry["state"] == "awaiting_grant"
    return int(entry["id"])


@pytest.fixture
def granted(run: Run, sandbox: Sandbox, owen: int) -> int:
    """Owen's login is there and verified; his id."""
    sandbox.person.grant_portal_access(OWEN)
    assert run("sync").code == 0
    (entry,) = run("accounts", "list", "--json").json
    assert entry["state"] == "active"
    return owen


def test_access_from_before_is_found_until_it_is_accepted(run: Run) -> None:
    found = {MARTA: "access without approval", DANA: "access without approval"}

    assert verify(run) == (1, found)
    assert verify(run, "--baseline") == (0, {})
    assert verify(run) == (0, {})


def test_access_given_past_the_connector_is_found(
    run: Run, sandbox: Sandbox, accepted: None
) -> None:
    sandbox.person.grant_portal_access("luis@palmettolegal.example")

    assert verify(run) == (1, {"luis@palmettolegal.example": "access without approval"})
    assert verify(run, "--account", HARBOR) == (0, {})


def test_approved_access_that_bms_does_not_show_is_found(run: Run, owen: int) -> None:
    assert verify(run) == (1, {OWEN: "approved, not granted"})


def test_access_that_was_approved_and_granted_is_in_order(run: Run, granted: int) -> None:
    assert verify(run) == (0, {})


def test_access_that_was_taken_away_since_is_found(
    run: Run, sandbox: Sandbox, granted: int
) -> None:
    sandbox.person.revoke_portal_access(OWEN)

    assert verify(run) == (1, {OWEN: "approved, not granted"})


def test_an_inactive_contact_with_access_is_found(run: Run, sandbox: Sandbox, granted: int) -> None:
    sandbox.person.set_contact_active(OWEN, is_active=False)

    assert verify(run) == (1, {OWEN: "contact inactive"})


def test_a_contact_that_is_gone_is_found(run: Run, sandbox: Sandbox, granted: int) -> None:
    contacts = sandbox.tenant.contacts
    contacts[:] = [each for each in contacts if each.address != OWEN]

    assert verify(run) == (1, {OWEN: "contact gone"})


def test_an_approval_for_one_account_is_none_for_another(
    run: Run, sandbox: Sandbox, granted: int
) -> None:
    contact = next(each for each in sandbox.tenant.contacts if each.address == OWEN)
    contact.account_id = 2002

    assert verify(run) == (1, {OWEN: "access without approval"})


def test_the_baseline_holds_for_the_address_that_was_accepted(
    run: Run, sandbox: Sandbox, accepted: None
) -> None:
    contact = next(each for each in sandbox.tenant.contacts if each.address == DANA)
    contact.addresses[0] = "mallory@palmettolegal.example"

    assert verify(run) == (1, {"mallory@palmettolegal.example": "access without approval"})
    assert verify(run, "--baseline") == (0, {})


def test_it_says_that_the_role_cannot_be_checked(run: Run, accepted: None) -> None:
    ran = run("accounts", "verify")

    assert ran.code == 0
    assert "the role cannot be read from BMS" in ran.out


def test_the_review_is_written_for_a_spreadsheet_and_no_cell_is_a_formula(
    run: Run, granted: int, tmp_path: Path
) -> None:
    assert run("accounts", "verify", "--csv", "review.csv").code == 0

    with (tmp_path / "review.csv").open(encoding="utf-8-sig", newline="") as file:
        rows: dict[str, dict[str, Any]] = {each["email"]: each for each in csv.DictReader(file)}
    assert set(rows) == {MARTA, DANA, OWEN}
    assert rows[OWEN]["approved by"] == MARTA
    assert rows[OWEN]["channel"] == "staff"
    assert rows[OWEN]["role asked for"] == "External User"
    assert rows[OWEN]["evidence"].startswith("'=cmd")
    assert rows[DANA]["in baseline"] == "yes"
    assert not any(cell[:1] in "=+-@" for each in rows.values() for cell in each.values() if cell)


def test_a_file_that_cannot_be_written_is_told(run: Run) -> None:
    ran = run("accounts", "verify", "--csv", "nowhere/review.csv")

    assert ran.code == 2
    assert "nowhere/review.csv" in ran.err


def test_people_who_wait_for_approval_are_no_finding(
    run: Run, accepted: None, tmp_path: Path
) -> None:
    write_people(tmp_path, row(1))
    run("accounts", "import", "people.csv")

    assert verify(run) == (0, {})
