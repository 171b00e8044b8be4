"""Workers: at the same time, at most so many, and nothing that goes wrong is lost."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import pytest
import structlog

from connector.pipeline.delivering.workers import Workers
from connector.ports.stopping import CallAbandoned

PATIENCE = 10


def pool(
    do: Callable[[int], int],
    *,
    at_most: int = 3,
    taken: list[tuple[int, int]] | None = None,
    breakable: Callable[..., object] = nullcontext,
) -> Workers[int, int]:
    results = [] if taken is None else taken
    return Workers(
        do,
        lambda item, result: results.append((item, result)),
        at_most=at_most,
        breakable=breakable,  # type: ignore[arg-type]
    )


def items(count: int) -> Callable[[], int | None]:
    ahead = iter(range(count))
    return lambda: next(ahead, None)


def test_every_item_is_done_and_taken_in_once() -> None:
    taken: list[tuple[int, int]] = []
    pool(lambda item: item * 10, taken=taken).work_through(items(20))
    assert sorted(taken) == [(item, item * 10) for item in range(20)]


def test_as_many_as_allowed_are_done_at_the_same_time_and_no_more() -> None:
    together = threading.Barrier(3, timeout=PATIENCE)
    at_work: list[int] = []
    most: list[int] = []

    def do(item: int) -> int:
        at_work.append(item)
        together.wait()
        most.append(len(at_work))
        together.wait()
        at_work.remove(item)
        together.wait()
        return item

    pool(do, at_most=3).work_through(items(9))
    assert set(most) == {3}


def test_one_worker_does_one_after_another_in_order() -> None:
    taken: list[tuple[int, int]] = []
    pool(lambda item: item, at_most=1, taken=taken).work_through(items(5))
    assert taken == [(item, item) for item in range(5)]


def test_one_that_hangs_holds_up_no_other() -> None:
    others_are_done = threading.Event()
    taken: list[tuple[int, int]] = []

    def do(item: int) -> int:
        if item == 0:
            assert others_are_done.wait(PATIENCE)
        if item == 9:
            others_are_done.set()
        return item

    pool(do, at_most=2, taken=taken).work_through(items(10))
    assert taken[-1] == (0, 0)
    assert [item for item, _ in taken[:-1]] == list(range(1, 10))


def test_what_becomes_possible_while_others_are_at_work_is_done_too() -> None:
    ready = [0]
    done: list[tuple[int, int]] = []

    def next_item() -> int | None:
        return ready.pop() if ready else None

    def take_in(item: int, result: int) -> None:
        done.append((item, result))
        if item < 3:
            ready.append(item + 1)

    Workers[int, int](lambda item: item, take_in, at_most=4, breakable=nullcontext).work_through(
        next_item
    )
    assert [item for item, _ in done] == [0, 1, 2, 3]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("kind", [ValueError, Killed])
def test_what_a_worker_raises_comes_out_once_the_others_have_finished(
    kind: type[BaseException],
) -> None:
    has_failed = threading.Event()
    finished: list[int] = []

    def do(item: int) -> int:
        if item == 0:
            has_failed.set()
            raise kind("lost?")
        assert has_failed.wait(PATIENCE)
        finished.append(item)
        return item

    with pytest.raises(kind, match="lost"):
        pool(do, at_most=2).work_through(items(50))
    assert finished == [1]


def test_what_goes_wrong_in_the_main_thread_waits_for_the_workers() -> None:
    finished: list[int] = []
    asked = iter([0, 1])

    def next_item() -> int | None:
        for item in asked:
            return item
        raise LookupError

    def do(item: int) -> int:
        finished.append(item)
        return item

    with pytest.raises(LookupError):
        pool(do, at_most=3).work_through(next_item)
    assert sorted(finished) == [0, 1]


def test_when_the_wait_is_broken_off_what_hangs_is_left_behind() -> None:
    may_end = threading.Event()
    taken: list[tuple[int, int]] = []
    waits = iter(range(99))

    @contextmanager
    def breakable() -> Iterator[None]:
        if next(waits) == 1:  # the first wait ends with item 0, the second with our patience
            raise CallAbandoned
        yield

    def do(item: int) -> int:
        if item:
            may_end.wait(PATIENCE)
        return item

    workers = pool(do, at_most=2, taken=taken, breakable=breakable)
    ahead = iter([1, 0])
    with pytest.raises(CallAbandoned):
        workers.work_through(lambda: next(ahead, None))
    assert workers.left_behind == [1]
    assert taken == [(0, 0)]
    may_end.set()


def test_lines_of_the_log_name_the_run_also_from_a_worker() -> None:
    seen: list[object] = []

    def do(item: int) -> int:
        seen.append(structlog.contextvars.get_contextvars().get("run"))
        structlog.contextvars.bind_contextvars(request=item)
        return item

    with structlog.contextvars.bound_contextvars(run="r-1"):
        pool(do, at_most=2).work_through(items(4))
        assert "request" not in structlog.contextvars.get_contextvars()
    assert seen == ["r-1"] * 4


def test_its_threads_end_with_it() -> None:
    before = set(threading.enumerate())
    pool(lambda item: item).work_through(items(6))
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
    assert set(threading.enumerate()) <= before
