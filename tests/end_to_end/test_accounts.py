"""Portal logins with the installed script: a mail, an import that is killed, and the review."""

import os
import signal
import subprocess
import threading

from support.endpoints import CONTACTS
from support.people_files import HARBOR, PALMETTO, people_csv, row
from support.workplace import SCRIPT, Workplace

from connector.sandbox import Exchange, Sandbox

MARTA, OWEN = "marta.ruiz@harbordental.example", "owen.price@harbordental.example"


def test_a_mailed_wish_becomes_a_verified_login(workplace: Workplace, sandbox: Sandbox) -> None:
    text = f"Please create a BMS account for Owen Price, {OWEN}."
    workplace.drop_mail("BMS account for Owen", text)
    assert workplace.sync()["exit"] == 0
    (asked,) = workplace.run("accounts", "list", "--json").json
    record_id = str(asked["id"])
    assert (asked["email"], asked["state"]) == (OWEN, "awaiting_approval")

    evidence = ("--evidence", "by phone")
    refused = workplace.run("accounts", "approve", record_id, "--by", OWEN, *evidence)
    assert refused.code == 1
    assert workplace.run("accounts", "approve", record_id, "--by", MARTA, *evidence).code == 0
    ran = workplace.run("sync", "--only", "accounts")
    assert ran.code == 0
    assert f"access {record_id}, Owen Price: approved → awaiting_grant" in ran.out
    assert "nothing to do" not in ran.out
    assert workplace.run("accounts", "list", "--json").json[0]["state"] == "awaiting_grant"
    sandbox.person.grant_portal_access(OWEN)
    granted = workplace.sync("--only", "accounts")
    assert granted["exit"] == 0
    assert [(each["was"], each["state"]) for each in granted["access"]] == [
        ("awaiting_grant", "active")
    ]

    (done,) = workplace.run("accounts", "list", "--json").json
    (ticket,) = sandbox.tickets
    assert (done["state"], done["approved_by"]) == ("active", MARTA)
    assert (done["ticket_id"], ticket["StatusName"]) == (ticket["Id"], "Completed")
    story = workplace.run("accounts", "show", record_id).out
    for told in ("Owen Price", "Marta Ruiz", "by phone", ticket["TicketNumber"]):
        assert told in story


def test_an_import_of_fifty_that_is_killed_half_way_is_finished_by_the_next(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    rows = [row(n, HARBOR if n % 2 else PALMETTO) for n in range(50)]
    (workplace.folder / "people.csv").write_text(people_csv(rows), encoding="utf-8")
    searched = threading.Event()

    def half_way(exchange: Exchange) -> None:
        if exchange.endpoint == CONTACTS and sandbox.calls[CONTACTS] == 20:
            killed.send_signal(signal.SIGKILL)
            searched.set()

    sandbox.observers.append(half_way)
    command = [SCRIPT, "accounts", "import", "people.csv"]
    environment = {**os.environ, **workplace.env}
    with subprocess.Popen(command, cwd=workplace.folder, env=environment) as killed:
        assert searched.wait(timeout=60)
    sandbox.observers.remove(half_way)
    assert killed.returncode == -signal.SIGKILL

    done = workplace.run("accounts", "import", "people.csv", "--json")
    again = workplace.run("accounts", "import", "people.csv", "--json")
    assert workplace.sync()["exit"] == 0

    assert (done.code, again.code) == (0, 0)
    assert [len(each["ids"]) for each in done.json["requested"]] == [25, 25]
    assert again.json["requested"] == []
    assert {each["found"] for each in again.json["rows"]} == {"already requested"}
    listed = workplace.run("accounts", "list", "--json").json
    assert len(listed) == 50
    assert len({each["email"] for each in listed}) == 50
    assert len(sandbox.tickets) == 2
    assert {each["ticket_id"] for each in listed} == {each["Id"] for each in sandbox.tickets}
