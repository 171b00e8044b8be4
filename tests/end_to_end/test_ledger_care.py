"""`ledger` from the outside; and what every command says of a ledger that it must not use."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from support.postgres import Server
from support.waiting import wait_until
from support.workplace import SCRIPT, Workplace

from connector.errors import ExitCode
from connector.sandbox import Sandbox

COMMANDS = [
    "sync",
    "sync --dry-run",
    "run",
    "serve",
    "requests list",
    "requests show k",
    "requests release k",
    "explain 1042-11222026",
    "accounts list",
    "check --live",
    "ledger backup b.db",
    "ledger check",
    "ledger move --to postgresql://u@127.0.0.1:9/d",
]


def change(workplace: Workplace, sql: str) -> None:
    with closing(sqlite3.connect(workplace.folder / "connector.db")) as connection:
        connection.execute(sql)
        connection.commit()


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"connector.db-wal", "connector.db-shm"}


def refused_by_all(workplace: Workplace, words: str) -> None:
    """Every command refuses the ledger in one line with these words, and makes no file."""
    before = files(workplace.folder)
    for command in COMMANDS:
        ran = workplace.run(*command.split())
        assert ran.code == ExitCode.USAGE, (command, ran.err)
        assert words in ran.err, command
        assert "Traceback" not in ran.err
        assert "internal error" not in ran.err
    assert files(workplace.folder) == before


def test_every_command_refuses_a_ledger_of_a_newer_version(workplace: Workplace) -> None:
    workplace.run("requests", "list")
    change(workplace, "INSERT INTO ledger_migrations VALUES ('9999_from_the_future')")
    refused_by_all(
        workplace,
        "connector.db was written by a newer version (it has 9999_from_the_future). Install",
    )


def test_every_command_says_of_a_damaged_file_what_it_is(workplace: Workplace) -> None:
    (workplace.folder / "connector.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 20_000)
    refused_by_all(workplace, "connector.db is not a SQLite database. Let `state` name another")


@pytest.mark.parametrize("command", ["ledger backup b.db", "ledger check"])
def test_there_is_nothing_to_care_for_before_the_first_run(
    workplace: Workplace, command: str
) -> None:
    ran = workplace.run(*command.split())
    assert ran.code == ExitCode.USAGE
    assert "There is no ledger " in ran.err
    assert not (workplace.folder / "connector.db").exists()


def test_a_backup_is_taken_while_sync_works(workplace: Workplace) -> None:
    for number in range(40):
        workplace.drop_mail(f"Number {number}", name=f"{number}.eml")
    running = subprocess.Popen(
        [SCRIPT, "sync"],
        cwd=workplace.folder,
        env={**os.environ, **workplace.env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: workplace.names("processed"))
        taken = [workplace.run("ledger", "backup", f"{number}.db") for number in range(3)]
    finally:
        assert running.wait(120) == ExitCode.DONE
    assert [ran.code for ran in taken] == [ExitCode.DONE] * 3
    config = workplace.folder / "config.yaml"
    written = config.read_text(encoding="utf-8")
    for number in range(3):
        config.write_text(written.replace("connector.db", f"{number}.db"), encoding="utf-8")
        checked = workplace.run("ledger", "check")
        assert checked.code == ExitCode.DONE, checked.out
        assert checked.out.startswith("sound, 40 requests: ")


def test_a_fault_is_a_line_and_exit_code_1(workplace: Workplace) -> None:
    workplace.drop_mail("First")
    workplace.sync()
    change(workplace, "UPDATE requests SET ticket_id = NULL")
    ran = workplace.run("ledger", "check")
    assert ran.code == ExitCode.PARTLY
    [line] = ran.out.splitlines()
    assert "is created, and names no ticket" in line
    assert ran.err == "1 fault in the ledger\n"


@pytest.mark.service
def test_a_ledger_moves_and_says_so_ever_after(
    workplace: Workplace, sandbox: Sandbox, postgres: Server
) -> None:
    workplace.drop_mail("First")
    workplace.sync()
    workplace.env["NEW_STATE"] = postgres.create_new()
    moved = workplace.run("ledger", "move", "--to", "${NEW_STATE}")
    assert moved.code == ExitCode.DONE, moved.err
    assert "requests: 1" in moved.out.splitlines()
    assert postgres.password not in moved.out + moved.err

    refused_by_all(workplace, "connector.db has moved to the ledger test_")
    assert sandbox.tickets
    config = workplace.folder / "config.yaml"
    written = config.read_text(encoding="utf-8")
    config.write_text(written.replace("sqlite:///connector.db", "${NEW_STATE}"), encoding="utf-8")
    assert workplace.run("ledger", "check").out == "sound, 1 requests: 1 created\n"
    assert workplace.sync()["counts"]["created"] == 0
