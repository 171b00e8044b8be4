"""Being asked to stop: a question between two pieces of work, and a call that is broken off."""

from contextlib import AbstractContextManager
from typing import Protocol


class CallAbandoned(Exception):
    """We were asked to stop, and waited no longer for the answer to a call."""


class Stop(Protocol):
    """Whether the process was asked to stop."""

    def asked(self) -> bool:
        """Return whether it was."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait so long; at once no longer when asked to stop."""
        ...

    def breakable(self) -> AbstractContextManager[None]:
        """Let what runs within be broken off by `CallAbandoned` some time after the asking."""
        ...
