"""A few threads that wait for BMS, and the main thread, which does everything else.

The main thread hands out one item after another and takes in what became of it, so whatever a
run counts and decides is decided in one thread. A worker does one item at a time.

The threads are daemons: once we are asked to stop, one that hangs in a call is left behind after
a time of grace, and dies with the process. What it was about is known from its intent.
"""

import contextvars
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from typing import Generic, TypeVar, cast

from connector.ports.stopping import Breakable, CallAbandoned

Item = TypeVar("Item")
Result = TypeVar("Result")

STACK = 16 * 2**20
"""Bytes of a thread's stack: mail nests deeply, and some systems give a thread little."""


@dataclass(frozen=True, slots=True)
class _Finished(Generic[Result]):
    """What a worker is through with: a number of `_at_work`, and what was returned or raised."""

    number: int
    result: Result | None = None
    raised: BaseException | None = None


class Workers(Generic[Item, Result]):
    """Does items at the same time, so many at most.

    `do` runs in a worker. `take_in` is called in the main thread with each item and what `do`
    returned for it, in the order in which they finish.
    """

    def __init__(
        self,
        do: Callable[[Item], Result],
        take_in: Callable[[Item, Result], None],
        *,
        at_most: int,
        breakable: Breakable,
    ) -> None:
        """Start no thread yet."""
        self._do = do
        self._take_in = take_in
        self._at_most = at_most
        self._breakable = breakable
        self._numbers = count()
        self._at_work: dict[int, Item] = {}
        self._to_do: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._finished: SimpleQueue[_Finished[Result]] = SimpleQueue()
        self._threads = 0

    @property
    def left_behind(self) -> list[Item]:
        """The items that were left in the middle, in the order in which they were begun."""
        return list(self._at_work.values())

    def work_through(self, next_item: Callable[[], Item | None]) -> None:
        """Do one item after another until `next_item` has none and no worker is at work.

        `next_item` is asked whenever a worker is free, also after it had none: what was being
        done may have made another item possible. If anything raises, nothing more is begun, and
        the error is raised once every worker has finished. Raises `CallAbandoned` when we were
        asked to stop and some take too long: they are `left_behind`.
        """
        try:
            while self._begin_what_is_possible(next_item):
                self._finish_one()
        except (CallAbandoned, KeyboardInterrupt):
            raise
        except BaseException:
            while self._at_work:
                self._wait_for_one()
            raise
        finally:
            for _ in range(self._threads):
                self._to_do.put(None)

    def _begin_what_is_possible(self, next_item: Callable[[], Item | None]) -> bool:
        """Give every free worker something to do; return whether any is at work."""
        while len(self._at_work) < self._at_most:
            item = next_item()
            if item is None:
                break
            self._begin(item)
        return bool(self._at_work)

    def _begin(self, item: Item) -> None:
        number = next(self._numbers)
        context = contextvars.copy_context()  # the log names run and request on every line
        if self._threads == len(self._at_work):
            self._start_thread()
        self._at_work[number] = item
        self._to_do.put(lambda: context.run(self._work_on, number, item))

    def _finish_one(self) -> None:
        item, finished = self._wait_for_one()
        if finished.raised is not None:
            raise finished.raised
        self._take_in(item, cast("Result", finished.result))

    def _wait_for_one(self) -> tuple[Item, _Finished[Result]]:
        with self._breakable():
            finished = self._finished.get()
        return self._at_work.pop(finished.number), finished

    # --- in the thread of a worker -----------------------------------------------------------

    def _start_thread(self) -> None:
        self._threads += 1
        before = threading.stack_size(STACK)
        try:
            name = f"worker-{self._threads}"
            threading.Thread(target=self._serve, name=name, daemon=True).start()
        finally:
            threading.stack_size(before)

    def _serve(self) -> None:
        while (job := self._to_do.get()) is not None:
            job()

    def _work_on(self, number: int, item: Item) -> None:
        try:
            finished = _Finished(number, self._do(item))
        except BaseException as error:
            finished = _Finished(number, raised=error)
        self._finished.put(finished)
