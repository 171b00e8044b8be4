"""SIGTERM and Ctrl-C as a question that the work asks between two requests.

A signal handler must not take a lock (it may interrupt whoever holds it), so there is no
`threading.Event` here: a flag, and a pipe that wakes the waiting `poll`.
"""

import os
import select
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Final, Self

from connector.ports.stopping import CallAbandoned

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

GRACE: Final = 8.0
"""Seconds that calls to BMS may still take once we were asked to stop."""

AFTER_GRACE: Final = 1.0
"""Seconds that each further call may take."""

STDERR: Final = 2
HEARD: Final = b"\nStopping after the request at work; once more ends at once.\n"
"""What a person at a terminal is told, who may have to wait for the time of grace."""


class StopSignal:
    """`ports.stopping.Stop` over signals; a context manager, for the main thread.

    A second signal ends the process at once, which the ledger survives.
    """

    def __init__(self) -> None:
        """Change nothing yet."""
        self._asked = False
        self._in_call = False
        self._before: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        """Take the signals."""
        self._bell, self._rope = socket.socketpair()
        self._bell.settimeout(0)
        self._rope.settimeout(0)
        signal.set_wakeup_fd(self._rope.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            self._before[number] = signal.signal(number, self._on_stop)
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._on_alarm)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        self._bell.close()
        self._rope.close()

    def asked(self) -> bool:
        """Return whether the process was asked to stop."""
        return self._asked

    def wait(self, seconds: float, sockets: Sequence[int] = ()) -> None:
        """Wait so long, or until a signal comes, or data on one of the sockets."""
        if self._asked:
            return
        waiting = select.poll()  # `select` takes no descriptor above 1023
        for socket_ in (self._bell.fileno(), *sockets):
            waiting.register(socket_, select.POLLIN)
        if any(ready == self._bell.fileno() for ready, _ in waiting.poll(seconds * 1000)):
            self._bell.recv(64)

    @contextmanager
    def breakable(self) -> Iterator[None]:
        """Let a call, or the wait for workers, be broken off by `CallAbandoned` after the grace.

        Signals reach the main thread alone: what another thread does within is left to itself.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._in_call = True
        try:
            yield
        finally:
            self._in_call = False

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        if os.isatty(STDERR):
            os.write(STDERR, HEARD)  # not `print`: the signal may have interrupted one
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, GRACE, AFTER_GRACE)

    def _on_alarm(self, _number: int, _frame: FrameType | None) -> None:
        if self._in_call:
            self._in_call = False  # lest the next alarm finds us outside the call
            raise CallAbandoned
