"""What must hold of a ledger's rows, whichever database they are in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from connector.domain.request import Outcome
from connector.ledger.database import Row

WITH_TICKET: Final = (Outcome.CREATED, Outcome.APPENDED)
NEEDS_RAW: Final = (Outcome.PENDING, Outcome.PARKED)
SHOW: Final = "`bms-connector requests show {key}` tells its story"
BACKUP: Final = "Take its message from a backup, or from its source"
NEXT_RUN: Final = "`bms-connector requests retry {key}` makes it due now"


@dataclass(frozen=True, slots=True)
class RequestRule:
    """When a row of `requests` is at fault, and what to do; `has_raw` is one of its columns."""

    is_broken: Callable[[Row], bool]
    what: str
    remedy: str


REQUEST_RULES: Final = (
    RequestRule(
        lambda row: row["state"] in WITH_TICKET and row["ticket_id"] is None,
        "is {state}, and names no ticket",
        SHOW,
    ),
    RequestRule(
        lambda row: (
            row["state"] in NEEDS_RAW and row["has_raw"] is None and not row.get("raw_dropped_at")
        ),
        "is {state}, and its message is gone",
        BACKUP,
    ),
    RequestRule(
        lambda row: row["state"] == Outcome.DUPLICATE and row["duplicate_of"] in (None, row["key"]),
        "is a duplicate of nothing",
        SHOW,
    ),
    RequestRule(
        lambda row: (row["state"] == Outcome.PENDING) != (row["settled_at"] is None),
        "is {state}, and settled at {settled_at}",
        SHOW,
    ),
    RequestRule(
        lambda row: row["state"] == Outcome.PENDING and row["waiting"] is None,
        "is pending, and waits for nothing",
        NEXT_RUN,
    ),
    RequestRule(
        lambda row: row["state"] != Outcome.PENDING and row["lease_holder"] is not None,
        "is {state}, and leased to run {lease_holder}",
        SHOW,
    ),
    RequestRule(
        lambda row: (row["lease_holder"] is None) != (row["lease_until"] is None),
        "is leased to run {lease_holder} until {lease_until}",
        "Let the next `sync` take it over",
    ),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A statement each of whose rows, with its `key`, is a fault."""

    sql: str
    what: str
    remedy: str

    def told(self, row: Row) -> str:
        """Return the line for a person."""
        return f"{row['key']}: {self.what}. {self.remedy.format(**row)}"


CONDITIONS: Final = (
    Condition(
        """
        SELECT identities.value, requests.key
        FROM identities JOIN requests ON requests.key = identities.request_key
        WHERE requests.state = 'duplicate' AND identities.expires = 0
        """,
        "has an identity of its own, and is a duplicate all the same",
        SHOW,
    ),
    Condition(
        """
        SELECT requests.key
        FROM intents JOIN requests ON requests.key = intents.request_key
        WHERE intents.operation = '"ticket"'
            AND intents.result_id IS NULL AND intents.refused IS NULL
            AND requests.state IN ('created', 'appended')
        """,
        "is done, and nobody knows what became of the call that was to create its ticket",
        SHOW,
    ),
    Condition(
        """
        SELECT requests.key
        FROM requests LEFT JOIN journal ON journal.request_key = requests.key
        WHERE journal.id IS NULL
        """,
        "has no story",
        "Restore the ledger from a backup (docs/ledger.md)",
    ),
    Condition(
        """
        SELECT request_key AS key FROM outbox
        WHERE state = 'sending' AND lease_holder IS NULL
        """,
        "has a letter that is being sent, and nobody sends it",
        SHOW,
    ),
)


def request_faults(row: Row) -> Iterator[str]:
    """Yield a line for each rule that a row of `requests` breaks."""
    for rule in REQUEST_RULES:
        if rule.is_broken(row):
            yield f"{row['key']}: {rule.what.format(**row)}. {rule.remedy.format(**row)}"
