"""Logs: readable on a terminal, JSON for machines; run id and request key on every line.

Logs go to stderr. Addresses are redacted unless `logs.redact_addresses` is false.
"""

import re
import sys
from collections.abc import MutableMapping

import structlog

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_ADDRESS = re.compile(r"([\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]*@([\w-]+(?:\.[\w-]+)*)")

Event = MutableMapping[str, object]


def configure_logs(*, log_format: str | None, level: str, redact_addresses: bool) -> None:
    """Set up logging for this process; without a format, JSON unless stderr is a terminal."""
    as_json = log_format == "json" or (log_format is None and not sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            *([_redact_event] if redact_addresses else []),
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if as_json
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def redact(text: str) -> str:
    """Return `text` with every e-mail address cut to its first letter and its domain."""
    return _ADDRESS.sub(r"\1…@\2", text)


def _redact_event(_logger: object, _method: str, event: Event) -> Event:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event
