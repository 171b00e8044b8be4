"""Which ticket an event of BMS is about: a hint, whose schema is published nowhere."""

import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl

MOST_VALUES: Final = 2000
"""How much of a body is looked through."""

_NAMES: Final = ("ticketid", "ticket_id")
_HOLDERS: Final = ("ticket", "data", "payload", "result", "entity", "object")
LARGEST: Final = 2**53


def ticket_in(body: bytes) -> int | None:
    """Return the id of the ticket that a body names, if it names one."""
    payload = _parsed(body)
    pairs = list(_pairs(payload))
    named = (value for key, value in pairs if key.lower() in _NAMES)
    others = (value for key, value in _outer(payload) if key.lower() == "id")
    return next((number for each in (*named, *others) if (number := _id(each))), None)


def _parsed(body: bytes) -> object:
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return dict(parse_qsl(text, max_num_fields=100))
    except ValueError:
        return None


def _pairs(payload: object) -> Iterator[tuple[str, object]]:
    """Yield every key with its value, the outer ones first."""
    waiting, seen = [payload], 0
    for value in waiting:
        inner = list(value.values()) if isinstance(value, dict) else value
        if isinstance(value, dict):
            yield from value.items()
        if isinstance(inner, list):
            seen += len(inner)
            if seen > MOST_VALUES:
                return
            waiting += inner


def _outer(payload: object) -> Iterator[tuple[str, object]]:
    """Yield what stands in the body itself, or in what it wraps a ticket in."""
    if not isinstance(payload, dict):
        return
    for key, value in payload.items():
        if key.lower() in _HOLDERS and isinstance(value, dict):
            yield from value.items()
    yield from payload.items()


def _id(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 17:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value < LARGEST else None
