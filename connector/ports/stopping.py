"""Being asked to stop: a question between two pieces of work, and a call that is broken off."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol


class CallAbandoned(Exception):
    """We were asked to stop, and waited no longer for the answer to a call."""


class Stop(Protocol):
    """Whether the process was asked to stop."""

    def asked(self) -> bool:
        """Return whether it was."""
        ...

    def wait(self, seconds: float, sockets: Sequence[int] = ()) -> None:
        """Wait so long; no longer when asked to stop, or when one of `sockets` has data."""
        ...

    def breakable(self) -> AbstractContextManager[None]:
        """Let what runs within be broken off by `CallAbandoned` some time after the asking."""
        ...
