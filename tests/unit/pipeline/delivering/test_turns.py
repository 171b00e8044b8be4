"""Mails of one trouble are decided one after the other, those of two at the same time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from connector.pipeline.delivering.turns import Turns, alone_with, turn_of
from connector.ports.threads import Trouble

PATIENCE = 10
DISK, FAN = (Trouble("monitoring", "m@client.example", key) for key in ("disk", "fan"))


class Ledger:
    @contextmanager
    def exclusive(self, _name: str) -> Iterator[bool]:
        yield True


def services() -> SimpleNamespace:
    return SimpleNamespace(ledger=Ledger(), turns=Turns())


def test_a_second_mail_about_a_trouble_waits_until_the_first_is_done() -> None:
    shared = services()
    turn = turn_of(DISK)
    with alone_with(shared, DISK):  # type: ignore[arg-type]
        assert shared.turns.of(turn).locked()
    assert not shared.turns.of(turn).locked()


@pytest.mark.parametrize(("one", "two"), [(DISK, FAN), (DISK, None), (None, None)])
def test_mails_about_different_things_wait_for_nobody(
    one: Trouble | None, two: Trouble | None
) -> None:
    shared = services()
    done = threading.Event()

    def second() -> None:
        with alone_with(shared, two):  # type: ignore[arg-type]
            done.set()

    with alone_with(shared, one):  # type: ignore[arg-type]
        threading.Thread(target=second, daemon=True).start()
        assert done.wait(PATIENCE)
