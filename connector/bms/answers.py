"""Reading BMS's answers: the single place that decides whether an answer is a failure.

An answer is good when it is 2xx, JSON, `success` is true and the expected data is there; a few
reads answer bare, without the envelope. Keys are looked up in any case, since the contract is
PascalCase and the wire camelCase.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, NoReturn, TypeVar

from pydantic import ValidationError

from connector.bms.endpoints import Endpoint
from connector.bms.failures import Failure, error_for, failure_of_status
from connector.bms.models import Answer
from connector.bms.times import read_http_date

Model = TypeVar("Model", bound=Answer)

LONGEST_WAIT = timedelta(hours=24)
"""More than this is not believed of a Retry-After."""

EXCERPT = 500
"""Characters of BMS's own words that are passed on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. `received_at` is our clock's, `headers` have lower-case names."""

    status: int
    body: bytes = field(repr=False)
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def server_time(self) -> datetime | None:
        """What the server's clock said (`Date`), in UTC."""
        return read_http_date(self.headers.get("date"))

    @property
    def not_before(self) -> datetime | None:
        """When to come back (`Retry-After`: seconds or a date, RFC 9110 section 10.2.3)."""
        value = self.headers.get("retry-after", "").strip()
        if value.isdecimal() and value.isascii():
            wait = timedelta(seconds=min(int(value), LONGEST_WAIT.total_seconds()))
            return self.received_at.astimezone(UTC) + wait
        moment = read_http_date(value)
        return None if moment is None else min(moment, self.received_at + LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Page(Generic[Model]):
    """One page of a list; `total` counts all its pages, where BMS says so."""

    rows: Sequence[Model]
    total: int | None


def read_one(reply: Reply, endpoint: Endpoint, model: type[Model]) -> Model:
    """Return the one thing that `reply` holds; raises what `failures.FAILURES` says."""
    return _validate(_result(reply, endpoint)["result"], reply, endpoint, model)


def read_rows(reply: Reply, endpoint: Endpoint, model: type[Model]) -> Page[Model]:
    """Return the list that `reply` holds; raises what `failures.FAILURES` says."""
    answer = _result(reply, endpoint)
    total = answer.get("totalrecords")
    rows = answer["result"]
    if rows is None and (total == 0 or not endpoint.paged):
        rows = []
    if not isinstance(rows, list):
        _fail(Failure.UNREADABLE, reply, endpoint, "no list in it")
    return Page(
        [_validate(row, reply, endpoint, model) for row in rows],
        total if isinstance(total, int) else None,
    )


def read_first(reply: Reply, endpoint: Endpoint, model: type[Model]) -> Model:
    """Return the first of the things that `reply` lists; having none is a failure too."""
    rows = read_rows(reply, endpoint, model).rows
    if not rows:
        _fail(Failure.UNREADABLE, reply, endpoint, "nothing in it")
    return rows[0]


def read_nothing(reply: Reply, endpoint: Endpoint) -> None:
    """Take an answer that holds nothing but whether it succeeded; it may have no body at all."""
    failure = failure_of_status(reply.status)
    content = _json(reply.body)
    if failure is None and isinstance(content, dict):
        failure = Failure.REFUSED if lower_keys(content).get("success") is False else None
    if failure:
        _fail(failure, reply, endpoint, words_of(reply.body))


def lower_keys(value: Mapping[str, object]) -> dict[str, object]:
    """Return `value` with its own keys in lower case."""
    return {key.lower(): item for key, item in value.items()}


def _result(reply: Reply, endpoint: Endpoint) -> dict[str, object]:
    """Return the good envelope of an answer, its keys in lower case."""
    failure = failure_of_status(reply.status)
    if failure is Failure.REDIRECT:
        _fail(failure, reply, endpoint, f"to {reply.headers.get('location', '')[:200]}")
    if failure:
        _fail(failure, reply, endpoint, words_of(reply.body))
    content = _json(reply.body)
    if not isinstance(content, dict):
        _fail(Failure.UNREADABLE, reply, endpoint, words_of(reply.body) or "an empty answer")
    answer = lower_keys(content)
    if endpoint.bare and "success" not in answer:
        return {"result": content}
    if answer.get("success") is False:
        _fail(Failure.REFUSED, reply, endpoint, words_of(reply.body))
    if answer.get("success") is not True:
        _fail(Failure.UNREADABLE, reply, endpoint, "it does not say whether it succeeded")
    return {"result": None, **answer}


def _validate(value: object, reply: Reply, endpoint: Endpoint, model: type[Model]) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        where = ", ".join(sorted({str(e["loc"][-1]) for e in error.errors() if e["loc"]}))
        _fail(Failure.UNREADABLE, reply, endpoint, f"without a usable {where or 'result'}")


def _fail(failure: Failure, reply: Reply, endpoint: Endpoint, words: str) -> NoReturn:
    detail = f"HTTP {reply.status}: {words}" if words else f"HTTP {reply.status}"
    raise error_for(failure, endpoint, detail, reply.not_before)


def _json(body: bytes) -> object | None:
    try:
        value: object = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        return None
    return value


# --- BMS's own words -------------------------------------------------------------------------


def words_of(body: bytes) -> str:
    """Return what an answer says of its failure, as one line of plain text.

    Looks into BMS's envelope (Error), ASP.NET's ProblemDetails (RFC 9457, with `errors`), or
    takes the text itself. A stack trace is never passed on.
    """
    content = _json(body)
    if isinstance(content, dict):
        said = [*_envelope_words(lower_keys(content)), *_problem_words(lower_keys(content))]
    elif isinstance(content, str):
        said = [content]
    else:
        said = [body.decode("utf-8", "replace")] if content is None else []
    distinct = list(dict.fromkeys(filter(None, map(_one_line, said))))
    return "; ".join(distinct)[:EXCERPT]


def _envelope_words(answer: Mapping[str, object]) -> Iterator[str]:
    error = answer.get("error")
    if isinstance(error, str):
        yield error
    if not isinstance(error, dict):
        return
    parts = lower_keys(error)
    yield from _strings(parts.get("message"))
    yield from _strings(parts.get("details"))
    yield from _strings(parts.get("suberrors"))


def _problem_words(answer: Mapping[str, object]) -> Iterator[str]:
    for key in ("message", "title", "detail"):
        yield from _strings(answer.get(key))
    errors = answer.get("errors")
    if not isinstance(errors, dict):
        yield from _strings(errors)
        return
    for name, messages in errors.items():
        yield from (f"{name}: {message}" for message in _strings(messages))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def _one_line(text: str) -> str:
    without_blocks = re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", text)
    plain = html.unescape(re.sub(r"<[^>]*>", " ", without_blocks))
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split()).rstrip(".")
