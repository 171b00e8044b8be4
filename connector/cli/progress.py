"""Progress on a terminal for long runs, and none otherwise."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def run_progress() -> Iterator[Callable[[str], None]]:
    """Yield a function to call with the name of each step begun; it counts them on stderr."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return

    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = {}

        def step(name: str) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=None)
            progress.advance(tasks[name])

        yield step
