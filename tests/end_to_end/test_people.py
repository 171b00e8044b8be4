"""What people ask of the installed script: demo, init, the ledger, explanations, logs."""

import json
import os
import pty
import re
import signal
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from support.endpoints import CREATE
from support.workplace import MONDAY_MORNING, SCRIPT, Workplace

from connector.sandbox import Sandbox

LATER = MONDAY_MORNING + timedelta(minutes=1)


@pytest.fixture
def empty(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


def test_the_demo_needs_nothing_and_shows_every_ticket_with_its_due_dates(
    empty: Workplace,
) -> None:
    ran = empty.run("demo")

    assert ran.code == 0, ran.err
    for told in ("Harbor Dental Group", "Internet or network down", "Critical", "DueDate"):
        assert told in ran.out
    assert "10 received, 9 created, 1 duplicate" in ran.out
    for told in ("Owen Price", "approved by Marta Ruiz", "awaiting_grant → active"):
        assert told in ran.out
    assert list(empty.folder.iterdir()) == []


def test_the_demo_keeps_its_ledger_on_demand(empty: Workplace) -> None:
    assert empty.run("demo", "--keep", "kept").code == 0

    listed = empty.run("--config", "kept/config.yaml", "requests", "list", "--json")

    assert len(listed.json) == 10


def test_the_demo_never_touches_a_folder_that_holds_something(empty: Workplace) -> None:
    mine = empty.folder / "config.yaml"
    mine.write_text("mine")

    ran = empty.run("demo", "--keep", ".")

    assert ran.code == 2
    assert mine.read_text() == "mine"
    assert [path.name for path in empty.folder.iterdir()] == ["config.yaml"]


def test_init_never_overwrites(empty: Workplace) -> None:
    mine = empty.folder / "mappings" / "clients.yaml"
    mine.parent.mkdir()
    mine.write_text("mine")

    ran = empty.run("init")

    assert ran.code == 0
    assert mine.read_text() == "mine"
    assert (empty.folder / "config.yaml").exists()
    assert (empty.folder / "mappings" / "sla.yaml").exists()


def test_what_init_wrote_passes_check_and_its_own_examples(empty: Workplace) -> None:
    empty.run("init")

    assert empty.run("check", env={"BMS_PASSWORD": "x"}).code == 0
    assert empty.run("mappings", "test").code == 0


@pytest.mark.parametrize("command", [["sync"], ["check"], ["requests", "list"]])
def test_without_a_config_every_command_says_how_to_get_one(
    empty: Workplace, command: list[str]
) -> None:
    ran = empty.run(*command)

    assert ran.code == 2
    assert "bms-connector init" in ran.err


def test_the_whole_story_of_a_request_can_be_read(workplace: Workplace, sandbox: Sandbox) -> None:
    workplace.drop_mail("URGENT: the internet is down")
    key = workplace.sync()["requests"][0]["key"]

    story = workplace.run("requests", "show", key).out

    (ticket,) = sandbox.tickets
    for told in ("mail.eml", "Marta Ruiz", "urgent", "Internet", ticket["TicketNumber"]):
        assert told.lower() in story.lower()


@pytest.mark.parametrize("by", ["number", "id", "--id"])
def test_a_ticket_is_explained_by_rule_and_in_sentences(
    workplace: Workplace, sandbox: Sandbox, by: str
) -> None:
    workplace.drop_mail("URGENT: the internet is down")
    workplace.sync()
    (ticket,) = sandbox.tickets
    args = [ticket["TicketNumber"]] if by == "number" else [str(ticket["Id"])]

    ran = workplace.run("explain", *args, *(["--id"] if by == "--id" else []))

    assert ran.code == 0, ran.err
    assert "marta.ruiz@harbordental.example" in ran.out
    assert re.search(r"Onsite response: .*due Monday 16 November 2026 at 11:20", ran.out)


def test_a_ticket_that_is_not_ours_cannot_be_explained(workplace: Workplace) -> None:
    ran = workplace.run("explain", "4711")

    assert ran.code == 1
    assert "4711" in ran.err


def test_an_ignored_request_is_kept_and_can_be_released(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop("empty.eml", b"")
    workplace.drop_mail("Printer")
    sandbox.faults.add("status", CREATE, status=400, times=None)
    workplace.sync()
    keys = {
        item["subject"]: item["key"] for item in workplace.run("requests", "list", "--json").json
    }

    assert workplace.run("requests", "ignore", keys["Printer"], "--reason", "spam").code == 0
    assert workplace.sync()["counts"]["received"] == 0
    sandbox.faults.clear()
    (ignored,) = workplace.run("requests", "list", "--state", "ignored", "--json").json
    assert ignored["reason"] == "spam"
    assert workplace.run("requests", "release", ignored["key"]).code == 0
    assert workplace.sync()["counts"]["created"] == 1


@pytest.mark.parametrize("action", ["release", "retry", "ignore"])
def test_acting_on_a_request_that_is_not_there_is_told(workplace: Workplace, action: str) -> None:
    ran = workplace.run("requests", action, "no-such-key")

    assert ran.code != 0
    assert "no-such-key" in ran.err
    assert "Traceback" not in ran.err


def test_reading_the_ledger_needs_no_password(workplace: Workplace) -> None:
    workplace.sync()
    del workplace.env["BMS_PASSWORD"]

    assert workplace.run("requests", "list").code == 0


def test_logs_for_machines_name_run_and_request_and_no_address_or_secret(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("Printer jam, call marta.ruiz@harbordental.example")

    ran = workplace.run("--log-format", "json", "--log-level", "debug", "sync", "--json")

    lines = [json.loads(line) for line in ran.err.splitlines()]
    assert all(line["run"] == ran.json["run"] for line in lines)
    assert any(line.get("request") == ran.json["requests"][0]["key"] for line in lines)
    assert "marta.ruiz@" not in ran.err
    assert sandbox.password not in ran.err + ran.out
    token = "Bearer"
    assert token not in ran.err


def test_the_password_is_nowhere_in_the_ledger(workplace: Workplace, sandbox: Sandbox) -> None:
    workplace.drop_mail("Printer jam")
    workplace.sync()

    for path in workplace.folder.glob("connector.db*"):
        assert sandbox.password.encode() not in path.read_bytes()


def test_on_a_terminal_progress_is_shown_and_in_a_pipe_it_is_not(workplace: Workplace) -> None:
    workplace.drop_mail("Printer jam", name="1.eml")
    assert "reading" not in workplace.run("sync").err
    workplace.drop_mail("Printer jam", name="2.eml")
    leader, follower = pty.openpty()
    environment = {**os.environ, **workplace.env, "TERM": "xterm"}
    done = subprocess.run(
        [SCRIPT, "sync"],
        cwd=workplace.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=follower,
        check=False,
        timeout=60,
    )
    os.close(follower)
    shown = os.read(leader, 100_000).decode(errors="replace")
    os.close(leader)

    assert done.returncode == 0
    assert "delivering" in shown


def test_the_sandbox_runs_alone_and_stops_cleanly(empty: Workplace) -> None:
    with subprocess.Popen(
        [SCRIPT, "sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=empty.folder
    ) as process:
        assert process.stdout is not None
        said = ""
        while "base_url" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0

    assert "http://127.0.0.1:" in said


def test_python_m_connector_is_the_same_program(empty: Workplace) -> None:
    assert empty.run("--version").out.startswith("bms-connector ")


def test_a_mail_that_waits_for_an_earlier_one_says_for_which(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("Printer jam", name="1.eml")
    text = workplace.drop_mail("Re: Printer jam", name="2.eml").read_text()
    in_reply = "In-Reply-To: <1.eml-unique@harbordental.example>\nSubject:"
    workplace.drop("2.eml", text.replace("Subject:", in_reply), at=LATER)
    sandbox.faults.add("drop", CREATE, after_commit=True)
    sync = workplace.sync()

    first, second = (each["key"] for each in sync["requests"])
    why = f"waits for {first} of the same conversation"
    shown = workplace.run("requests", "show", second)
    listed = workplace.run("requests", "list")

    assert sync["requests"][1]["reason"] == why
    assert re.search(rf"^why: +{why}$", shown.out, re.MULTILINE)
    assert workplace.run("requests", "show", second, "--json").json["reason"] == why
    assert why in listed.out
