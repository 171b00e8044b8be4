"""The tables for tickets whoever made them (migration 0002)."""

from typing import Final

WATCHED_TICKETS: Final = """
CREATE TABLE watched_tickets (
    ticket_id BIGINT NOT NULL PRIMARY KEY,
    number {text} NOT NULL,
    title {text} NOT NULL,
    request_key {text} REFERENCES requests (key),   -- of a ticket that we created
    first_seen_at {text} NOT NULL,
    received_at {text} NOT NULL,
    found_due {text},                  -- a DueDate that was there when it was first seen
    found {text} NOT NULL,             -- what becomes of it
    priority_id BIGINT NOT NULL,
    priority_name {text} NOT NULL,
    emergency INTEGER NOT NULL,
    raised_at {text},                  -- since when it is an emergency, if not from receipt
    details_digest {text} NOT NULL,
    desired_words {text} NOT NULL,
    desired {text},                    -- ISO 8601: a moment, or a date without a time
    due {text} NOT NULL,               -- JSON: the dates as last reckoned, and the steps
    reason {text} NOT NULL,
    sent_due {text},                   -- committed before the call that writes it
    answered_due {text},               -- what BMS said to it
    fields {text} NOT NULL,            -- JSON: custom fields, by id
    refused {text} NOT NULL,
    told {text} NOT NULL,
    pending INTEGER NOT NULL,          -- 1 while something is yet to be written
    priority_changed_at {text}         -- LastPriorityUpdate at the last look
)
"""

TICKET_JOURNAL: Final = """
CREATE TABLE ticket_journal (          -- lines are added, never changed
    id {serial},
    ticket_id BIGINT NOT NULL,
    at {text} NOT NULL,
    run {text} NOT NULL,
    step {text} NOT NULL,
    rule {text} NOT NULL,
    text {text} NOT NULL
)
"""

WATERMARKS: Final = """
CREATE TABLE watermarks (
    name {text} NOT NULL PRIMARY KEY,
    at {text} NOT NULL
)
"""

WATCH_TABLES: Final = (
    WATCHED_TICKETS,
    TICKET_JOURNAL,
    WATERMARKS,
    # What BMS said of a new ticket in its answer to the creating call.
    "ALTER TABLE requests ADD COLUMN answered_due {text}",
    "ALTER TABLE requests ADD COLUMN answered_priority_id BIGINT",
    "CREATE INDEX watched_by_number ON watched_tickets (number)",
    "CREATE INDEX watched_pending ON watched_tickets (ticket_id) WHERE pending = 1",
    "CREATE INDEX ticket_journal_by_ticket ON ticket_journal (ticket_id, id)",
)
