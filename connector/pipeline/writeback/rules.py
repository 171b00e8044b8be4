"""The rules of the help desk, as write-back needs them."""

from collections.abc import Callable
from dataclasses import dataclass

from connector.pipeline.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class WatchRules:
    """The rules of the help desk, as write-back needs them.

    `readable` returns the text of HTML. `replaces_existing`: whether a DueDate found when a
    ticket is first seen is replaced, once.
    """

    book: Rulebook
    readable: Callable[[str], str]
    replaces_existing: bool = False
