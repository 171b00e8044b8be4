"""The line of a ticket's text that names the desired resolution, whoever wrote it. Pure."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from connector.domain.due_dates import Desired
from connector.local_time import read_moment_or_date
from connector.mapping.desired import DesiredReading, read_desired
from connector.mapping.labels import read_labels
from connector.pipeline.writeback.rules import WatchRules

OWN_READING = re.compile(r"\((\d{4}-\d\d-\d\d(?:T[^)\s]+)?)\)\s*$")
"""How a ticket's text that we wrote says what we made of the requester's words."""


@dataclass(frozen=True, slots=True)
class DesiredLine:
    """What the line says, what we make of it, and what is wrong with it."""

    words: str
    value: Desired | None
    problem: str | None


def read_desired_line(details: str | None, at: datetime, rules: WatchRules) -> DesiredLine:
    """Read the labelled line of a ticket's text; relative words count from `at`."""
    answer = read_labels(rules.readable(details or "")).details.desired_resolution
    if answer is None:
        return DesiredLine("", None, None)
    local = at.astimezone(rules.book.zone)
    own = OWN_READING.search(answer.words)
    if own is not None:
        return DesiredLine(answer.words, read_moment_or_date(own[1]), None)
    reading: DesiredReading = read_desired(answer.words, local, rules.book.policy.calendar)
    problem = reading.problem and (
        f"The desired resolution “{answer.words}” is ignored: {reading.problem}."
    )
    return DesiredLine(answer.words, reading.value, problem)


def digest_of(details: str) -> str:
    """Return by what a text is known again."""
    return hashlib.sha256(details.encode("utf-8", "surrogatepass")).hexdigest()[:16]
