"""The installed program in a folder of its own: what it takes, in time and in memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox_process import RemoteSandbox
from support.submissions import mail
from support.workplace import SCRIPT

from connector.samples import mappings_dir

CONFIG = """\
timezone: America/New_York
bms:
  base_url: {base_url}
  tenant: {tenant}
  username: {username}
  password: ${{BMS_PASSWORD}}
  calls_per_hour: 1000000
  workers: {workers}
state: {state}
mappings: {mappings}
catch_all: {{account: Unmatched Requests, contact: unmatched@securenetmsp.com}}
sources:
  - {{name: drop, type: folder, path: inbox, form: members}}
"""
SQLITE = "sqlite:///connector.db"
MB = 1_000_000
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Prints the peak in KiB. A small process has to start the command: Linux counts what the process
that forked had in memory towards the peak of its child."""


@dataclass(frozen=True)
class Program:
    """A folder with config.yaml, and the commands run in it."""

    folder: Path
    password: str

    @property
    def state(self) -> str:
        """The address of its ledger when it is SQLite."""
        return f"sqlite:///{self.folder / 'connector.db'}"

    def run(self, *commands: Sequence[str]) -> float:
        """Run commands at the same time, to their ends; return the seconds that took."""
        began = time.perf_counter()
        running = [self._start(SCRIPT, *arguments) for arguments in commands]
        for process in running:
            if process.wait():
                msg = f"{process.args!r} ended with {process.returncode}"
                raise RuntimeError(msg)
        return time.perf_counter() - began

    def peak(self, *arguments: str) -> int:
        """Run a command to its end; return the bytes of memory it took at its peak."""
        process = self._start(sys.executable, "-c", MEASURE, SCRIPT, *arguments)
        printed, _ = process.communicate()
        return int(printed) * 1024

    def _start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**environment(), "BMS_PASSWORD": self.password},
            stdout=subprocess.PIPE if MEASURE in command else subprocess.DEVNULL,
        )

    def drop(self, name: str, content: bytes) -> None:
        """Put a file into the folder source."""
        (self.folder / "inbox" / name).write_bytes(content)

    def drop_mails(self, count: int) -> None:
        """Put mails into the folder source, each of another sender."""
        for number in range(count):
            sender = f"Person {number} <n{number}@client.example>"
            content = mail(f"Printer {number}", "It jams.", message_id=f"m{number}", sender=sender)
            self.drop(f"{number:06}.eml", content)


@contextmanager
def program(sandbox: RemoteSandbox, *, state: str = SQLITE, workers: int = 4) -> Iterator[Program]:
    """Yield the program in a passing folder, set up for this BMS and ledger."""
    with tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name:
        folder = Path(name)
        (folder / "inbox").mkdir()
        text = CONFIG.format(
            base_url=sandbox.base_url,
            tenant=sandbox.tenant_name,
            username=sandbox.username,
            workers=workers,
            state=state,
            mappings=mappings_dir(),
        )
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        yield Program(folder, sandbox.password)


def environment() -> dict[str, str]:
    """Return what a user's shell would have: Python keeps compiled modules there."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def median(values: Sequence[float]) -> float:
    """Return the middle one."""
    return sorted(values)[len(values) // 2]
