"""`accounts import` of the same file again: after a kill, a change, a denial."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.killing import Killed, failing_at
from support.people_files import HARBOR, PALMETTO, found, listed, row, write_people
from support.workplace import Ran

from connector.ledger.store import SqlLedger
from connector.sandbox import Sandbox

Run = Callable[..., Ran]


def test_the_same_file_again_asks_for_nobody_twice(
    run: Run, sandbox: Sandbox, tmp_path: Path
) -> None:
    write_people(tmp_path, row(1), row(2))
    run("accounts", "import", "people.csv")
    run("sync")
    write_people(tmp_path, row(1), row(2), row(3))

    again = run("accounts", "import", "people.csv", "--json")
    run("sync")

    assert again.code == 0
    assert [len(each["ids"]) for each in again.json["requested"]] == [1]
    assert len(listed(run)) == 3
    assert len(sandbox.tickets) == 2


@pytest.mark.parametrize("then", ["again", "sync first"])
@pytest.mark.parametrize(
    ("method", "when", "nth"),
    [
        ("record", "before", 1),
        ("record", "after", 1),
        ("identify", "after", 1),
        ("open_access", "after", 1),
        ("record", "before", 2),
        ("record", "after", 2),
        ("open_access", "before", 2),
        ("tell_access", "after", 2),
    ],
)
def test_an_import_that_was_killed_goes_on_where_it_stopped(
    run: Run, sandbox: Sandbox, tmp_path: Path, method: str, when: str, nth: int, then: str
) -> None:
    write_people(tmp_path, row(1), row(2), row(3, PALMETTO))
    with pytest.raises(Killed), failing_at(SqlLedger, method, when, nth, Killed()):
        run("accounts", "import", "people.csv")

    if then == "sync first":
        assert run("sync").code == 0
    done = run("accounts", "import", "people.csv")
    assert run("sync").code == 0

    assert done.code == 0, done.err
    assert sorted(each["email"] for each in listed(run)) == [
        "novaab@harbordental.example",
        "novaac@harbordental.example",
        "novaad@palmettolegal.example",
    ]
    assert all(each["ticket_id"] for each in listed(run))
    assert len(sandbox.tickets) == 2


def test_what_an_interrupted_import_had_recorded_is_told_by_the_next(
    run: Run, tmp_path: Path
) -> None:
    write_people(tmp_path, row(1), row(2, PALMETTO))
    with pytest.raises(Killed), failing_at(SqlLedger, "open_access", "before", 1, Killed()):
        run("accounts", "import", "people.csv")

    done = run("accounts", "import", "people.csv")

    assert f"{HARBOR}: asked for 1 person (access 1), as an interrupted command" in done.out
    assert f"{PALMETTO}: asked for 1 person (access 2); the next sync" in done.out


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"role": "External Manager"}, "the role External User: withdraw"),
        ({"last": "Reyes-Diaz"}, "the name Novaab Reyes: withdraw"),
        ({"phone": "305-555-0101"}, "the phone left out: withdraw"),
        ({}, "nothing is done again"),
    ],
)
def test_a_row_that_was_changed_since_it_was_imported_is_told(
    run: Run, tmp_path: Path, changed: dict[str, str], told: str
) -> None:
    write_people(tmp_path, row(1))
    run("accounts", "import", "people.csv")
    write_people(tmp_path, row(1, **changed))

    again = run("accounts", "import", "people.csv", "--json").json

    (planned,) = again["rows"]
    assert (planned["found"], again["requested"]) == ("already requested", [])
    assert planned["what_follows"].endswith((told, f"{told} it there to ask anew"))


def test_a_dry_run_after_a_kill_knows_what_was_begun(run: Run, tmp_path: Path) -> None:
    write_people(tmp_path, row(1))
    with pytest.raises(Killed), failing_at(SqlLedger, "record", "after", 1, Killed()):
        run("accounts", "import", "people.csv")

    plan = run("accounts", "import", "people.csv", "--dry-run", "--json")

    assert set(found(plan).values()) == {"already requested"}
    assert listed(run) == []


def test_after_a_denial_the_same_person_can_be_asked_for_again(run: Run, tmp_path: Path) -> None:
    write_people(tmp_path, row(1))
    run("accounts", "import", "people.csv")
    run("sync")
    (first,) = listed(run)
    assert run("accounts", "deny", str(first["id"]), "--reason", "not yet").code == 0

    again = run("accounts", "import", "people.csv")
    run("sync")

    assert again.code == 0
    assert f"denied before, as access {first['id']}, and is asked for anew" in again.out
    assert sorted(each["state"] for each in listed(run)) == ["awaiting_approval", "denied"]
    assert len({each["ticket_id"] for each in listed(run)}) == 2
