"""`run`, the scheduler, as a service manager starts and stops it."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.endpoints import CREATE
from support.waiting import wait_until
from support.workplace import SCRIPT, Workplace

from connector.pipeline.steps import STEPS
from connector.sandbox import Sandbox

from .conftest import write_config

PATIENCE = 15.0

Scheduler = subprocess.Popen[bytes]


@pytest.fixture
def busy(workplace: Workplace, sandbox: Sandbox) -> Workplace:
    """A workplace whose steps run every second, and whose searches need no settling."""
    write_config(workplace, sandbox, search_settle=0)
    config = workplace.folder / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("timeout: 5", "timeout: 60")
    config.write_text(f"{text}run: {{intake: 1, deliver: 1, sla: 1}}\n", encoding="utf-8")
    return workplace


@pytest.fixture
def start(busy: Workplace) -> Iterator[Callable[[], Scheduler]]:
    """Start `run` in the workplace, its log in run.log; whatever is left of it is killed."""
    started: list[Scheduler] = []

    def start_one() -> Scheduler:
        with (busy.folder / "run.log").open("ab") as log:
            command = [SCRIPT, "--log-format", "json", "run"]
            env = {**os.environ, **busy.env}
            scheduler = subprocess.Popen(command, cwd=busy.folder, env=env, stderr=log)
        started.append(scheduler)
        wait_until(lambda: "started" in {line["event"] for line in log_of(busy)})
        return scheduler

    yield start_one
    for scheduler in started:
        scheduler.kill()
        scheduler.wait()


def log_of(workplace: Workplace) -> list[dict[str, Any]]:
    lines = (workplace.folder / "run.log").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if not line.startswith("{")], lines
    return [json.loads(line) for line in lines]


def stop(scheduler: Scheduler, number: int = signal.SIGTERM) -> float:
    """Ask it to stop; return how many seconds it took to exit with 0."""
    begun = time.monotonic()
    scheduler.send_signal(number)
    assert scheduler.wait(timeout=PATIENCE) == 0
    return time.monotonic() - begun


def leases(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "connector.db") as ledger:
        rows = ledger.execute("SELECT key FROM requests WHERE lease_holder IS NOT NULL")
        return [key for (key,) in rows]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_mail_becomes_a_ticket_and_the_scheduler_stops_when_told(
    busy: Workplace, sandbox: Sandbox, start: Callable[[], Scheduler], number: int
) -> None:
    scheduler = start()
    busy.drop_mail("Printer jam")
    wait_until(lambda: busy.names("processed"))

    assert stop(scheduler, number) < 5
    assert len(sandbox.tickets) == 1
    (request,) = busy.run("requests", "list", "--json").json
    assert (request["state"], request["ticket_id"]) == ("created", sandbox.tickets[0]["Id"])
    assert leases(busy.folder) == []
    lines = log_of(busy)
    steps = [line for line in lines if line["event"] == "step"]
    assert {line["step"] for line in steps} >= {"intake", "deliver"}
    assert any(line.get("created") == 1 for line in steps)
    assert lines[-1]["event"] == "stopped"
    assert busy.sync()["counts"]["received"] == 0


def test_a_long_sleep_is_interrupted(busy: Workplace, start: Callable[[], Scheduler]) -> None:
    config = busy.folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(": 1", ": 3600"))
    scheduler = start()
    wait_until(lambda: set(STEPS) <= {line.get("step") for line in log_of(busy)})
    assert stop(scheduler) < 5


def test_while_it_runs_no_sync_and_no_second_scheduler_starts(
    busy: Workplace, start: Callable[[], Scheduler]
) -> None:
    scheduler = start()
    for command in ("sync", "run"):
        refused = busy.run(command)
        assert refused.code == 5
        assert f"process {scheduler.pid} on" in refused.err
        assert "(run)" in refused.err
    assert busy.run("requests", "list").code == 0
    assert stop(scheduler) < 5
    assert busy.sync()["exit"] == 0


def test_what_is_wrong_with_the_settings_is_told_before_the_start(busy: Workplace) -> None:
    config = busy.folder / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("intake: 1", "intake: 0")
    config.write_text(text, encoding="utf-8")
    refused = busy.run("run")
    assert refused.code == 2
    assert "run.intake" in refused.err
    assert not (busy.folder / "connector.db").exists()


@pytest.mark.parametrize("after_commit", [True, False])
def test_stopped_in_a_slow_create_the_ticket_exists_exactly_once(
    busy: Workplace,
    sandbox: Sandbox,
    start: Callable[[], Scheduler],
    after_commit: bool,
) -> None:
    fault = sandbox.faults.add("delay", CREATE, seconds=2, after_commit=after_commit)
    scheduler = start()
    busy.drop_mail("Printer jam")
    wait_until(lambda: fault.struck)

    assert stop(scheduler) < 5
    report = busy.sync()
    assert report["exit"] == 0
    assert len(sandbox.tickets) == 1
    (request,) = busy.run("requests", "list", "--json").json
    assert (request["state"], request["ticket_id"]) == ("created", sandbox.tickets[0]["Id"])


def test_a_create_that_hangs_is_left_behind_and_found_again(
    busy: Workplace, sandbox: Sandbox, start: Callable[[], Scheduler]
) -> None:
    fault = sandbox.faults.add("delay", CREATE, seconds=40, after_commit=True)
    scheduler = start()
    busy.drop_mail("Printer jam")
    wait_until(lambda: fault.struck)

    assert stop(scheduler) < PATIENCE
    assert leases(busy.folder) == []
    (request,) = busy.run("requests", "list", "--json").json
    assert request["state"] == "pending"
    assert "asked to stop" in request["reason"]
    assert busy.sync()["counts"]["created"] == 1
    assert len(sandbox.tickets) == 1


def test_a_bms_that_is_down_does_not_end_it(
    busy: Workplace, sandbox: Sandbox, start: Callable[[], Scheduler]
) -> None:
    sandbox.faults.add("status", "POST /v2/security/authenticate", status=500, times=2)
    scheduler = start()
    busy.drop_mail("Printer jam")
    wait_until(lambda: busy.names("processed"))
    assert stop(scheduler) < 5
    assert len(sandbox.tickets) == 1
    codes = {line["exit_code"] for line in log_of(busy) if line["event"] == "step"}
    assert {0, 4} <= codes
