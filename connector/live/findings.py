"""A finding: what was looked at, how it stands, and what to do about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from connector.errors import (
    BudgetSpent,
    ConnectorError,
    ExitCode,
    Unreachable,
    exit_code_for,
)


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check --live`. `details` is the same for programs, with more of it."""

    level: Level
    subject: str
    message: str
    remedy: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    exit_code: ExitCode = ExitCode.DONE

    def __str__(self) -> str:
        remedy = f" — {self.remedy}" if self.remedy else ""
        return f"{self.level}: {self.subject}: {self.message}{remedy}"

    def as_json(self) -> dict[str, object]:
        """Return it for `--json`."""
        return {
            "level": self.level,
            "subject": self.subject,
            "message": self.message,
            "remedy": self.remedy,
            "details": dict(self.details),
        }


def ok(
    subject: str, message: str, remedy: str = "", *, details: Mapping[str, object] | None = None
) -> Finding:
    """Return that something is as it should be (or cannot be seen, with what to look at)."""
    return Finding(Level.OK, subject, message, remedy, details or {})


def warning(
    subject: str, message: str, remedy: str, *, details: Mapping[str, object] | None = None
) -> Finding:
    """Return that something works less well than it could, or may not be meant."""
    return Finding(Level.WARNING, subject, message, remedy, details or {})


def error(
    subject: str, message: str, remedy: str, *, details: Mapping[str, object] | None = None
) -> Finding:
    """Return that something will not work."""
    return Finding(Level.ERROR, subject, message, remedy, details or {}, ExitCode.PARTLY)


def failed(subject: str, reason: ConnectorError) -> Finding:
    """Return that something could not be looked at; the error's type says what that means."""
    if isinstance(reason, BudgetSpent):
        return Finding(Level.WARNING, subject, reason.message, reason.remedy)
    code = exit_code_for(reason)
    return Finding(Level.ERROR, subject, reason.message, reason.remedy, exit_code=code)


def guarded(subject: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield `findings`; an error on the way becomes the last of them.

    `Unreachable` is passed on as well: what comes next would only wait for the same.
    """
    try:
        yield from findings
    except Unreachable as reason:
        yield failed(subject, reason)
        raise
    except ConnectorError as reason:
        yield failed(subject, reason)


def worst_exit_code(findings: Sequence[Finding]) -> ExitCode:
    """Return the exit code of a command that found all this (DESIGN section 4)."""
    codes = {finding.exit_code for finding in findings}
    for code in (ExitCode.REFUSED, ExitCode.UNREACHABLE, ExitCode.PARTLY):
        if code in codes:
            return code
    return ExitCode.DONE
