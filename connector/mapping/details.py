"""The details of the guide, normalised: the requester's words stay beside what we made of them."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime

from connector.domain.request import Detail, Details
from connector.mapping.answers import read_first_time, read_yes_no
from connector.mapping.desired import read_desired, read_started
from connector.mapping.open_days import OpenDays
from connector.mapping.phones import normalise_phone

MAX_WORDS = 500
NOT_GIVEN = frozenset({"n/a", "na", "n.a.", "tbd", "tba", "null", "none given"})
SPACES = re.compile(r"\s+")


def answer(words: str) -> str | None:
    """Return `words` on one line, at most `MAX_WORDS` characters; None where they say nothing."""
    line = SPACES.sub(" ", words[: 4 * MAX_WORDS]).strip()
    if line.casefold() in NOT_GIVEN or not any(char.isalnum() for char in line):
        return None
    return line if len(line) <= MAX_WORDS else f"{line[: MAX_WORDS - 1]}…"


def normalise_details(
    details: Details, received_local: datetime, days: OpenDays | None = None
) -> Details:
    """Fill in the value of every detail that has none yet; empty answers are dropped.

    `received_local` is the receipt in the help desk's zone, from which "Friday" counts.
    """
    readers: dict[str, Callable[[str], str | None]] = {
        "mobile": normalise_phone,
        "remote_ok": lambda words: yes_no(read_yes_no(words)),
        "first_time": lambda words: yes_no(read_first_time(words)),
        "started": lambda words: read_started(words, received_local),
        "desired_resolution": lambda words: _iso(words, received_local, days),
    }
    given = {field.name: getattr(details, field.name) for field in fields(details)}
    return Details(
        **{name: _normalised(detail, readers.get(name)) for name, detail in given.items()}
    )


def _normalised(detail: Detail | None, read: Callable[[str], str | None] | None) -> Detail | None:
    words = answer(detail.words) if detail else None
    if detail is None or words is None:
        return None
    if detail.value is not None or read is None:
        return replace(detail, words=words)
    return Detail(words, read(words))


def merge_details(first: Details, second: Details) -> Details:
    """Return `first` with its gaps filled from `second`."""
    names = [field.name for field in fields(first)]
    return Details(**{name: getattr(first, name) or getattr(second, name) for name in names})


def yes_no(reading: bool | None) -> str | None:  # noqa: FBT001 - a reading is one of three
    """Return the word for an answer, or None where there is none."""
    return None if reading is None else "yes" if reading else "no"


def _iso(words: str, received_local: datetime, days: OpenDays | None) -> str | None:
    value = read_desired(words, received_local, days).value
    return None if value is None else value.isoformat()
