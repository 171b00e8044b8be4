"""Places in a vendor's payload, as form mappings name them.

A place is a key, or keys joined by dots. In a list a number counts from 0, and `[KEY=VALUE]` is
the first entry in which VALUE stands at KEY: `answers.[field.ref=email].email` (Typeform leaves
questions out that nobody answered, so their position says nothing). A text that is JSON is looked
into like what it stands for (Jotform: `rawRequest.q4_email`).
"""

import json
from collections.abc import Mapping
from typing import Final

MAX_JSON_CHARS: Final = 2_000_000
"""How much JSON within a text is looked into."""


def value_at(payload: object, place: str) -> object:
    """Return what stands at a place, or None."""
    if isinstance(payload, Mapping):
        return _in_object(payload, place)
    if isinstance(payload, list):
        return _in_list(payload, place)
    if isinstance(payload, str):
        inner = _parsed(payload)
        return None if inner is None else value_at(inner, place)
    return None


def _in_object(payload: Mapping[str, object], place: str) -> object:
    if place in payload:
        return payload[place]
    # Vendors have keys with dots of their own (Gravity Forms: `1.3`), so each way to cut off
    # the first key is tried, the shortest first.
    for position, char in enumerate(place):
        if char == "." and place[:position] in payload:
            found = value_at(payload[place[:position]], place[position + 1 :])
            if found is not None:
                return found
    return None


def _in_list(payload: list[object], place: str) -> object:
    if place.startswith("["):
        return _chosen(payload, place)
    first, _, rest = place.partition(".")
    if not (first.isascii() and first.isdecimal() and int(first) < len(payload)):
        return None
    return value_at(payload[int(first)], rest) if rest else payload[int(first)]


def _chosen(payload: list[object], place: str) -> object:
    choice, _, rest = place[1:].partition("]")
    key, _, wanted = choice.partition("=")
    for entry in payload:
        if value_at(entry, key.strip()) == wanted.strip():
            return value_at(entry, rest[1:]) if rest else entry
    return None


def _parsed(text: str) -> object:
    if len(text) > MAX_JSON_CHARS or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
