"""The tables for tickets whoever made them (migration 0002)."""

from typing import Final

WATCHED_TICKETS: Final = """
CREATE TABLE watched_tickets (
    ticket_id BIGINT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    request_key TEXT REFERENCES requests (key),     -- of a ticket that we created
    first_seen_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    found_due TEXT,                    -- a DueDate that was there when it was first seen
    found TEXT NOT NULL,               -- what becomes of it
    priority_id BIGINT NOT NULL,
    priority_name TEXT NOT NULL,
    emergency INTEGER NOT NULL,
    raised_at TEXT,                    -- since when it is an emergency, if not from receipt
    details_digest TEXT NOT NULL,
    desired_words TEXT NOT NULL,
    desired TEXT,                      -- ISO 8601: a moment, or a date without a time
    due TEXT NOT NULL,                 -- JSON: the dates as last reckoned, and the steps
    reason TEXT NOT NULL,
    sent_due TEXT,                     -- committed before the call that writes it
    answered_due TEXT,                 -- what BMS said to it
    fields TEXT NOT NULL,              -- JSON: custom fields, by id
    refused TEXT NOT NULL,
    told TEXT NOT NULL,
    pending INTEGER NOT NULL,          -- 1 while something is yet to be written
    priority_changed_at TEXT           -- LastPriorityUpdate at the last look
)
"""

TICKET_JOURNAL: Final = """
CREATE TABLE ticket_journal (          -- lines are added, never changed
    id {serial},
    ticket_id BIGINT NOT NULL,
    at TEXT NOT NULL,
    run TEXT NOT NULL,
    step TEXT NOT NULL,
    rule TEXT NOT NULL,
    text TEXT NOT NULL
)
"""

WATERMARKS: Final = """
CREATE TABLE watermarks (
    name TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL
)
"""

WATCH_TABLES: Final = (
    WATCHED_TICKETS,
    TICKET_JOURNAL,
    WATERMARKS,
    # What BMS said of a new ticket in its answer to the creating call.
    "ALTER TABLE requests ADD COLUMN answered_due TEXT",
    "ALTER TABLE requests ADD COLUMN answered_priority_id BIGINT",
    "CREATE INDEX watched_by_number ON watched_tickets (number)",
    "CREATE INDEX watched_pending ON watched_tickets (ticket_id) WHERE pending = 1",
    "CREATE INDEX ticket_journal_by_ticket ON ticket_journal (ticket_id, id)",
)
