"""How long a first write-back takes: calls and wall time, run by run.

    python tests/benchmarks/write_back.py --tickets 5000 --delay 0.05 --failing 0.1

Runs the step `sla` against a sandbox in another process, with the call budget lifted (or given),
until nothing is left, and two runs more. The clock of both moves five minutes between runs.
"""

import argparse
import logging
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import structlog
from support.desk import MONDAY_TEN, Desk

from connector.sandbox import Sandbox

MOST_RUNS = 300


def serve(tickets: int, delay: float, failing: float, pipe: Connection) -> None:
    """Be the sandbox until the other side hangs up."""
    now = [MONDAY_TEN]
    with Sandbox(now=lambda: now[0]) as sandbox:
        sandbox.seed(tickets, days=14)
        if failing:
            for endpoint in ("*/v2/servicedesk/*", "*/v2/system/customFields/*"):
                sandbox.faults.add("status", endpoint, probability=failing, times=None)
        if delay:
            sandbox.faults.add("delay", "*", seconds=delay, times=None)
        pipe.send((sandbox.base_url, sandbox.tenant_name, sandbox.username, sandbox.password))
        while (moment := pipe.recv()) is not None:
            now[0] = moment
            pipe.send(sum(1 for ticket in sandbox.tickets if ticket["DueDate"]))


class Remote:
    """What `Desk` needs of a sandbox that runs in another process."""

    def __init__(self, address: tuple[str, str, str, str]) -> None:
        self.base_url, self.tenant_name, self.username, self.password = address


def main() -> None:
    """Measure, and print one line per run."""
    options = argparse.ArgumentParser()
    options.add_argument("--tickets", type=int, default=5000)
    options.add_argument("--delay", type=float, default=0.05)
    options.add_argument("--calls-per-hour", type=int, default=1_000_000)
    options.add_argument("--failing", type=float, default=0.0)
    options.add_argument("--workers", type=int, default=4)
    chosen = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    ours, theirs = multiprocessing.Pipe()
    arguments = (chosen.tickets, chosen.delay, chosen.failing, theirs)
    process = multiprocessing.Process(target=serve, args=arguments)
    process.start()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), Remote(ours.recv()))  # type: ignore[arg-type]
        desk.more = "sla: {since: 2026-10-01}"
        desk.bms = f"calls_per_hour: {chosen.calls_per_hour}"
        desk.workers = chosen.workers
        quiet = 0
        for number in range(1, MOST_RUNS):
            start = time.monotonic()
            report = desk.sla()
            seconds = time.monotonic() - start
            desk.pass_by(minutes=5)
            ours.send(desk.now)
            assert report.sla is not None
            print(  # noqa: T201
                f"run {number} at {desk.now:%d %H:%M}: {seconds:7.1f} s, "
                f"exit {int(report.exit_code)}, "
                f"{len(report.sla.written)} due dates, {report.sla.fields_written} fields, "
                f"{report.sla.waiting} tickets waiting, {ours.recv()} with a due date, calls "
                f"{dict(sorted(report.api_calls.items()))}",
                flush=True,
            )
            quiet = quiet + 1 if not report.sla.waiting and not report.sla.written else 0
            if quiet == 2:
                break
    ours.send(None)
    process.join()


if __name__ == "__main__":
    main()
