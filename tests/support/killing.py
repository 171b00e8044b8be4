"""Faults of ours in the middle of a run: an error, or the end of the process."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connector.bms.gateway import BmsGateway
from connector.intake.sources.drop_folder import DropFolder
from connector.ledger.store import SqlLedger


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours may catch it."""


POINTS: dict[str, tuple[type, str, str, int]] = {
    # name: class, method, when, at which call of it
    "after the raw bytes were recorded": (SqlLedger, "record_all", "after", 1),
    "before its identity was claimed": (SqlLedger, "identify_all", "before", 1),
    "after its identity was claimed": (SqlLedger, "identify_all", "after", 1),
    "after it was leased": (SqlLedger, "claim", "after", 1),
    "after the plan was kept": (SqlLedger, "keep_result", "after", 1),
    "after the ticket was intended": (SqlLedger, "intend", "after", 1),
    "after the ticket was created": (BmsGateway, "create_ticket", "after", 1),
    "after the ticket was confirmed": (SqlLedger, "confirm", "after", 1),
    "after the first file was intended": (SqlLedger, "intend", "after", 2),
    "after the first file was uploaded": (BmsGateway, "attach", "after", 1),
    "after the first file was confirmed": (SqlLedger, "confirm", "after", 2),
    "after the second file was uploaded": (BmsGateway, "attach", "after", 2),
    "after the note was intended": (SqlLedger, "intend", "after", 4),
    "after the note was added": (BmsGateway, "add_internal_note", "after", 1),
    "before it was settled": (SqlLedger, "settle", "before", 1),
    "after it was settled": (SqlLedger, "settle", "after", 1),
    "before its file was moved": (DropFolder, "mark", "before", 1),
    "after its file was moved": (DropFolder, "mark", "after", 1),
    "after the move was recorded": (SqlLedger, "marked", "after", 1),
    "before the run was finished": (SqlLedger, "finish_run", "before", 1),
}
"""Where a process may be killed on the way of a request with two files and a note."""


@contextmanager
def failing_at(
    owner: type, method: str, when: str, nth: int, error: BaseException
) -> Iterator[None]:
    """Raise `error` once, before or after the nth call of a method was carried out."""
    original: Callable[..., Any] = getattr(owner, method)
    calls = itertools.count(1)

    def failing(self: object, *args: Any, **options: Any) -> Any:
        call = next(calls)
        if call == nth and when == "before":
            raise error
        result = original(self, *args, **options)
        if call == nth:
            raise error
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, method, failing)
        yield


@contextmanager
def killed_at(point: str) -> Iterator[None]:
    """Kill the run at a point of `POINTS`; it must get there."""
    owner, method, when, nth = POINTS[point]
    with pytest.raises(Killed), failing_at(owner, method, when, nth, Killed()):
        yield
