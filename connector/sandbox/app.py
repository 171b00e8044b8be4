"""From a call to its answer: route, faults, token, contract, operation, envelope."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connector.sandbox import wire
from connector.sandbox.behaviour import Behaviour
from connector.sandbox.calls import NOT_FOUND, Call, Download, Listing, Refused, Result
from connector.sandbox.contract.checking import (
    Violation,
    complete,
    read_list,
    read_object,
    read_query,
)
from connector.sandbox.contract.operations import Answer, BodyType, Operation
from connector.sandbox.faults import Fault, FaultBody, FaultKind, Faults
from connector.sandbox.forms import FormPart, read_form
from connector.sandbox.operations import HANDLERS
from connector.sandbox.operations.security import check_token
from connector.sandbox.routing import Route, find_route, is_path
from connector.sandbox.state import Store

DEFAULT_PAGE = 50
LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Received:
    """A call as it came over the wire; the names of `headers` are in lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `dropped` is never sent, `cut` is sent up to its middle, `repeated` twice."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False
    cut: bool = False
    repeated: bool = False


NOT_HANDLED = Reply(0, dropped=True)


class App:
    """The operations of one sandbox, without the network."""

    def __init__(
        self, store: Store, behaviour: Behaviour, faults: Faults, now: Callable[[], datetime]
    ) -> None:
        """`now` returns the present moment in UTC."""
        self.store = store
        self.behaviour = behaviour
        self.faults = faults
        self.now = now
        self.stopping = threading.Event()

    def answer(self, received: Received, route: Route | None) -> tuple[Reply, Fault | None]:
        """Return the answer to a call, and the fault that struck it, if any."""
        template = route.operation.path if route else received.path
        fault = self.faults.strike(f"{received.method} {template}", received.body)
        if fault is None:
            return self._serve(received, route), None
        return self._strike(fault, received, route), fault

    def _strike(self, fault: Fault, received: Received, route: Route | None) -> Reply:
        if fault.kind in {FaultKind.STATUS, FaultKind.DROP}:
            carried_out = self._serve(received, route) if fault.after_commit else NOT_HANDLED
            dropped = fault.kind is FaultKind.DROP
            return replace(carried_out, dropped=True) if dropped else _status_reply(fault)
        if fault.kind is FaultKind.REFUSE_FIELD:
            return _refusal(Refused(f"{fault.field} was refused"))
        if fault.kind is FaultKind.EXPIRE_TOKENS:
            self._expire_tokens()
        if fault.kind is FaultKind.DELAY and not fault.after_commit:
            self.stopping.wait(fault.seconds)
        reply = self._serve(received, route)
        if fault.kind is FaultKind.DELAY and fault.after_commit:
            self.stopping.wait(fault.seconds)
        if fault.kind is FaultKind.NO_ID:
            return _without_id(reply)
        return replace(
            reply,
            cut=fault.kind is FaultKind.TRUNCATE,
            repeated=fault.kind is FaultKind.REPEAT,
        )

    def _expire_tokens(self) -> None:
        with self.store.lock:
            self.store.tokens.expire(self.now())

    def _serve(self, received: Received, route: Route | None) -> Reply:
        try:
            if route is None:
                raise _no_route(received)
            with self.store.lock:
                return self._carried_out(received, route)
        except Violation as violation:
            return _refusal(Refused("Validation failed", *violation.problems))
        except Refused as refused:
            return _refusal(refused)

    def _carried_out(self, received: Received, route: Route) -> Reply:
        operation = route.operation
        call = Call(self.store, self.behaviour, self.now(), route.path)
        if operation.needs_token:
            check_token(call, received.headers.get("authorization", ""))
        call = replace(call, query=read_query(operation.query, received.query))
        call = _with_body(call, operation, received)
        return self._reply(operation, call, HANDLERS[operation.endpoint](call))

    def _reply(self, operation: Operation, call: Call, result: Result) -> Reply:
        if operation.answer is Answer.EMPTY:
            return Reply(200)
        if isinstance(result, Download):
            disposition = f"attachment; filename*=UTF-8''{quote(result.name)}"
            headers = {"Content-Disposition": disposition}
            return Reply(200, result.content, result.content_type, headers)
        if isinstance(result, Listing):
            return self._list_reply(operation, call, result)
        shown = wire.rendered(complete(operation.result, result or {}), self.behaviour.zone)
        bare = operation.answer is Answer.BARE
        return Reply(200, wire.encoded(shown if bare else wire.success(shown)))

    def _list_reply(self, operation: Operation, call: Call, listing: Listing) -> Reply:
        page, later = _page(operation, call, listing.items)
        items = [complete(operation.result, listing.show(item)) for item in page]
        shown = [wire.rendered(item, self.behaviour.zone) for item in items]
        listing.after_page(later)
        total = len(listing.items) if operation.answer is Answer.PAGE else None
        return Reply(200, wire.encoded(wire.success(shown, total)))


def route_of(received: Received) -> Route | None:
    """Return the operation that a call means, if BMS has it."""
    return find_route(received.method, received.path)


def _no_route(received: Received) -> Refused:
    if is_path(received.path):
        return Refused(f"{received.method} is not allowed here", status=405)
    return Refused(f"There is nothing at {received.path}", status=404, code=NOT_FOUND)


def _with_body(call: Call, operation: Operation, received: Received) -> Call:
    if operation.body_type is BodyType.NONE:
        return call
    if operation.body_type is BodyType.FORM:
        return replace(call, form=_form(operation, received))
    content_type = received.headers.get("content-type", "").lower()
    if "json" not in content_type:
        raise Refused(f"Unsupported media type '{content_type}'", status=415)
    try:
        body = json.loads(received.body)
    except ValueError:
        raise Refused("The body is not JSON") from None
    if operation.body_type is BodyType.JSON_LIST:
        return replace(call, operations=read_list(operation.body, body))
    return replace(call, body=read_object(operation.body, body))


def _form(operation: Operation, received: Received) -> dict[str, FormPart]:
    try:
        parts = read_form(received.headers.get("content-type", ""), received.body)
    except ValueError as error:
        raise Refused(str(error)) from None
    declared = {name.lower(): name for name in operation.body}
    strangers = [part.name for part in parts if part.name.lower() not in declared]
    form = {declared[part.name.lower()]: part for part in parts if part.name not in strangers}
    problems = [f"{name} is not a field of this operation" for name in strangers]
    for name, item in operation.body.items():
        if item.required and name not in form:
            problems.append(f"The {name} field is required")
    if problems:
        raise Refused("Validation failed", *problems)
    return form


def _page(
    operation: Operation, call: Call, items: Sequence[Any]
) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the page that was asked for, and what comes after it.

    Page 0 is page 1 (facts, section 3).
    """
    if "PageSize" not in {*operation.query, *operation.body}:
        return items, ()
    asked = call.query or call.body
    size = min(asked.get("PageSize") or DEFAULT_PAGE, LARGEST_PAGE)
    start = (max(asked.get("PageNumber") or 1, 1) - 1) * size
    return items[start : start + size], items[start + size :]


def _refusal(refused: Refused) -> Reply:
    envelope = wire.failure(refused.code, refused.message, refused.problems)
    return Reply(refused.status, wire.encoded(envelope), headers=refused.headers)


def _status_reply(fault: Fault) -> Reply:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    if fault.body is FaultBody.HTML:
        page = f"<html><body><h1>{fault.status}</h1><p>{fault.message}</p></body></html>"
        return Reply(fault.status, page.encode(), "text/html; charset=utf-8", headers)
    if fault.body is FaultBody.EMPTY:
        return Reply(fault.status, headers=headers)
    envelope = wire.failure(fault.status, fault.message)
    return Reply(fault.status, wire.encoded(envelope), headers=headers)


def _without_id(reply: Reply) -> Reply:
    envelope = json.loads(reply.body)
    result = envelope.get("result")
    for item in result if isinstance(result, list) else [result or {}]:
        item.pop("id", None)
    return replace(reply, body=wire.encoded(envelope))
