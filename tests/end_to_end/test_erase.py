"""`requests erase` by the installed script, and what a person hears of it."""

import os
import pty
import subprocess

import pytest
from support.workplace import SCRIPT, Workplace

from connector.sandbox import Sandbox

MARTA = "marta.ruiz@harbordental.example"


@pytest.fixture
def key(workplace: Workplace) -> str:
    """A request of Marta that became a ticket."""
    workplace.drop_mail("Printer jam", "The tray of Marta Ruiz is stuck")
    key: str = workplace.sync()["requests"][0]["key"]
    return key


def on_disk(workplace: Workplace) -> str:
    files = sorted(workplace.folder.glob("connector.db*"))
    return b"".join(path.read_bytes() for path in files).decode("latin-1").lower()


def test_a_request_is_erased_by_its_key_and_says_so_afterwards(
    workplace: Workplace, key: str, sandbox: Sandbox
) -> None:
    ran = workplace.run("requests", "erase", key, "--yes")

    assert (ran.code, ran.err) == (0, "")
    assert f"{key}: erased" in ran.out
    assert sandbox.tickets[0]["TicketNumber"] in ran.out
    assert str(workplace.inbox / "processed") in ran.out
    shown = workplace.run("requests", "show", key).out
    assert "erased on" in shown
    assert "Marta" not in shown
    assert "Printer" not in shown
    told = workplace.run("requests", "show", key, "--json").json
    assert told["erased"]
    assert told["erased_by"]
    assert told["result"]["rules"]
    assert "Printer" in sandbox.tickets[0]["Title"]
    assert workplace.names("processed") == ["mail.eml"]


def test_nothing_of_a_sender_is_left_in_the_ledgers_file(workplace: Workplace, key: str) -> None:
    assert "marta" in on_disk(workplace)

    ran = workplace.run("requests", "erase", "--address", MARTA.upper(), "--yes")

    assert ran.code == 0, ran.err
    assert f"{key}: erased" in ran.out
    left = on_disk(workplace)
    assert "marta" not in left
    assert "printer jam" not in left


def test_the_same_mail_is_a_duplicate_afterwards_and_can_be_erased_too(
    workplace: Workplace, key: str, sandbox: Sandbox
) -> None:
    workplace.run("requests", "erase", key, "--yes")
    workplace.drop_mail("Printer jam", "The tray of Marta Ruiz is stuck")
    [again] = workplace.sync()["requests"]
    assert again["outcome"] == "duplicate"
    assert len(sandbox.tickets) == 1

    ran = workplace.run("requests", "erase", key, "--yes")

    assert f"{again['key']}: erased" in ran.out
    assert f"{key}: was erased before" in ran.out
    assert ran.code == 0


def test_what_waits_for_a_person_is_kept_until_it_was_set_aside(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    sandbox.faults.add("status", "POST /v2/servicedesk/tickets", status=400, times=None)
    workplace.drop_mail("Printer jam")
    [parked] = workplace.sync()["requests"]
    key = parked["key"]

    ran = workplace.run("requests", "erase", "--address", MARTA, "--yes")

    assert ran.code == 1
    assert f"requests ignore {key}" in ran.err
    workplace.run("requests", "ignore", key)
    assert workplace.run("requests", "erase", key, "--yes").code == 0
    ran = workplace.run("requests", "release", key)
    assert ran.code == 1
    assert "nothing left to send on" in ran.err
    assert "erased on" in ran.err


def test_where_nobody_can_answer_nothing_is_erased(workplace: Workplace, key: str) -> None:
    done = subprocess.run(
        [SCRIPT, "requests", "erase", key],
        cwd=workplace.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert "Traceback" not in done.stderr
    assert workplace.run("requests", "show", key, "--json").json["erased"] is None


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 1), (b"y\n", 0)])
def test_a_person_is_asked_first(workplace: Workplace, key: str, answer: bytes, code: int) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [SCRIPT, "requests", "erase", key],
        cwd=workplace.folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        os.write(ours, answer)
        _, err = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == code
    assert b"Erase the content of 1 request for good?" in err
    was_erased = workplace.run("requests", "show", key, "--json").json["erased"] is not None
    assert was_erased is (code == 0)


@pytest.mark.parametrize(
    "args", [[], ["k1", "--address", MARTA], ["--address", "marta"], ["no-such-key", "--yes"]]
)
def test_what_cannot_be_meant_is_refused(workplace: Workplace, args: list[str]) -> None:
    ran = workplace.run("requests", "erase", *args)

    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_an_address_that_nobody_wrote_from_is_no_mistake(workplace: Workplace, key: str) -> None:
    ran = workplace.run("requests", "erase", "--address", "nobody@x.example", "--yes")

    assert ran.code == 0
    assert "no request came from nobody@x.example" in ran.out
    assert workplace.run("requests", "show", key, "--json").json["erased"] is None


def test_a_message_that_retention_dropped_is_told_of(workplace: Workplace) -> None:
    workplace.drop_mail("Printer jam")
    key = workplace.sync()["requests"][0]["key"]
    _settle_long_ago(workplace)

    workplace.sync()

    shown = workplace.run("requests", "show", key).out
    assert "retention.raw_days" in shown
    assert "Printer jam" in shown


def _settle_long_ago(workplace: Workplace) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(workplace.folder / "connector.db")) as connection:
        connection.execute("UPDATE requests SET settled_at = '2020-01-01T00:00:00.000000+00:00'")
        connection.commit()
