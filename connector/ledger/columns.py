"""How values stand in columns, the same in every database.

Times are ISO 8601 text in UTC, all of one width, so that they sort as text. Structured values
are JSON text, and truth is 0 or 1.
"""

import json
from datetime import UTC, datetime
from typing import Any


def time_text(moment: datetime) -> str:
    """Return an aware moment as text; raises `ValueError` for one without a time zone."""
    if moment.tzinfo is None:
        msg = f"the ledger takes only moments with a time zone, not {moment.isoformat()}"
        raise ValueError(msg)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def time_text_if_any(moment: datetime | None) -> str | None:
    """Return an aware moment as text, and None as it is."""
    return None if moment is None else time_text(moment)


def time_for_people(moment: datetime) -> str:
    """Return a moment as a line of the journal says it: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def to_time(text: str) -> datetime:
    """Return the moment that `time_text` wrote, in UTC."""
    return datetime.fromisoformat(text)


def to_time_if_any(text: str | None) -> datetime | None:
    """Return the moment, or None for an empty column."""
    return None if text is None else to_time(text)


def json_text(value: object) -> str:
    """Return a value as JSON, in ASCII: it holds even what is not valid Unicode."""
    return json.dumps(value)


def from_json(text: str) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Return the value that `json_text` wrote."""
    return json.loads(text)


def storable(text: str) -> str:
    r"""Return text that any database takes: lone surrogates and NULs are written as `\x…`.

    Headers of damaged mail and file names in old encodings hold such characters, and a
    request must not fail for them.
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", r"\x00")
