"""SQLite's errors as ours: which pass by themselves, which need a person, and what to do."""

import sqlite3
from collections.abc import Mapping
from typing import Final

from connector.errors import ConnectorError, FatalError, Unreachable

PASSING: Final[Mapping[int, tuple[str, str]]] = {
    sqlite3.SQLITE_BUSY: (
        "is locked by another process",
        "See which process keeps it open, and let it end",
    ),
    sqlite3.SQLITE_FULL: ("cannot grow because the disk is full", "Make room on its disk"),
    sqlite3.SQLITE_IOERR: (
        "cannot be read or written",
        "See whether its disk is full, unmounted or failing",
    ),
}
LASTING: Final[Mapping[int, tuple[str, str]]] = {
    sqlite3.SQLITE_NOTADB: (
        "is not a SQLite database",
        "Let `state` name another file, or restore this one from a backup",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        "Keep the file, and restore it from a backup or with sqlite3's .recover",
    ),
    sqlite3.SQLITE_READONLY: (
        "is read-only",
        "Give the user that runs the connector the right to write the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Give the user that runs the connector the right to read and write it and its folder",
    ),
}


def explain(error: sqlite3.Error, label: str) -> ConnectorError | None:
    """Return the error for people, or None for one that only a fault of ours can cause."""
    code = primary_code(error)
    if code in PASSING:
        problem, remedy = PASSING[code]
        return Unreachable(f"{label} {problem}", remedy)
    if code in LASTING:
        problem, remedy = LASTING[code]
        return FatalError(f"{label} {problem}", remedy)
    return None


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code (the low byte), or 0 for an error of the wrapper."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
