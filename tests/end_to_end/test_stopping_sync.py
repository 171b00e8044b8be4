"""Ctrl-C and SIGTERM in a plain `sync`: it stops cleanly, and says so."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from support.endpoints import CONTACTS, CREATE
from support.waiting import PATIENCE, wait_until
from support.workplace import SCRIPT, Workplace

from connector.sandbox import Sandbox

from .conftest import write_config

Sync = subprocess.Popen[str]


@pytest.fixture
def start(workplace: Workplace, sandbox: Sandbox) -> Iterator[Callable[..., Sync]]:
    """Start `sync --json` over three mails; whatever is left of it is killed."""
    write_config(workplace, sandbox, search_settle=0, workers=1)
    for number in range(3):
        workplace.drop_mail(f"Printer jam {number}", name=f"{number}.eml")
    started: list[Sync] = []

    def start_one(*args: str) -> Sync:
        sync = subprocess.Popen(
            [SCRIPT, "sync", "--json", *args],
            cwd=workplace.folder,
            env={**os.environ, **workplace.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        started.append(sync)
        return sync

    yield start_one
    for sync in started:
        sync.kill()
        sync.communicate()


def wait_for_call(sandbox: Sandbox, call: str) -> None:
    wait_until(lambda: any(fault.struck for fault in sandbox.faults.all if fault.endpoint == call))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_request_at_work_is_finished_and_the_rest_waits_for_the_next_run(
    workplace: Workplace, sandbox: Sandbox, start: Callable[..., Sync], number: int
) -> None:
    sandbox.faults.add("delay", CREATE, seconds=1)
    sync = start()
    wait_for_call(sandbox, CREATE)

    sync.send_signal(number)
    out, err = sync.communicate(timeout=PATIENCE)

    assert sync.returncode == 0, err
    report = json.loads(out)
    assert (report["counts"]["created"], report["counts"]["pending"]) == (1, 2)
    assert report["conserved"] is True
    assert "stopped as asked" in err
    assert "Aborted" not in err
    assert workplace.sync()["counts"]["created"] == 2
    assert len(sandbox.tickets) == 3


def test_a_second_ctrl_c_ends_it_at_once_and_no_ticket_is_made_twice(
    workplace: Workplace, sandbox: Sandbox, start: Callable[..., Sync]
) -> None:
    sandbox.faults.add("delay", CREATE, seconds=5, after_commit=True)
    sync = start()
    wait_for_call(sandbox, CREATE)

    sync.send_signal(signal.SIGINT)
    time.sleep(0.2)
    sync.send_signal(signal.SIGINT)

    assert sync.wait(timeout=3) == -signal.SIGINT
    assert workplace.sync()["counts"]["created"] == 3
    assert len(sandbox.tickets) == 3


def test_a_dry_run_stops_as_well(
    workplace: Workplace, sandbox: Sandbox, start: Callable[..., Sync]
) -> None:
    sandbox.faults.add("delay", CONTACTS, seconds=1)
    sync = start("--dry-run")
    wait_for_call(sandbox, CONTACTS)

    sync.send_signal(signal.SIGINT)
    out, err = sync.communicate(timeout=PATIENCE)

    assert sync.returncode == 0, err
    assert json.loads(out)["counts"] == {**json.loads(out)["counts"], "created": 1, "pending": 2}
    assert sandbox.calls["GET /v2/servicedesk/tickets"] == 0
    assert "stopped as asked" in err
    assert workplace.sync()["counts"]["created"] == 3
