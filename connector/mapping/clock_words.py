"""The time of day in a phrase: "3pm", "17:30", "noon", "end of day", "3 PM EST"."""

import re
from dataclasses import dataclass
from datetime import time

ZONES = {
    "eastern": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "et": "America/New_York", "central": "America/Chicago", "cst": "America/Chicago",
    "cdt": "America/Chicago", "ct": "America/Chicago", "mountain": "America/Denver",
    "mst": "America/Denver", "mdt": "America/Denver", "mt": "America/Denver",
    "pacific": "America/Los_Angeles", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "utc": "UTC", "gmt": "UTC",
}  # fmt: skip
"""What clients call their zone. People write EST all year round and mean the wall clock."""

FIRST_HOUR_OF_DAY = 7
"""A bare "at 3" is the 3 o'clock of working hours: 07:00 up to, not including, 19:00."""

_ZONE = rf"(?:\s(?P<zone>{'|'.join(ZONES)})(?:\stime)?)?"
PART_OF_DAY = re.compile(
    r"\b(\d{1,2}(?::\d{2})?)(?: o'clock)? in the (morning|afternoon|evening)\b"
)
CLOCKS = (
    re.compile(rf"(?<![\w/:.-])(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}}))?\s?(?P<half>[ap]m){_ZONE}(?![\w:-])"),
    re.compile(rf"(?<![\w/:.-])(?P<hour>\d{{1,2}})[:h](?P<minute>\d{{2}})(?::\d{{2}})?(?P<half>)(?:\shrs?)?{_ZONE}(?![\w:-])"),
    re.compile(rf"\b(?:by|before) (?P<hour>\d{{1,2}})(?P<minute>)(?P<half>){_ZONE}$"),
    re.compile(rf"\bat (?P<hour>\d{{1,2}})(?P<minute>)(?P<half>)(?: o'clock)?{_ZONE}(?![\w:/.-])"),
)  # fmt: skip
NOON = re.compile(r"\b(?:12 )?(?:noon|midday|lunch ?time|lunch)\b")
MIDNIGHT = re.compile(r"\b(?:12 )?midnight\b")
MORNING = re.compile(r"\b(?:in the )?morning\b")
CLOSE = re.compile(
    r"\b(?:eod|eob|cob|(?:the )?(?:end|close) of (?:the )?(?:business day|business|day|today)|"
    r"(?:in the )?(?:afternoon|evening)|night)\b"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. `at` None means the day's close of operation."""

    at: time | None
    zone: str | None = None
    is_next_day: bool = False


def take_clock(text: str) -> tuple[Clock | None, str]:
    """Return the time of day that `text` names, if any, and `text` without it."""
    halved = PART_OF_DAY.sub(lambda m: f"{m[1]} {'am' if m[2] == 'morning' else 'pm'}", text)
    for pattern in CLOCKS:
        match = pattern.search(halved)
        at = _time(match) if match else None
        if match and at is not None:
            zone = ZONES.get(match["zone"])
            # "3pm in the afternoon": the part of the day says nothing new
            return Clock(at, zone), _without_part_of_day(_cut(halved, match))
    return _word_clock(halved)


def _word_clock(text: str) -> tuple[Clock | None, str]:
    if noon := NOON.search(text) or MORNING.search(text):
        return Clock(time(12)), _cut(text, noon)
    if midnight := MIDNIGHT.search(text):
        return Clock(time(0), is_next_day=True), _cut(text, midnight)
    if close := CLOSE.search(text):
        return Clock(None), _cut(text, close)
    return None, text


def _cut(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _without_part_of_day(text: str) -> str:
    return CLOSE.sub(" ", MORNING.sub(" ", text))


def _time(match: re.Match[str]) -> time | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = match["half"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif not match["hour"].startswith("0") and 1 <= hour < FIRST_HOUR_OF_DAY:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None
