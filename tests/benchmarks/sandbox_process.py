"""A sandbox BMS in a process of its own, so that it does not share our interpreter."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from connector.sandbox import Sandbox


@dataclass(frozen=True)
class RemoteSandbox:
    """Where a sandbox is, as `support.desk.Desk` asks for it; and a line to its process."""

    base_url: str
    tenant_name: str
    username: str
    password: str
    pipe: Connection

    def tickets(self) -> int:
        """Return how many tickets it holds."""
        self.pipe.send("tickets")
        return int(self.pipe.recv())

    def due_dates(self) -> int:
        """Return how many of its tickets have a DueDate."""
        self.pipe.send("due dates")
        return int(self.pipe.recv())

    def set_clock(self, now: datetime) -> None:
        """Let its clock stand at this moment."""
        self.pipe.send(now)
        self.pipe.recv()


@contextmanager
def sandbox_process(
    *, delay: float = 0, tickets: int = 0, failing: float = 0, now: datetime | None = None
) -> Iterator[RemoteSandbox]:
    """Start a sandbox that waits `delay` seconds before each answer.

    It begins with so many `tickets`, and fails a share of the calls about tickets. Its clock is
    the machine's, or stands at `now`.
    """
    ours, theirs = multiprocessing.Pipe()
    arguments = (theirs, delay, tickets, failing, now)
    process = multiprocessing.Process(target=_serve, args=arguments)
    process.start()
    try:
        yield RemoteSandbox(*ours.recv(), pipe=ours)
    finally:
        ours.send(None)
        process.join()


def _serve(
    pipe: Connection, delay: float, tickets: int, failing: float, now: datetime | None
) -> None:
    clock = [now]
    with Sandbox(now=lambda: clock[0] or datetime.now(UTC)) as sandbox:
        if tickets:
            sandbox.seed(tickets, days=14)
        if failing:
            for endpoint in ("*/v2/servicedesk/*", "*/v2/system/customFields/*"):
                sandbox.faults.add("status", endpoint, probability=failing, times=None)
        if delay:
            sandbox.faults.add("delay", "*", seconds=delay, times=None)
        pipe.send((sandbox.base_url, sandbox.tenant_name, sandbox.username, sandbox.password))
        while (asked := pipe.recv()) is not None:
            if isinstance(asked, datetime):
                clock[0] = asked
            with_date = sum(1 for ticket in sandbox.tickets if ticket["DueDate"])
            pipe.send(with_date if asked == "due dates" else len(sandbox.tickets))
