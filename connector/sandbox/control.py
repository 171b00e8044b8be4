"""The sandbox's own paths, outside of /v2: for people, and for tests in another process.

| Path                                    | Does                                             |
|-----------------------------------------|--------------------------------------------------|
| GET /_sandbox/tickets                   | every ticket, under the contract's names         |
| GET /_sandbox/tickets/ID                | one ticket with notes, attachments, custom values|
| GET /_sandbox/contacts                  | every contact, and what it is in the portal      |
| GET /_sandbox/calls                     | how often each operation was called              |
| GET /_sandbox/exchanges                 | every call and its answer, without secrets       |
| GET, POST, DELETE /_sandbox/faults      | list, add (fields of `Fault`), take all away     |
| GET, PATCH /_sandbox/behaviour          | the switches of `Behaviour`                      |
| POST /_sandbox/person                   | an act of a person: its name as `act`, its fields|
| POST /_sandbox/seed                     | add `count` open tickets                         |
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connector.sandbox import wire
from connector.sandbox.app import Received, Reply
from connector.sandbox.person import ACTS

if TYPE_CHECKING:
    from connector.sandbox.sandbox import Sandbox

PREFIX = "/_sandbox"
MOMENTS = frozenset({"moment", "opened_at", "due_date"})
"""The options of acts that are moments: ISO 8601 with offset."""


def is_control(path: str) -> bool:
    """Return whether a path is the sandbox's own."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def answer(sandbox: "Sandbox", received: Received) -> Reply:
    """Answer a call to one of the sandbox's own paths."""
    name, _, rest = received.path.removeprefix(PREFIX).strip("/").partition("/")
    try:
        value = _value(sandbox, received, name, rest)
    except (ValueError, TypeError) as error:
        return Reply(400, wire.encoded({"error": str(error)}))
    except KeyError:
        return Reply(404, wire.encoded({"error": f"There is nothing at {received.path}"}))
    return Reply(200, wire.encoded(value))


def _value(sandbox: "Sandbox", received: Received, name: str, rest: str) -> object:
    if name == "tickets" and rest:
        return _whole_ticket(sandbox, int(rest))
    if rest:
        raise KeyError(received.path)
    return _PATHS[name](sandbox, received)


def _tickets(sandbox: "Sandbox", _received: Received) -> object:
    return sandbox.tickets


def _contacts(sandbox: "Sandbox", _received: Received) -> object:
    return sandbox.contacts


def _calls(sandbox: "Sandbox", _received: Received) -> object:
    return dict(sandbox.calls)


def _exchanges(sandbox: "Sandbox", _received: Received) -> object:
    return [exchange.as_dict() for exchange in list(sandbox.exchanges)]


def _whole_ticket(sandbox: "Sandbox", ticket_id: int) -> dict[str, Any]:
    ticket = next((item for item in sandbox.tickets if item["Id"] == ticket_id), None)
    if ticket is None:
        raise KeyError(ticket_id)
    return {
        **ticket,
        "Notes": sandbox.notes(ticket_id),
        "Attachments": [
            {name: value for name, value in item.items() if name != "Content"}
            for item in sandbox.attachments(ticket_id)
        ],
        "CustomValues": sandbox.custom_values(ticket_id),
    }


def _faults(sandbox: "Sandbox", received: Received) -> object:
    if received.method == "POST":
        options = dict(json.loads(received.body))
        sandbox.faults.add(options.pop("kind", ""), **options)
    elif received.method == "DELETE":
        sandbox.faults.clear()
    return [asdict(fault) for fault in sandbox.faults.all]


def _behaviour(sandbox: "Sandbox", received: Received) -> object:
    if received.method == "PATCH":
        sandbox.behaviour.change(json.loads(received.body))
    return asdict(sandbox.behaviour)


def _person(sandbox: "Sandbox", received: Received) -> object:
    options = dict(json.loads(received.body or b"{}"))
    act = options.pop("act", "")
    if act not in ACTS:
        raise ValueError(f"'{act}' is no act; there are: {', '.join(ACTS)}")
    for name in MOMENTS & options.keys():
        options[name] = datetime.fromisoformat(options[name])
    return getattr(sandbox.person, act)(**options)


def _seed(sandbox: "Sandbox", received: Received) -> object:
    return sandbox.seed(**json.loads(received.body or b"{}"))


_PATHS: dict[str, Callable[["Sandbox", Received], object]] = {
    "tickets": _tickets,
    "contacts": _contacts,
    "calls": _calls,
    "exchanges": _exchanges,
    "faults": _faults,
    "behaviour": _behaviour,
    "person": _person,
    "seed": _seed,
}
