"""What a SQLite file does with the space of what was deleted.

A new ledger keeps account of its free pages (`auto_vacuum = INCREMENTAL`, which can only be set
before the first table), so that they can be given back a few at a time; the usual VACUUM writes the
whole file anew and keeps everybody waiting. A tenth of the file stays free for new mail.

Whatever is deleted is overwritten with zeros (`secure_delete`), in the file as in the log.
"""

import sqlite3
from typing import Final

MAX_PAGES: Final = 500
"""How many pages are given back at a time: 2 MB, a fraction of a second."""
MIN_PAGES: Final = 256
"""Below this (1 MB), it is not worth the writing."""
KEPT_SHARE: Final = 10
"""One in so many pages may stay free."""

INCREMENTAL: Final = 2


def prepare(connection: sqlite3.Connection) -> None:
    """Set how this connection deletes, and, for a file without content, how it keeps space."""
    connection.execute("PRAGMA secure_delete = ON")
    if _value(connection, "page_count") == 0:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")


def give_back(connection: sqlite3.Connection) -> None:
    """Cut free pages off the end of the file, if there are many; a transaction of its own."""
    surplus = _value(connection, "freelist_count") - _value(connection, "page_count") // KEPT_SHARE
    if surplus < MIN_PAGES or _value(connection, "auto_vacuum") != INCREMENTAL:
        return
    # As a script: it frees a page with every step, and `execute` makes but one, since no step
    # brings a column.
    connection.executescript(f"PRAGMA incremental_vacuum({min(surplus, MAX_PAGES)})")


def empty_log(connection: sqlite3.Connection) -> bool:
    """Move the write-ahead log into the file and cut it to nothing; False while somebody reads."""
    return _value(connection, "wal_checkpoint(TRUNCATE)") == 0


def _value(connection: sqlite3.Connection, pragma: str) -> int:
    value: int = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return value
