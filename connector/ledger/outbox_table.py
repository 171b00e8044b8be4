"""The table of the outbox."""

from typing import Final

OUTBOX: Final = """
CREATE TABLE outbox (
    id {serial},
    unique_key {text} NOT NULL UNIQUE, -- so that a crash never makes two
    kind {text} NOT NULL,              -- acknowledgement, alert, notice
    turn INTEGER NOT NULL,             -- 0 alerts, 1 everything else
    request_key {text} NOT NULL REFERENCES requests (key),
    channel {text} NOT NULL,           -- its name: the address of a webhook may hold a secret
    recipient {text} NOT NULL,
    content {text} NOT NULL,           -- JSON: rendered once
    message_id {text} NOT NULL,
    limited_as {text} NOT NULL,        -- whose letters are counted together
    state {text} NOT NULL,             -- waiting, sending, sent, given up
    attempts INTEGER NOT NULL,
    next_attempt_at {text} NOT NULL,
    expires_at {text} NOT NULL,
    created_at {text} NOT NULL,
    sent_at {text},
    reason {text} NOT NULL,
    lease_holder {text},
    lease_until {text}
)
"""

OUTBOX_TABLES: Final = (
    OUTBOX,
    "CREATE INDEX outbox_by_request ON outbox (request_key, id)",
    "CREATE INDEX outbox_waiting ON outbox (turn, id) WHERE state = 'waiting'",
    "CREATE INDEX outbox_leased ON outbox (id) WHERE lease_holder IS NOT NULL",
    "CREATE INDEX outbox_limited ON outbox (limited_as, created_at)",
)
