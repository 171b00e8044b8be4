"""Real processes, made quickly: a fork server that has imported the program already."""

import json
import multiprocessing
import os
import signal
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

from support.faults import child
from support.faults.conditions import Conditions

from connector.mapping.load import Mappings, load_mappings
from connector.samples import mappings_dir

PRELOADED = [
    *("connector.wiring", "connector.cli", "connector.cli.sync", "connector.cli.requests"),
    *("connector.cli.render", "connector.cli.progress", "connector.intake.sources.drop_folder"),
    *("connector.intake.reading", "connector.loading", "connector.logs", "requests"),
    *("dateparser", "holidays.countries", "inscriptis", "phonenumbers", "rich.console"),
    *("connector.messages.smtp", "connector.messages.webhook"),
    *("connector.ledger.postgres", "pytest"),
]
"""What every run imports sooner or later, and the pytest that the main module may be."""

LONGEST = 120.0
"""Seconds after which a run counts as hanging; it takes less than one."""


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


@cache
def _mappings() -> Mappings:
    return load_mappings(mappings_dir())


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that ended: its exit code (-9: SIGKILL), what it said, where it got to."""

    code: int
    out: str
    err: str
    points: list[str]

    @property
    def report(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)

    @property
    def was_killed(self) -> bool:
        """Whether the harness killed it."""
        return self.code in (child.KILLED, -signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Running:
    """A process of the program that was started."""

    process: ForkServerProcess
    folder: Path
    name: str
    pipe: Connection

    def frozen_at(self) -> str | None:
        """Wait until it froze at the point of its conditions; None when it ended before."""
        try:
            assert self.pipe.poll(LONGEST), "it neither stopped nor ended"
            return str(self.pipe.recv())
        except EOFError:
            return None

    def go_on(self) -> None:
        """Let it go on after it froze."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it, stopped or not."""
        self.process.kill()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.process.pid is not None
        return self.process.pid

    def end(self) -> Ended:
        """Wait until it has ended."""
        self.process.join(LONGEST)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
            raise AssertionError(f"a run hung: {self._text('points')[-500:]}{self._text('err')}")
        code = self.process.exitcode
        self.pipe.close()
        self.process.close()
        points = self._text("points").splitlines()
        return Ended(code, self._text("out"), self._text("err"), points)

    def _text(self, suffix: str) -> str:
        path = self.folder / f"{self.name}.{suffix}"
        return path.read_text(encoding="utf-8") if path.exists() else ""


def start(folder: Path, name: str, arguments: list[str], conditions: Conditions) -> Running:
    """Start the program in `folder`; its files there begin with `name`."""
    context = _context()
    ours, its = context.Pipe(duplex=False)
    process = context.Process(
        target=child.run,
        args=(arguments, folder, name, conditions, _mappings(), its),
        daemon=True,
    )
    process.start()
    its.close()
    return Running(process, folder, name, ours)
