"""What a run of the harness has to live with in its own process: clock, kills, disk, locks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Point(StrEnum):
    """Where a process can be stopped or killed."""

    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"
    BEFORE_CALL = "before call"
    AFTER_CALL = "after call"
    """The server has carried the call out; its answer is not read yet."""
    BEFORE_MARK = "before mark"
    AFTER_MARK = "after mark"
    BEFORE_RENAME = "before rename"
    AFTER_RENAME = "after rename"


class Death(StrEnum):
    """How a process ends at a point."""

    EXIT = "exit"
    """`os._exit(137)`: nothing is closed, no handler runs."""
    SIGKILL = "sigkill"


@dataclass(frozen=True, slots=True)
class Kill:
    """Ends the process when it gets to a kind of point for the nth time."""

    point: Point
    nth: int
    death: Death = Death.EXIT

    def __str__(self) -> str:
        return f"{self.death} {self.point} {self.nth}"


@dataclass(frozen=True, slots=True)
class Freeze:
    """Stops the process (SIGSTOP) at the first such point whose label has these words."""

    point: Point
    label: str = ""


@dataclass(frozen=True, slots=True)
class Jump:
    """Moves the process's clock by `seconds` when it is read for the nth time."""

    nth: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Locked:
    """Another connection locks the SQLite ledger after the nth commit, for so many attempts."""

    after_commit: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Conditions:
    """All that one process of the harness runs into.

    `pages_left`: so many pages (of 4 KiB) may the SQLite ledger still grow. `busy_timeout`:
    seconds that a transaction waits for another's.
    """

    now: datetime
    kill: Kill | None = None
    jump: Jump | None = None
    freeze: Freeze | None = None
    locked: Locked | None = None
    pages_left: int | None = None
    busy_timeout: float = 30.0
