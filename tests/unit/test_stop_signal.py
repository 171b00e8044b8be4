"""SIGTERM and Ctrl-C: the waiting ends at once, a call only after its time of grace."""

import os
import signal
import threading
import time
from queue import SimpleQueue

import pytest

from connector import stop_signal
from connector.ports.stopping import CallAbandoned
from connector.stop_signal import StopSignal


def ask(number: int = signal.SIGTERM, after: float = 0.0) -> None:
    """Send this process a signal, from another thread when it is to come later."""
    if after:
        threading.Timer(after, os.kill, (os.getpid(), number)).start()
    else:
        os.kill(os.getpid(), number)


@pytest.fixture(autouse=True)
def _short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_signal, "GRACE", 0.05)
    monkeypatch.setattr(stop_signal, "AFTER_GRACE", 0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_remembered_and_ends_the_waiting(number: int) -> None:
    with StopSignal() as stop:
        assert not stop.asked()
        begun = time.monotonic()
        ask(number, after=0.05)
        stop.wait(60)
        assert time.monotonic() - begun < 10
        assert stop.asked()
        stop.wait(60)
    assert time.monotonic() - begun < 10


def test_without_a_signal_it_waits_as_long_as_it_is_told() -> None:
    with StopSignal() as stop:
        begun = time.monotonic()
        stop.wait(0.05)
        assert time.monotonic() - begun >= 0.04
        assert not stop.asked()


def test_a_call_that_hangs_is_broken_off_after_its_grace_and_so_is_the_next() -> None:
    with StopSignal() as stop:
        ask()
        for _ in range(2):
            begun = time.monotonic()
            with pytest.raises(CallAbandoned), stop.breakable():
                threading.Event().wait(60)
            assert time.monotonic() - begun < 10


def test_what_is_no_call_is_never_broken_off() -> None:
    with StopSignal() as stop:
        ask()
        give_up = time.monotonic() + 0.2
        while time.monotonic() < give_up:
            pass
        assert stop.asked()


def test_a_call_of_another_thread_is_left_to_itself_and_the_main_thread_goes_on() -> None:
    calling, may_end = threading.Event(), threading.Event()

    def call(stop: StopSignal) -> None:
        with stop.breakable():
            calling.set()
            may_end.wait(60)

    with StopSignal() as stop:
        other = threading.Thread(target=call, args=(stop,))
        other.start()
        assert calling.wait(10)
        ask()
        give_up = time.monotonic() + 0.2
        while time.monotonic() < give_up:
            pass
        assert other.is_alive()
        may_end.set()
        other.join(10)


def test_waiting_for_a_worker_is_broken_off_after_the_grace() -> None:
    never: SimpleQueue[None] = SimpleQueue()
    with StopSignal() as stop:
        ask(after=0.05)
        begun = time.monotonic()
        with pytest.raises(CallAbandoned), stop.breakable():
            never.get()
        assert time.monotonic() - begun < 10


def test_a_person_at_a_terminal_is_told_that_the_signal_was_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen, terminal = os.openpty()
    monkeypatch.setattr(stop_signal, "STDERR", terminal)
    try:
        with StopSignal():
            ask()
        assert b"once more ends at once" in os.read(screen, 200)
    finally:
        os.close(screen)
        os.close(terminal)


def test_afterwards_the_signals_are_as_they_were() -> None:
    before = [signal.getsignal(number) for number in (*stop_signal.SIGNALS, signal.SIGALRM)]
    with StopSignal():
        ask()
    after = [signal.getsignal(number) for number in (*stop_signal.SIGNALS, signal.SIGALRM)]
    assert after == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
