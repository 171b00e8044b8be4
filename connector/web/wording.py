"""Moments and lengths of time as pages say them."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from flask import Flask

from connector.sla.wording import minute_words

UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60))


def register_filters(app: Flask, zone: ZoneInfo) -> None:
    """Let templates write `{{ at | moment }}`, `{{ at | clock }}` and `{{ length | span }}`.

    A moment is for people who are not of the help desk: Monday 23 November 2026 at 17:30.
    """
    app.add_template_filter(partial(minute_words, zone=zone), "moment")
    app.add_template_filter(partial(clock_words, zone=zone), "clock")
    app.add_template_filter(span_words, "span")


def clock_words(at: datetime, zone: ZoneInfo) -> str:
    """Write a moment briefly: Mon 23 Nov 17:30."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def span_words(length: timedelta) -> str:
    """Write a length of time by its two largest units: 2 days 3 hours; always positive."""
    seconds = abs(int(length.total_seconds()))
    parts: list[tuple[int, str]] = []
    for unit, size in UNITS:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append((count, unit))
    shown = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts[:2] if count]
    return " ".join(shown) or "less than a minute"
