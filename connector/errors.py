"""Errors whose type decides what happens next.

`ACTIONS` is the one table class → action → exit code; the exit codes are DESIGN section 4.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    PARTLY = 1
    USAGE = 2
    REFUSED = 3
    UNREACHABLE = 4
    LOCKED = 5


class Action(Enum):
    """What the pipeline does when an error of this kind comes up."""

    DO_NOT_START = "do not start"
    STOP_RUN = "stop the run"
    RECONCILE_FIRST = "reconcile first"
    TRY_LATER = "try later"
    END_RUN = "end the run cleanly"
    PARK = "park"
    LET_GO = "let go"


class ConnectorError(Exception):
    """An error with a sentence for a person and what to do next, without a traceback."""

    def __init__(self, message: str, remedy: str = "") -> None:
        """Keep `message` (what happened, to what) and `remedy` (what to do next) apart."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file that a person wrote."""

    file: str
    line: int | None
    key: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f"{self.key}: " if self.key else ""
        remedy = f" — {self.remedy}" if self.remedy else ""
        return f"{place}: {key}{self.message}{remedy}"


class ConfigError(ConnectorError):
    """Configuration or usage is wrong; carries every problem found, not only the first."""

    def __init__(self, message: str, remedy: str = "", problems: tuple[Problem, ...] = ()) -> None:
        """Keep the problems beside the sentence that sums them up."""
        super().__init__(message, remedy)
        self.problems = problems


class RunLocked(ConnectorError):
    """Another run holds the ledger's run lock."""


class FatalError(ConnectorError):
    """BMS refused us as a whole (credentials, rights): no request is to blame."""


class WriteBackStopped(FatalError):
    """Due dates must not be written to this BMS before a person has looked at it."""


class RetryLater(ConnectorError):
    """A passing fault. `not_before` is the service's own wish (Retry-After), in UTC."""

    def __init__(
        self, message: str, remedy: str = "", *, not_before: datetime | None = None
    ) -> None:
        """Keep the moment before which another attempt is pointless."""
        super().__init__(message, remedy)
        self.not_before = not_before


class Unreachable(RetryLater):
    """The service could not be reached at all: no request is to blame, no attempt counts."""


class Throttled(RetryLater):
    """The service asked us to come back later: no request is to blame."""


class BudgetSpent(RetryLater):
    """The hourly call budget of an endpoint is used up until `not_before`.

    `reserve_too` says that the part kept for emergencies is used up as well.
    """

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        not_before: datetime | None = None,
        reserve_too: bool = False,
    ) -> None:
        """Keep whether an emergency would fare better."""
        super().__init__(message, remedy, not_before=not_before)
        self.reserve_too = reserve_too


class Settling(RetryLater):
    """An outcome was unclear, and BMS's search may not show it before `not_before`."""


class LeaseLost(ConnectorError):
    """The request at work is another worker's, or a person's, by now.

    Nothing is wrong and nothing counts: whoever has it goes on with it, and we leave it alone.
    """


class LedgerClosed(LeaseLost):
    """Our run is over: it was left in the middle of a call when we were asked to stop.

    What it had at work was handed back; an intent tells the next run where to look.
    """


class OutcomeUnknown(ConnectorError):
    """A creating call may or may not have taken effect.

    `not_before` is the service's own wish (Retry-After of a 503), in UTC.
    """

    def __init__(
        self, message: str, remedy: str = "", *, not_before: datetime | None = None
    ) -> None:
        """Keep the moment before which asking again is pointless."""
        super().__init__(message, remedy)
        self.not_before = not_before


class RequestRejected(ConnectorError):
    """BMS, or we, say no to this one request, with the reason in `message`."""


class NameUnresolved(ConnectorError):
    """A configured name does not exist in BMS, is inactive, or stands for several things."""


ACTIONS: tuple[tuple[type[ConnectorError], Action, ExitCode], ...] = (
    # The first class that fits decides, so a subclass stands before its base.
    (ConfigError, Action.DO_NOT_START, ExitCode.USAGE),
    (RunLocked, Action.DO_NOT_START, ExitCode.LOCKED),
    (FatalError, Action.STOP_RUN, ExitCode.REFUSED),
    (LeaseLost, Action.LET_GO, ExitCode.DONE),
    (OutcomeUnknown, Action.RECONCILE_FIRST, ExitCode.UNREACHABLE),
    (BudgetSpent, Action.END_RUN, ExitCode.DONE),
    (Settling, Action.TRY_LATER, ExitCode.DONE),
    (Unreachable, Action.END_RUN, ExitCode.UNREACHABLE),
    (RetryLater, Action.TRY_LATER, ExitCode.UNREACHABLE),
    (RequestRejected, Action.PARK, ExitCode.PARTLY),
    (NameUnresolved, Action.PARK, ExitCode.PARTLY),
)


def action_for(error: ConnectorError) -> Action:
    """Return what to do about `error`; the first class of the table that fits decides."""
    return _row(error)[1]


def exit_code_for(error: ConnectorError) -> ExitCode:
    """Return the exit code of a command that ends with `error`."""
    return _row(error)[2]


def _row(error: ConnectorError) -> tuple[type[ConnectorError], Action, ExitCode]:
    for row in ACTIONS:
        if isinstance(error, row[0]):
            return row
    return (ConnectorError, Action.PARK, ExitCode.PARTLY)
