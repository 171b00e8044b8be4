"""`accounts approve`, `deny`, `withdraw`, `list` and `show`: by whom, with what, and refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.people_files import HARBOR, few_calls, listed, row, write_people
from support.workplace import Ran

from connector.sandbox import Sandbox

Run = Callable[..., Ran]

MARTA = "marta.ruiz@harbordental.example"
EVIDENCE = "by phone, called back on 305-555-0101"


@pytest.fixture
def asked(run: Run, tmp_path: Path) -> int:
    """Two people of Harbor Dental await an approval; the id of the first."""
    write_people(tmp_path, row(1), row(2))
    assert run("accounts", "import", "people.csv").code == 0
    assert run("sync").code == 0
    return min(each["id"] for each in listed(run))


def states(run: Run) -> list[str]:
    return sorted(each["state"] for each in listed(run))


def approve(run: Run, record_id: int, by: str = MARTA, evidence: str = EVIDENCE) -> Ran:
    return run("accounts", "approve", str(record_id), "--by", by, "--evidence", evidence)


def test_an_approval_covers_the_whole_list_and_keeps_who_recorded_it(
    run: Run, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "olga")
    monkeypatch.setenv("SUDO_USER", "")

    approved = approve(run, asked, by=MARTA.upper())

    assert approved.code == 0, approved.err
    assert states(run) == ["approved", "approved"]
    assert {each["approved_by"] for each in listed(run)} == {MARTA}
    (approval,) = run("accounts", "show", str(asked), "--json").json["approvals"]
    assert approval["evidence"] == EVIDENCE
    assert approval["recorded_by"] == "olga"
    assert approval["counts"]
    shown = run("accounts", "show", str(asked)).out
    for told in ("Marta Ruiz", EVIDENCE, "recorded by olga"):
        assert told in shown


def test_approving_again_changes_nothing_and_says_so(run: Run, asked: int) -> None:
    approve(run, asked)

    again = approve(run, asked + 1)

    assert again.code == 0
    assert "nothing has changed" in again.out
    assert len(run("accounts", "show", str(asked), "--json").json["approvals"]) == 1


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("owen.price@harbordental.example", "no active point of contact"),
        ("dana@palmettolegal.example", "of Harbor Dental Group"),
        ("nobody@elsewhere.example", "of Harbor Dental Group"),
    ],
)
def test_who_may_not_approve_is_refused_with_exit_code_1(
    run: Run, asked: int, by: str, told: str
) -> None:
    refused = approve(run, asked, by=by)

    assert refused.code == 1
    assert by in refused.err
    assert told in refused.err
    assert "Traceback" not in refused.err
    assert states(run) == ["awaiting_approval", "awaiting_approval"]


def test_a_point_of_contact_who_lost_the_flag_is_refused(
    run: Run, asked: int, sandbox: Sandbox
) -> None:
    sandbox.person.set_poc(MARTA, is_poc=False)

    assert approve(run, asked).code == 1
    assert states(run) == ["awaiting_approval", "awaiting_approval"]


def test_an_approval_without_evidence_is_refused(run: Run, asked: int) -> None:
    assert approve(run, asked, evidence=" ").code == 1
    assert run("accounts", "approve", str(asked), "--by", MARTA).code == 2


@pytest.mark.parametrize("command", ["approve", "deny", "withdraw", "show"])
def test_an_id_that_there_is_not_is_told(run: Run, command: str) -> None:
    options = {
        "approve": ["--by", MARTA, "--evidence", EVIDENCE],
        "deny": ["--reason", "no"],
        "withdraw": ["--reason", "no"],
        "show": [],
    }

    ran = run("accounts", command, "4711", *options[command])

    assert ran.code in (1, 2)
    assert "4711" in ran.err


def test_a_denial_ends_it_for_everybody_and_its_reason_is_kept(run: Run, asked: int) -> None:
    assert run("accounts", "deny", str(asked), "--reason", "they left").code == 0

    assert states(run) == ["denied", "denied"]
    assert "they left" in run("accounts", "show", str(asked)).out
    assert approve(run, asked).code == 1


def test_one_person_can_be_withdrawn_and_the_others_go_on(run: Run, asked: int) -> None:
    assert run("accounts", "withdraw", str(asked), "--reason", "found another way").code == 0
    assert approve(run, asked + 1).code == 0

    assert {each["id"]: each["state"] for each in listed(run)} == {
        asked: "withdrawn",
        asked + 1: "approved",
    }


def test_the_list_can_be_narrowed_and_names_whose_approval_is_missing(run: Run, asked: int) -> None:
    run("accounts", "withdraw", str(asked), "--reason", "x")

    awaiting = listed(run, "--state", "awaiting_approval")

    assert [each["id"] for each in awaiting] == [asked + 1]
    (_, person) = run("accounts", "show", str(asked + 1), "--json").json["people"]
    assert MARTA in person["waits_for"]
    assert len(listed(run, "--account", HARBOR.upper())) == 2
    assert listed(run, "--account", "Palmetto Legal LLP") == []
    assert listed(run, "--kind", "other") == []


def test_the_list_for_scripts_has_exactly_the_keys_they_rely_on(run: Run, asked: int) -> None:
    keys = ["id", "person", "email", "account", "role", "state", "ticket_id", "approved_by"]
    decided = run("accounts", "withdraw", str(asked), "--reason", "x", "--json").json

    for each in [*listed(run), *decided]:
        assert list(each) == keys


@pytest.mark.parametrize(
    "command", [["approve", "1", "--by", MARTA, "--evidence", EVIDENCE], ["verify"]]
)
def test_a_command_that_the_call_budget_stops_fails_and_says_what_did_not_happen(
    run: Run, asked: int, tmp_path: Path, command: list[str]
) -> None:
    assert asked == 1
    few_calls(tmp_path, 3)
    run("accounts", "verify")
    run("accounts", "verify")

    ran = run("accounts", *command)

    assert ran.code == 4
    assert "nothing was" in ran.err
    assert states(run) == ["awaiting_approval", "awaiting_approval"]


def test_looking_needs_no_password(run: Run, asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BMS_PASSWORD")

    assert run("accounts", "list").code == 0
    assert run("accounts", "show", str(asked)).code == 0
