"""Deliver only: requests that are recorded already, with the call budget lifted.

BMS waits before each answer, so the ideal is `calls x latency / workers`: whatever is more is
the connector's own.
"""

import logging
import tempfile
import time
from pathlib import Path
from typing import cast

import structlog
from figures import Figure
from sandbox_process import sandbox_process
from support.clock import Clock
from support.desk import MONDAY_TEN, Desk

from connector.sandbox import Sandbox

REQUESTS = 1000
LATENCY = 0.1
WORKERS = 8
EXPECTED = 3 * REQUESTS
"""For each a contact search, a create, and an internal note: nobody knows any of the senders."""
LEAST = 0.85


def measure() -> list[Figure]:
    """Deliver 1,000 requests of 1,000 senders."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    clock = Clock(MONDAY_TEN)
    with (
        sandbox_process(delay=LATENCY, now=clock.now) as sandbox,
        tempfile.TemporaryDirectory() as folder,
    ):
        desk = Desk(Path(folder), cast("Sandbox", sandbox), clock)
        desk.workers, desk.bms = WORKERS, "calls_per_hour: 1000000"
        for number in range(REQUESTS):
            desk.drop_mail(
                f"Printer {number}", name=f"{number:05}.eml", sender=f"n{number}@client.example"
            )
        desk.sync("intake")
        began, worked = time.perf_counter(), time.process_time()
        report = desk.sync("deliver")
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        assert sandbox.tickets() == REQUESTS
    calls = sum(report.api_calls.values())
    ideal = calls * LATENCY / WORKERS
    return [
        Figure(
            f"deliver {REQUESTS} requests, {WORKERS} workers, {LATENCY * 1000:.0f} ms an answer",
            f"{seconds:.1f} s ({worked:.1f} s of them at work)",
            f"{ideal:.1f} s ({calls} calls x latency / workers)",
            ideal / seconds,
            f"≥ {LEAST}",
            is_met=ideal / seconds >= LEAST,
        ),
        Figure(
            "calls beyond one search, one create and one internal note a request",
            f"{calls - EXPECTED} of {calls}: sign-in, and names read once in 24 hours",
        ),
    ]
