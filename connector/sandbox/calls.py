"""What an operation is given, and what it gives back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connector.sandbox.behaviour import Behaviour
from connector.sandbox.forms import FormPart
from connector.sandbox.state import Store

SECURITY_ERROR = 978001
"""The code of an expired or unknown token (facts, section 1)."""

INVALID = 100001
NOT_FOUND = 100004


class Refused(Exception):
    """BMS says no: a status, and an envelope with words."""

    def __init__(
        self,
        message: str,
        *problems: str,
        status: int = 400,
        code: int = INVALID,
        headers: dict[str, str] | None = None,
    ) -> None:
        """`problems` are the single points, one sentence each."""
        super().__init__(message)
        self.message = message
        self.problems = problems
        self.status = status
        self.code = code
        self.headers = headers or {}


def not_found(what: str) -> Refused:
    """Return the refusal of a path to something that does not exist."""
    return Refused(f"{what} was not found", status=404, code=NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Call:
    """One call, checked against the contract.

    Names in `query` and `body` are the declared ones; moments are in UTC. `operations` is the
    body of a PATCH, `form` that of a form.
    """

    store: Store
    behaviour: Behaviour
    now: datetime
    path: dict[str, str]
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    operations: list[dict[str, Any]] = field(default_factory=list)
    form: dict[str, FormPart] = field(default_factory=dict)

    def at(self, moment: datetime) -> "Call":
        """Return the same call, made at another moment."""
        return replace(self, now=moment)

    def id(self, name: str) -> int:
        """Return an id of the path; raises `Refused` when it is no integer."""
        text = self.path[name]
        if not text.isascii() or not text.isdigit():
            raise Refused(f"The value '{text}' is not valid for {name}")
        return int(text)


@dataclass(frozen=True, slots=True)
class Listing:
    """All that a list holds, and how one item of it is shown; paging happens afterwards.

    `after_page` is called with the items of the later pages once a page was cut out.
    """

    items: Sequence[Any]
    show: Callable[[Any], dict[str, Any]]
    after_page: Callable[[Sequence[Any]], None] = lambda _later: None


@dataclass(frozen=True, slots=True)
class Download:
    """The bytes of a file."""

    content: bytes
    content_type: str
    name: str


Result = dict[str, Any] | Listing | Download | None
Handler = Callable[[Call], Result]
