"""How answers look on the wire: camelCase names, moments as text, the envelope."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


def camel(name: str) -> str:
    """Return a .NET name as its JSON serializer writes it: SLAId as slaId, CCs as cCs.

    The first letter, and every following capital up to the last one before a small letter,
    become small.
    """
    letters = list(name)
    for index, letter in enumerate(letters):
        if index > 0 and not letter.isupper():
            break
        followed_by_small = index + 1 < len(letters) and not letters[index + 1].isupper()
        if index > 0 and followed_by_small:
            break
        letters[index] = letter.lower()
    return "".join(letters)


def moment_text(moment: datetime, zone: ZoneInfo | None) -> str:
    """Return a moment as BMS writes it: UTC with a Z, or wall-clock time of `zone` with nothing.

    The vendor does not say which; clients have met both (facts, section 3).
    """
    local = moment.astimezone(zone or ZoneInfo("UTC")).replace(tzinfo=None)
    precision = "milliseconds" if local.microsecond else "seconds"
    return local.isoformat(timespec=precision) + ("" if zone else "Z")


def rendered(value: Any, zone: ZoneInfo | None) -> Any:  # noqa: ANN401 - a value of JSON
    """Return a result with camelCase names and its moments as text."""
    if isinstance(value, datetime):
        return moment_text(value, zone)
    if isinstance(value, Mapping):
        return {camel(name): rendered(item, zone) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [rendered(item, zone) for item in value]
    return value


def success(result: object, total: int | None = None) -> dict[str, object]:
    """Return the envelope of a result; `total` only for pages."""
    envelope: dict[str, object] = {"success": True, "error": None, "result": result}
    return envelope if total is None else {**envelope, "totalRecords": total}


def failure(code: int, message: str, problems: tuple[str, ...] = ()) -> dict[str, object]:
    """Return the envelope of a refusal. `stackStrace` is the vendor's spelling."""
    error = {
        "code": code,
        "message": message,
        "details": "; ".join(problems) or message,
        "stackStrace": None,
        "subErrors": list(problems),
    }
    return {"success": False, "error": error, "result": None}


def encoded(value: object) -> bytes:
    """Return JSON as bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
