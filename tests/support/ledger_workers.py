"""Worker processes at one ledger: `tests/integration/ledger/worker.py`, started and told."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKER = ROOT / "tests" / "integration" / "ledger" / "worker.py"

Worker = subprocess.Popen[str]
Start = Callable[[str, str], Worker]
Together = Callable[[str, int], list[list[str]]]


def start_worker(task: str, ledger_url: str, name: str) -> Worker:
    """Return a worker that is ready and waits for `go`."""
    worker = subprocess.Popen(
        [sys.executable, str(WORKER), task, ledger_url, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert line_of(worker) == "ready"
    return worker


def go(worker: Worker) -> None:
    """Let a worker go on."""
    assert worker.stdin is not None
    worker.stdin.write("go\n")
    worker.stdin.flush()


def line_of(worker: Worker) -> str:
    """Return the next line that a worker prints."""
    assert worker.stdout is not None
    return worker.stdout.readline().strip()
