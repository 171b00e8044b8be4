"""Connections to a SQLite file that only its owner may read, and its write-ahead log."""

import sqlite3
import time
from pathlib import Path
from typing import Final

from connector.ledger.private_file import make_private_file
from connector.ledger.sqlite_errors import primary_code

WAL_RETRY: Final = 0.01
"""Seconds between two attempts to switch to write-ahead logging."""


def connect(path: Path | None, busy_timeout: float) -> sqlite3.Connection:
    """Connect to the file, made if need be, or for None to a database that passes with this."""
    target = ""  # a passing database of its own: in memory, on disk what does not fit there
    if path is not None:
        make_private_file(path)
        # rw, not rwc: a file that SQLite created would be readable by others.
        target = f"{path.as_uri()}?mode=rw"
    connection = sqlite3.connect(
        target,
        uri=path is not None,
        timeout=busy_timeout,
        isolation_level=None,  # transactions begin and end where we say
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    return connection


def use_write_ahead_log(connection: sqlite3.Connection, patience: float) -> None:
    """Switch to write-ahead logging, once in the life of a file, within so many seconds.

    SQLite refuses the switch while another process is at the file, without waiting as long
    as the busy timeout; that other is most likely making the same switch.
    """
    give_up = time.monotonic() + patience
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(WAL_RETRY)
        else:
            return
