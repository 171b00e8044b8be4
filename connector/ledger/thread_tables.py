"""The tables for conversations (migration 0005), and an index of a later day."""

from typing import Final

MESSAGES: Final = """
CREATE TABLE messages (
    message_id {text} NOT NULL,        -- normalised; devices use one for several mails
    ticket_id BIGINT NOT NULL,
    request_key {text} NOT NULL REFERENCES requests (key),
    kind {text} NOT NULL,              -- received or sent
    PRIMARY KEY (message_id, ticket_id, request_key)
)
"""

PARTICIPANTS: Final = """
CREATE TABLE participants (
    ticket_id BIGINT NOT NULL,
    address {text} NOT NULL,           -- in lower case
    part {text} NOT NULL,              -- requester or cc
    PRIMARY KEY (ticket_id, address, part)
)
"""

TROUBLES: Final = """
CREATE TABLE troubles (                -- what machines report again and again
    rule {text} NOT NULL,
    sender {text} NOT NULL,
    correlation {text} NOT NULL,
    request_key {text} NOT NULL REFERENCES requests (key),
    received_at {text} NOT NULL,
    PRIMARY KEY (rule, sender, correlation, request_key)
)
"""

THREAD_TABLES: Final = (
    MESSAGES,
    PARTICIPANTS,
    TROUBLES,
    "CREATE INDEX requests_of_source ON requests (source, received_at)",
)

TROUBLES_BY_RECEIPT: Final = (
    # A machine may report the same for years: only what came of late is read.
    """
    CREATE INDEX troubles_by_receipt
    ON troubles (rule, sender, correlation, received_at, request_key)
    """,
)
"""Migration 0013."""
