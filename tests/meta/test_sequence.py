"""The sequence in `connector/pipeline/__init__.py` is the one that the code goes through."""

import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import connector.pipeline

LINE = re.compile(r"^( {4,})((?:pipeline|ports|mapping|sla)\.[\w.]+)", re.MULTILINE)
LINES = [(len(indent), name) for indent, name in LINE.findall(connector.pipeline.__doc__ or "")]


def steps() -> list[tuple[str | None, str]]:
    """Return each named function with the one that it stands below, in order."""
    above: list[tuple[int, str]] = []
    found: list[tuple[str | None, str]] = []
    for indent, name in LINES:
        while above and above[-1][0] >= indent:
            above.pop()
        found.append((above[-1][1] if above else None, name))
        above.append((indent, name))
    return found


def found(name: str) -> tuple[ModuleType, Any]:
    """Return the module and the thing that a dotted name below `connector` means."""
    words = name.split(".")
    for length in range(len(words) - 1, 0, -1):
        path = ".".join(["connector", *words[:length]])
        try:
            module = importlib.import_module(path)
        except ModuleNotFoundError:
            continue
        thing: Any = module
        for word in words[length:]:
            thing = getattr(thing, word)
        return module, thing
    raise AssertionError(f"there is no connector.{name}")


def test_the_sequence_begins_with_a_run_and_is_all_there() -> None:
    assert LINES[0][1] == "pipeline.run.run_once"
    assert len(LINES) > 30


@pytest.mark.parametrize(("caller", "name"), steps(), ids=str)
def test_every_step_of_the_sequence_is_called_where_it_says(caller: str | None, name: str) -> None:
    _, thing = found(name)
    assert callable(thing)
    if caller is not None:
        source = Path(found(caller)[0].__file__ or "").read_text(encoding="utf-8")
        assert re.search(rf"\b{name.rsplit('.', 1)[1]}\(", source), f"{caller} calls no {name}"


def test_the_steps_of_a_run_stand_in_the_order_of_their_calls() -> None:
    module, _ = found("pipeline.run.run_once")
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    body = source[source.index("def run_once(") :]
    below = [name for caller, name in steps() if caller == "pipeline.run.run_once"]
    places = [body.index(f"{name.rsplit('.', 1)[1]}(") for name in below]
    assert places == sorted(places)
