"""Being asked to stop: a question between two pieces of work, and a call that is broken off."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

Breakable = Callable[[], AbstractContextManager[None]]
"""`Stop.breakable`."""


class CallAbandoned(Exception):
    """We were asked to stop, and waited no longer for the answer to a call, or for a worker."""


class Stop(Protocol):
    """Whether the process was asked to stop."""

    def asked(self) -> bool:
        """Return whether it was."""
        ...

    def wait(self, seconds: float, sockets: Sequence[int] = ()) -> None:
        """Wait so long; no longer when asked to stop, or when one of `sockets` has data."""
        ...

    def breakable(self) -> AbstractContextManager[None]:
        """Let what the main thread does within be broken off by `CallAbandoned`.

        That comes some time after the asking. Of what other threads do, nothing is broken off.
        """
        ...
