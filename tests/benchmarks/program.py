"""The installed program in a folder of its own: what it takes, in time and in memory."""

import os
import subprocess
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


@dataclass(frozen=True)
class Cost:
    """What one command took: seconds by the clock, and bytes of memory at its peak."""

    seconds: float
    peak: int


@dataclass(frozen=True)
class Program:
    """A folder with config.yaml, and the commands run in it."""

    folder: Path
    password: str

    @property
    def state(self) -> str:
        """The address of its ledger when it is SQLite."""
        return f"sqlite:///{self.folder / 'connector.db'}"

    def run(self, *arguments: str) -> Cost:
        """Run a command to its end; it must succeed."""
        began = time.perf_counter()
        process = self.start(*arguments)
        return self.finish(process, began)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command."""
        return subprocess.Popen(
            [SCRIPT, *arguments],
            cwd=self.folder,
            env={**environment(), "BMS_PASSWORD": self.password},
            stdout=subprocess.DEVNULL,
        )

    def finish(self, process: subprocess.Popen[bytes], began: float) -> Cost:
        """Wait for a command; return what it took since it began."""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            msg = f"{process.args!r} ended with {process.returncode}"
            raise RuntimeError(msg)
        return Cost(time.perf_counter() - began, usage.ru_maxrss * 1024)

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
