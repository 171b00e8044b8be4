"""What the ledger keeps of content that it no longer has (migration 0011)."""

from typing import Final

CONTENT_REMOVED: Final = (
    "ALTER TABLE requests ADD COLUMN raw_dropped_at {text}",
    "ALTER TABLE requests ADD COLUMN erased_at {text}",
    "ALTER TABLE requests ADD COLUMN erased_by {text}",
    # What retention may look at, the longest settled first: an idle run reads one entry of it.
    """
    CREATE INDEX requests_with_raw ON requests (settled_at, key)
    WHERE raw_dropped_at IS NULL AND state <> 'pending' AND state <> 'parked'
    """,
    "CREATE INDEX messages_of_request ON messages (request_key)",
    "CREATE INDEX troubles_of_request ON troubles (request_key)",
)
