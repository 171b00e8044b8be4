"""A ledger's file, and worker processes at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.ledger_workers import Start, Together, Worker, go, start_worker


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "connector.db"


@pytest.fixture
def start(file: Path) -> Iterator[Start]:
    """Start a worker that waits for `go`; whatever is left of it is killed at the end."""
    workers: list[Worker] = []

    def start_one(task: str, name: str) -> Worker:
        workers.append(start_worker(task, file, name))
        return workers[-1]

    yield start_one
    for worker in workers:
        worker.kill()
        worker.communicate()


@pytest.fixture
def together(start: Start) -> Together:
    """Let so many workers do a task at the same moment; return the words that each printed."""

    def run(task: str, count: int) -> list[list[str]]:
        workers = [start(task, f"w{number}") for number in range(count)]
        for worker in workers:
            go(worker)
        outputs = [worker.communicate(timeout=60)[0].split() for worker in workers]
        assert [worker.returncode for worker in workers] == [0] * count
        return outputs

    return run
