"""The tables of portal logins and approvals (migration 0008). Nothing in them is ever deleted."""

from typing import Final

ACCESS_REQUESTS: Final = """
CREATE TABLE access_requests (
    id {serial},
    kind {text} NOT NULL,              -- login, other
    request_key {text} NOT NULL UNIQUE REFERENCES requests (key),
    account_id BIGINT,                 -- known once there is a ticket
    account_name {text} NOT NULL,
    account_folded {text} NOT NULL,    -- for comparing without case
    requester_name {text},
    requester_address {text},
    subject {text} NOT NULL,
    text_digest {text} NOT NULL,
    vouched {text} NOT NULL,
    not_vouched {text} NOT NULL,
    ticket_id BIGINT,
    ticket_number {text},
    digest {text} NOT NULL,            -- of what an approval binds to
    requested_at {text} NOT NULL,
    asked_at {text},
    reminded_at {text},
    expires_at {text},
    held {text} NOT NULL,
    look_at {text}                     -- empty: never, by the clock
)
"""

ACCESS_PEOPLE: Final = """
CREATE TABLE access_people (
    id {serial},
    access_id BIGINT NOT NULL REFERENCES access_requests (id),
    first_name {text} NOT NULL,
    last_name {text} NOT NULL,
    address {text} NOT NULL,
    phone {text} NOT NULL,
    role {text} NOT NULL,
    state {text} NOT NULL,
    parked_from {text},                -- its state before it was parked; empty: from the start
    reason {text} NOT NULL,
    remedy {text} NOT NULL,
    contact_id BIGINT,
    updated_at {text} NOT NULL
)
"""

ACCESS_APPROVALS: Final = """
CREATE TABLE access_approvals (
    id {serial},
    access_id BIGINT NOT NULL REFERENCES access_requests (id),
    approver {text} NOT NULL,
    approver_name {text} NOT NULL,
    channel {text} NOT NULL,           -- request, link, staff
    approved INTEGER NOT NULL,         -- 0 is a denial
    digest {text} NOT NULL,
    at {text} NOT NULL,
    evidence {text} NOT NULL,
    recorded_by {text} NOT NULL,
    voided_at {text}                   -- what was asked for changed afterwards
)
"""

ACCESS_TOKENS: Final = """
CREATE TABLE access_tokens (
    hash {text} NOT NULL PRIMARY KEY,  -- never the token itself
    access_id BIGINT NOT NULL REFERENCES access_requests (id),
    approver {text} NOT NULL,
    digest {text} NOT NULL,
    issued_at {text} NOT NULL,
    expires_at {text} NOT NULL,
    used_at {text},
    replaced_at {text}
)
"""

ACCESS_INTENTS: Final = """
CREATE TABLE access_intents (          -- creating calls of the step `accounts`, as in `intents`
    access_id BIGINT NOT NULL REFERENCES access_requests (id),
    operation {text} NOT NULL,
    first_attempt_at {text} NOT NULL,
    last_attempt_at {text} NOT NULL,
    result_id BIGINT,
    refused {text},
    remark {text},
    PRIMARY KEY (access_id, operation)
)
"""

ACCESS_JOURNAL: Final = """
CREATE TABLE access_journal (          -- lines are added, never changed
    id {serial},
    access_id BIGINT NOT NULL REFERENCES access_requests (id),
    record_id BIGINT,
    at {text} NOT NULL,
    run {text} NOT NULL,
    step {text} NOT NULL,
    text {text} NOT NULL
)
"""

ACCESS_BASELINE: Final = """
CREATE TABLE access_baseline (         -- portal access that was there before us, and accepted
    contact_id BIGINT NOT NULL PRIMARY KEY,
    address {text} NOT NULL,
    accepted_at {text} NOT NULL,
    run {text} NOT NULL
)
"""

ACCESS_TABLES: Final = (
    ACCESS_REQUESTS,
    ACCESS_PEOPLE,
    ACCESS_APPROVALS,
    ACCESS_TOKENS,
    ACCESS_INTENTS,
    ACCESS_JOURNAL,
    ACCESS_BASELINE,
    "CREATE INDEX access_to_look_at ON access_requests (look_at) WHERE look_at IS NOT NULL",
    "CREATE INDEX access_by_ticket ON access_requests (ticket_id)",
    "CREATE INDEX access_by_account ON access_requests (account_folded)",
    "CREATE INDEX access_people_of ON access_people (access_id, id)",
    "CREATE INDEX access_people_by_state ON access_people (state, access_id)",
    "CREATE INDEX access_approvals_of ON access_approvals (access_id, id)",
    """
    CREATE UNIQUE INDEX access_approvals_once
    ON access_approvals (access_id, approver, digest, approved) WHERE voided_at IS NULL
    """,
    "CREATE INDEX access_tokens_of ON access_tokens (access_id, approver)",
    "CREATE INDEX access_journal_of ON access_journal (access_id, id)",
)
