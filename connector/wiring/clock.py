"""The only clock of the program."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment; the only clock of the program."""
    return datetime.now(UTC)
