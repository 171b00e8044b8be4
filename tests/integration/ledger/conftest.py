"""A ledger of either kind, and worker processes at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.ledger_workers import Start, Together, Worker, go, start_worker
from support.postgres import Server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "connector.db"


@pytest.fixture
def ledger_url(request: pytest.FixtureRequest, file: Path) -> str:
    """Where a ledger is to be made, as the setting `state` says it: in `file` unless asked."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{file}"
    url: str = request.getfixturevalue("new_database")
    return url


@pytest.fixture
def new_database(postgres: Server) -> str:
    """The address of a database in PostgreSQL without any tables."""
    return postgres.create_new()


@pytest.fixture
def start(ledger_url: str) -> Iterator[Start]:
    """Start a worker that waits for `go`; whatever is left of it is killed at the end."""
    workers: list[Worker] = []

    def start_one(task: str, name: str) -> Worker:
        workers.append(start_worker(task, ledger_url, name))
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
