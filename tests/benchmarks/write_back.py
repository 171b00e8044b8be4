"""A first write-back: due dates into thousands of tickets that were born in BMS.

BMS waits before each answer, so the ideal is `calls * latency / workers`. The clock of both moves
five minutes between runs, until nothing is left.
"""

import logging
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import cast

import structlog
from figures import Figure
from sandbox_process import sandbox_process
from support.desk import MONDAY_TEN, Desk

from connector.sandbox import Sandbox

TICKETS = 1000
LATENCY = 0.05
WORKERS = 4
MOST_RUNS = 300


def measure() -> list[Figure]:
    """Write due dates and custom fields into 1,000 tickets."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with (
        sandbox_process(delay=LATENCY, tickets=TICKETS, now=MONDAY_TEN) as sandbox,
        tempfile.TemporaryDirectory() as folder,
    ):
        desk = Desk(Path(folder), cast("Sandbox", sandbox))
        desk.more = "sla: {since: 2026-10-01}"
        desk.bms = "calls_per_hour: 1000000"
        desk.workers = WORKERS
        calls: Counter[str] = Counter()
        seconds, runs = 0.0, 0
        while sandbox.due_dates() < TICKETS and runs < MOST_RUNS:
            began = time.perf_counter()
            calls.update(desk.sla().api_calls)
            seconds += time.perf_counter() - began
            runs += 1
            desk.pass_by(minutes=5)
            sandbox.set_clock(desk.now)
    ideal = calls.total() * LATENCY / WORKERS
    what = f"{TICKETS} tickets, {WORKERS} workers, {LATENCY * 1000:.0f} ms an answer"
    return [
        Figure(
            f"first write-back, {what}",
            f"{seconds:.1f} s in {runs} runs",
            f"{ideal:.1f} s ({calls.total()} calls * latency / workers)",
            ideal / seconds,
        )
    ]
