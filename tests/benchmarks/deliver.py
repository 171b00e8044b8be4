"""How long delivering takes with so many workers.

    python tests/benchmarks/deliver.py --requests 200 --delay 0.05 --workers 1 4 8

Each number of workers gets a ledger and a sandbox of its own, which runs in another process and
waits `--delay` seconds before every answer. Every mail comes from another address.
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
from support.desk import Clock, Desk

from connector.sandbox import Sandbox


def serve(delay: float, pipe: Connection) -> None:
    """Be the sandbox until the other side hangs up."""
    now = Clock()
    with Sandbox(now=now) as sandbox:
        if delay:
            sandbox.faults.add("delay", "*", seconds=delay, times=None)
        pipe.send((sandbox.base_url, sandbox.tenant_name, sandbox.username, sandbox.password))
        pipe.recv()
        pipe.send(len(sandbox.tickets))


class Remote:
    """What `Desk` needs of a sandbox that runs in another process."""

    def __init__(self, address: tuple[str, str, str, str]) -> None:
        self.base_url, self.tenant_name, self.username, self.password = address


def measure(requests: int, delay: float, workers: int) -> str:
    """Deliver once; return what it took."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(delay, theirs))
    process.start()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), Remote(ours.recv()), Clock())  # type: ignore[arg-type]
        desk.workers, desk.bms = workers, "calls_per_hour: 1000000"
        for number in range(requests):
            desk.drop_mail(
                f"Printer {number}", name=f"{number:05}.eml", sender=f"n{number}@client.example"
            )
        desk.sync("intake")
        start = time.monotonic()
        report = desk.sync("deliver")
        seconds = time.monotonic() - start
    ours.send(None)
    tickets = ours.recv()
    process.join()
    calls = sum(report.api_calls.values())
    return (
        f"{workers:2} workers: {seconds:6.1f} s for {tickets} tickets and {calls} calls, "
        f"exit {int(report.exit_code)}"
    )


def main() -> None:
    """Measure, and print one line per number of workers."""
    options = argparse.ArgumentParser()
    options.add_argument("--requests", type=int, default=200)
    options.add_argument("--delay", type=float, default=0.05)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 4, 8])
    chosen = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for workers in chosen.workers:
        print(measure(chosen.requests, chosen.delay, workers), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
