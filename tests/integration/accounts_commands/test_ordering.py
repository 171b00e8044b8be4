"""`accounts request` and `accounts import`: the plan, what is refused, and doing it again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.people_files import (
    HARBOR,
    PALMETTO,
    few_calls,
    found,
    listed,
    people_csv,
    row,
    write_people,
)
from support.workplace import Ran

from connector.ledger.store import open_ledger
from connector.sandbox import Sandbox

Run = Callable[..., Ran]

OWEN = "Owen,Price,Owen.Price@HarborDental.example,,harbor dental group,"
OWEN_RESPELT = "Owen J.,Price,owen.price@harbordental.example,,Harbor Dental Group,"
LUIS_AT_HARBOR = "Luis,Ortega,luis@palmettolegal.example,,Harbor Dental Group,"
MARTA = "Marta,Ruiz,marta.ruiz@harbordental.example,,Harbor Dental Group,"
BAD = [
    row(90, email="no-address"),
    row(91, role="Administrator"),
    row(92, account="Nowhere Inc"),
    row(93, account="Unmatched Requests"),
    row(94, email=""),
]
MIXED = [*(row(n) for n in range(25)), *BAD, *(row(n, PALMETTO) for n in range(25, 45))]


def test_a_request_waits_for_approval_and_its_ticket_bears_it(run: Run, sandbox: Sandbox) -> None:
    asked = run(
        *("accounts", "request", "--account", HARBOR, "--name", "Ana Lopez"),
        *("--email", "Ana.Lopez@HarborDental.example", "--requested-by", MARTA.split(",")[2]),
    )
    assert asked.code == 0, asked.err
    (before,) = listed(run)
    assert run("sync").code == 0

    (entry,) = listed(run)
    (ticket,) = sandbox.tickets
    assert before["ticket_id"] is None
    assert entry["ticket_id"] == ticket["Id"]
    assert entry["id"] == before["id"]
    assert (entry["person"], entry["email"]) == ("Ana Lopez", "ana.lopez@harbordental.example")
    assert (entry["account"], entry["role"]) == (HARBOR, "External User")
    assert (entry["state"], entry["approved_by"]) == ("awaiting_approval", None)
    assert ticket["Title"] == "BMS account for Ana Lopez"
    assert "ana.lopez@harbordental.example" in ticket["Details"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--email", "ana"], "ana"),
        (["--account", "Harbor Dentl Group"], 'Did you mean "Harbor Dental Group"?'),
        (["--account", "Unmatched Requests"], "nobody can approve"),
        (["--requested-by", "marta"], "marta"),
        (["--first-name", "Ana"], "--name"),
    ],
)
def test_a_request_that_cannot_be_is_refused_with_a_reason(
    run: Run, wrong: list[str], told: str
) -> None:
    usual = ["--account", HARBOR, "--name", "Ana Lopez", "--email", "ana@harbordental.example"]

    refused = run("accounts", "request", *usual, *wrong)

    assert refused.code == 2
    assert told in refused.err
    assert listed(run) == []


def test_the_plan_says_of_every_row_what_is_known_and_what_follows(
    run: Run, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.person.set_contact_active("ingrid@biscaynefreight.example", is_active=False)
    ingrid = "Ingrid,Solberg,ingrid@biscaynefreight.example,,Biscayne Freight,External Manager"
    run("accounts", "request", "--account", HARBOR, "--name", "A B", "--email", "ab@x.example")
    rows = [OWEN, LUIS_AT_HARBOR, MARTA, ingrid, row(1), row(2, first="A", email="ab@x.example")]
    write_people(tmp_path, *rows)
    before = listed(run)

    plan = run("accounts", "import", "people.csv", "--dry-run", "--json")

    assert plan.code == 0, plan.err
    assert found(plan) == {
        "owen.price@harbordental.example": "known contact",
        "luis@palmettolegal.example": "in another account",
        "marta.ruiz@harbordental.example": "already has access",
        "ingrid@biscaynefreight.example": "inactive",
        "novaab@harbordental.example": "new",
        "ab@x.example": "already requested",
    }
    assert plan.json["requested"] == []
    assert listed(run) == before
    table = run("accounts", "import", "people.csv", "--dry-run").out
    assert "Luis Ortega of Palmetto Legal LLP" in table


def test_another_spelling_of_a_known_persons_name_is_told(run: Run, tmp_path: Path) -> None:
    write_people(tmp_path, OWEN_RESPELT)

    (planned,) = run("accounts", "import", "people.csv", "--dry-run", "--json").json["rows"]

    assert planned["found"] == "known by another name"
    assert "Owen Price" in planned["what_follows"]


def test_a_dry_run_on_a_new_installation_makes_no_ledger(run: Run, tmp_path: Path) -> None:
    write_people(tmp_path, row(1))

    assert run("accounts", "import", "people.csv", "--dry-run").code == 0

    assert not list(tmp_path.glob("connector.db*"))


def test_a_file_with_bad_rows_is_refused_whole_and_every_one_is_named(
    run: Run, tmp_path: Path
) -> None:
    write_people(tmp_path, *MIXED)

    refused = run("accounts", "import", "people.csv")

    lines = [line.split(":")[1] for line in refused.err.splitlines() if "people.csv:" in line]
    assert refused.code == 2
    assert lines == ["27", "28", "29", "30", "31"]
    assert listed(run) == []


def test_bad_rows_can_be_left_out(run: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    write_people(tmp_path, *MIXED)

    done = run("accounts", "import", "people.csv", "--skip-bad", "--json")

    assert done.code == 1
    assert [each["account"] for each in done.json["requested"]] == [HARBOR, PALMETTO]
    assert [len(each["ids"]) for each in done.json["requested"]] == [25, 20]
    assert [each["line"] for each in done.json["bad_rows"]] == [27, 28, 29, 30, 31]
    assert run("sync").code == 0
    assert sorted(ticket["Title"] for ticket in sandbox.tickets) == [
        "BMS accounts for Harbor Dental Group: 25 people",
        "BMS accounts for Palmetto Legal LLP: 20 people",
    ]
    assert len(listed(run)) == 45


def test_an_import_that_the_call_budget_stops_fails_and_records_nothing(
    run: Run, tmp_path: Path
) -> None:
    write_people(tmp_path, *(row(n) for n in range(12)))
    few_calls(tmp_path, 10)

    ran = run("accounts", "import", "people.csv")

    assert ran.code == 4
    assert "nothing of it was recorded" in ran.err
    assert listed(run) == []


def test_a_heading_that_names_no_column_is_told(run: Run, tmp_path: Path) -> None:
    text = people_csv([row(1)]).replace("Role", "Roll")
    (tmp_path / "people.csv").write_text(text, encoding="utf-8")

    assert "columns left aside: Roll" in run("accounts", "import", "people.csv").err


def test_a_file_that_cannot_be_read_is_not_helped_by_leaving_rows_out(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text("who,what\n", encoding="utf-8")

    ran = run("accounts", "import", "people.csv")

    assert ran.code == 2
    assert "--skip-bad" not in ran.err


def test_while_bms_cannot_be_reached_nothing_is_recorded_and_bad_rows_are_told(
    run: Run, sandbox: Sandbox, tmp_path: Path
) -> None:
    write_people(tmp_path, row(1), row(2, email="none"))
    sandbox.stop()

    ran = run("accounts", "import", "people.csv")

    assert ran.code == 4
    assert "people.csv:3" in ran.err
    with open_ledger(f"sqlite:///{tmp_path / 'connector.db'}", create=True) as ledger:
        assert ledger.listed(None, 10) == []


def test_what_is_no_csv_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"\x00\x01\x02")

    ran = run("accounts", "import", "people.csv")

    assert ran.code == 2
    assert "people.csv" in ran.err


def test_who_ordered_stands_in_the_trail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "olga")
    monkeypatch.setenv("SUDO_USER", "")
    run("accounts", "request", "--account", HARBOR, "--name", "A B", "--email", "ab@x.example")
    (entry,) = listed(run)

    story = run("accounts", "show", str(entry["id"]), "--json").json

    assert any("olga" in line["text"] for line in story["trail"])
    assert json.loads(json.dumps(story)) == story
