"""How long a command takes to start, and an idle `sync`, which cron runs every minute.

Against an interpreter that only imports requests, pydantic, click and structlog.
"""

import subprocess
import sys
import time

from figures import Figure
from program import environment, median, program
from sandbox_process import sandbox_process

IMPORTS = "import requests, pydantic, click, structlog"
ROUNDS = 21


def measure() -> list[Figure]:
    """Take turns, so that whatever else the machine does weighs on all alike."""
    imports, version, idle = [], [], []
    with sandbox_process() as sandbox, program(sandbox) as desk:
        desk.run(["sync"])
        for _ in range(ROUNDS):
            imports.append(_imports())
            version.append(desk.run(["--version"]))
            idle.append(desk.run(["sync"]))
    base = median(imports)
    against = f"{base * 1000:.0f} ms (imports)"
    return [
        _figure("cold start, `--version`", median(version), base, against, 0.5),
        _figure("idle `sync`, one search call", median(idle), base, against, 2.0),
    ]


def _figure(what: str, seconds: float, base: float, against: str, most: float) -> Figure:
    ratio = seconds / base
    return Figure(
        what, f"{seconds * 1000:.0f} ms", against, ratio, f"≤ {most} x", is_met=ratio <= most
    )


def _imports() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True, env=environment())
    return time.perf_counter() - began
