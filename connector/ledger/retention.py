"""Retention: raw messages leave the ledger once a request has been settled for long enough.

What was decided stays, and so do identities and approvals. Letters are rendered from the message,
so they go with it; that they were sent, to whom and when, stays.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from connector.accounts.model import ENDED
from connector.ledger.columns import json_text, time_text
from connector.ledger.database import Database, Transaction
from connector.ports import Stamp
from connector.ports.post import PostState

MAX_BYTES: Final = 8_000_000
"""After how many bytes a transaction ends, lest it keep others waiting."""

NO_WORDS: Final = json_text({"subject": "", "text": ""})
"""What is left of a letter."""

UNSENT: Final = (PostState.WAITING.value, PostState.SENDING.value)
OVER: Final = tuple(sorted(state.value for state in ENDED))

LETTER_WAITS: Final = """
    EXISTS (
        SELECT 1 FROM outbox WHERE outbox.request_key = requests.key AND outbox.state IN :unsent
    )
"""
ACCESS_IS_OPEN: Final = """
    EXISTS (
        SELECT 1 FROM access_requests JOIN access_people
            ON access_people.access_id = access_requests.id
        WHERE access_requests.request_key = requests.key AND access_people.state NOT IN :over
    )
"""


class Retention:
    """The part of the ledger that lets raw messages go."""

    database: Database

    def drop_raw(self, *, settled_before: datetime, limit: int, stamp: Stamp) -> int:
        """Drop raw messages and letters of at most `limit` requests settled before then.

        In one transaction, which ends early when it has dropped many bytes. What waits for
        anybody, also for an approval or for its letters to be sent, is passed over. Return of how
        many requests: 0 when there is nothing left to drop.
        """
        if not self._due(settled_before, 1):
            return 0  # most runs end here, and write nothing
        with self.database.transaction() as tx:
            tx.hold("retention")
            keys = _marked(tx, _due_now(tx, settled_before, limit), stamp)
            drop_content(tx, keys)
        return len(keys)

    def give_back_space(self) -> None:
        """Give space that nothing uses any more back to the disk: a bounded part of it."""
        self.database.give_back_space()

    def _due(self, settled_before: datetime, limit: int) -> Sequence[str]:
        with self.database.snapshot() as tx:
            return _due_now(tx, settled_before, limit)


def _marked(tx: Transaction, keys: Sequence[str], stamp: Stamp) -> list[str]:
    """Mark requests as without a raw message, and return those that nobody released meanwhile.

    From here to the end of the transaction nobody can: a release waits for the row.
    """
    tx.execute(
        """
        UPDATE requests SET raw_dropped_at = :at
        WHERE key IN :keys AND raw_dropped_at IS NULL
            AND state <> 'pending' AND state <> 'parked'
        """,
        {"at": time_text(stamp.at), "keys": keys},
    )
    rows = tx.all(
        "SELECT key FROM requests WHERE key IN :keys AND raw_dropped_at IS NOT NULL",
        {"keys": keys},
    )
    return [row["key"] for row in rows]


def drop_content(tx: Transaction, keys: Sequence[str]) -> None:
    """Delete raw messages, and the words of letters, of these requests."""
    tx.execute("DELETE FROM raw WHERE request_key IN :keys", {"keys": keys})
    tx.execute(
        "UPDATE outbox SET content = :nothing WHERE request_key IN :keys",
        {"nothing": NO_WORDS, "keys": keys},
    )


def _due_now(tx: Transaction, settled_before: datetime, limit: int) -> list[str]:
    """Return the keys of the requests settled longest ago, up to `limit` or `MAX_BYTES`."""
    rows = tx.all(
        f"""
        SELECT requests.key,
            (SELECT LENGTH(content) FROM raw WHERE raw.request_key = requests.key) AS size
        FROM requests
        WHERE raw_dropped_at IS NULL AND state <> 'pending' AND state <> 'parked'
            AND settled_at < :before AND NOT {LETTER_WAITS} AND NOT {ACCESS_IS_OPEN}
        ORDER BY settled_at, key LIMIT :limit
        """,  # noqa: S608 - constants
        {
            "before": time_text(settled_before),
            "limit": limit,
            "unsent": UNSENT,
            "over": OVER,
        },
    )
    keys: list[str] = []
    size = 0
    for row in rows:
        keys.append(row["key"])
        size += row["size"] or 0
        if size > MAX_BYTES:
            break
    return keys
