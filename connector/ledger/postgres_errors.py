"""PostgreSQL's errors as ours: which pass by themselves, which need a person, and what to do.

The codes are those of PostgreSQL's manual, appendix A; two letters or digits stand for a class.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import psycopg

from connector.errors import ConnectorError, FatalError, Unreachable

LOST: Final = (
    "was cut off; what was being written may or may not be in it",
    "See whether the server and the network are up; the next run goes on",
)
PASSING: Final[Mapping[str, tuple[str, str]]] = {
    "08": LOST,
    "57P": LOST,
    "25P03": LOST,  # we stood still in the middle of a transaction, and the server ended it
    "53100": ("cannot grow because the server's disk is full", "Make room on its disk"),
    "53300": ("has no connection left", "Raise max_connections of the server, or run fewer hosts"),
    "53": ("has run out of memory or another resource", "See the server's log"),
    "55P03": ("is kept locked by another", "See pg_stat_activity for who, and let it end"),
    "40": ("had to undo a transaction for another's sake", "The next run goes on"),
    "57014": ("was too slow for its statement_timeout", "Raise it for this user, or see its load"),
    "25006": ("is read-only now: a standby", "Let `state` name the primary server"),
    "58": ("cannot be read or written by its server", "See the server's log, and its disk"),
}
LASTING: Final[Mapping[str, tuple[str, str]]] = {
    "42501": (
        "does not let its user create and write tables",
        "Let that user own the database, or grant it CREATE and USAGE on the schema",
    ),
    "3F000": ("has no schema to work in", "Create the schema that its user's search_path names"),
    "XX": ("is damaged", "Restore it from a backup, and see the server's log"),
}
REFUSED: Final = re.compile(
    r"authentication failed|pg_hba\.conf|does not exist|no password supplied"
)
"""How the server turns us away. It comes without a code, and in English unless set otherwise."""


@contextmanager
def explained(label: str) -> Iterator[None]:
    """Raise psycopg's errors as ours, but for those that only a fault of ours can cause."""
    try:
        yield
    except psycopg.Error as error:
        ours = explain(error, label)
        if ours is None:
            raise
        raise ours from error


def explain(error: psycopg.Error, label: str) -> ConnectorError | None:
    """Return the error for people, or None for one that only a fault of ours can cause."""
    code = error.sqlstate or ""
    if found := _of_code(PASSING, code):
        return Unreachable(f"{label} {found[0]}", found[1])
    if found := _of_code(LASTING, code):
        return FatalError(f"{label} {found[0]}", found[1])
    if not code and isinstance(error, psycopg.OperationalError):
        return Unreachable(f"{label} {LOST[0]}", LOST[1])
    return None


def explain_refusal(error: psycopg.Error, label: str) -> ConnectorError:
    """Return the error for people of a connection that was never made."""
    words = " ".join(str(error).split())
    if REFUSED.search(words):
        return FatalError(f"{label} cannot be opened ({words})", "Correct `state`, or the server")
    return Unreachable(
        f"{label} cannot be reached ({words})", "See whether the server and the network are up"
    )


def _of_code(table: Mapping[str, tuple[str, str]], code: str) -> tuple[str, str] | None:
    """Return what the longest beginning of the code stands for."""
    beginnings = (code[:length] for length in range(len(code), 1, -1))
    return next((table[each] for each in beginnings if each in table), None)
