"""What webhooks are answered with: one `Hook` for each source, and BMS's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Auth = Literal["signature", "header", "basic"]


@dataclass(frozen=True, slots=True)
class Hook:
    """A source of form submissions at /hooks/NAME.

    `submitted_at` returns when a submission was sent, where the source is trusted to know;
    otherwise it is received when it reaches us.
    """

    source: str
    form: str
    secret: str = field(repr=False)
    auth: Auth
    header: str
    username: str | None = None
    submitted_at: Callable[[bytes], datetime | None] = lambda _raw: None


@dataclass(frozen=True, slots=True)
class BmsHook:
    """BMS's own webhook. `hint` lets the next write-back look at a ticket at once."""

    secret: str = field(repr=False)
    hint: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Hooks:
    """All webhooks, by the name of their source; `bms` is None where it is not set up."""

    sources: Mapping[str, Hook] = field(default_factory=dict)
    bms: BmsHook | None = None


NO_HOOKS = Hooks()
