"""The run lock: one run at a time on a SQLite ledger.

It is an flock on a file beside the ledger, which the kernel lets go when the process dies,
however it dies; what stands in the file only tells people who holds it.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from connector.errors import ConfigError, RunLocked
from connector.ledger.private_file import make_private_file

ENOUGH: Final = 4096
"""Bytes of the lock file that are read to tell who holds it."""


class RunLock:
    """The run lock of a ledger; `path` is None for a ledger that has none."""

    def __init__(self, path: Path | None) -> None:
        """Prepare the lock without taking it."""
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, *, command: str, now: datetime) -> None:
        """Take the lock until `release`, or until this process ends.

        `command` and `now` are told to whoever comes second. Raises `RunLocked`, saying who
        holds it since when, and `ConfigError` when the file cannot be locked at all.
        """
        if self._path is None or self._descriptor is not None:
            return
        make_private_file(self._path)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            _lock(descriptor, self._path)
            _write_holder(descriptor, command, now)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the lock go. The file stays: removing it could unlock another's lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @contextmanager
    def held(self, *, command: str, now: datetime) -> Iterator[None]:
        """Hold the lock for the length of a `with`; raises what `acquire` raises."""
        self.acquire(command=command, now=now)
        try:
            yield
        finally:
            self.release()


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RunLocked(
            f"Another run is under way on this ledger: {_holder(descriptor)} holds {path}",
            "Wait for it to end; the lock ends with its process",
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be locked ({error.strerror})",
            "Keep the ledger on a local disk",
        ) from error


def _write_holder(descriptor: int, command: str, now: datetime) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": command,
        "since": now.isoformat(timespec="seconds"),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, ENOUGH, 0))
        return (
            f"process {holder['pid']} on {holder['host']} "
            f"({holder['command']}) since {holder['since']}"
        )
    except (ValueError, KeyError, TypeError):
        return "a process that has only just begun"
