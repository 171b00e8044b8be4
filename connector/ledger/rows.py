"""Rows of the ledger as the records of `ports`, and the writes that several subjects share."""

from datetime import datetime

from connector.domain.request import Outcome, RequestKind, Waiting
from connector.ledger.columns import (
    from_json,
    storable,
    time_text,
    to_time,
    to_time_if_any,
)
from connector.ledger.database import Row, Transaction
from connector.ports import JournalEntry, RequestRecord, Stamp

PARKED = "parked"
DONE = "done"


def filing_of(outcome: Outcome) -> str:
    """Return where a source files an item with this outcome away."""
    return PARKED if outcome is Outcome.PARKED else DONE


def request_record(row: Row) -> RequestRecord:
    """Return a row of `requests` as a record."""
    return RequestRecord(
        key=row["key"],
        source=row["source"],
        locator=from_json(row["locator"]),
        kind=RequestKind(row["kind"]),
        form=row["form"],
        state=Outcome(row["state"]),
        received_at=to_time(row["received_at"]),
        recorded_at=to_time(row["recorded_at"]),
        subject=row["subject"],
        sender=row["sender"],
        waiting=None if row["waiting"] is None else Waiting(row["waiting"]),
        attempts=row["attempts"],
        next_attempt_at=to_time_if_any(row["next_attempt_at"]),
        reason=row["reason"],
        remedy=row["remedy"],
        duplicate_of=row["duplicate_of"],
        ticket_id=row["ticket_id"],
        ticket_number=row["ticket_number"],
        contact_phone=row["contact_phone"] or "",
        result=None if row["result"] is None else from_json(row["result"]),
        settled_at=to_time_if_any(row["settled_at"]),
        raw_dropped_at=to_time_if_any(row["raw_dropped_at"]),
        erased_at=to_time_if_any(row["erased_at"]),
        erased_by=row["erased_by"] or "",
    )


def journal_entry(row: Row) -> JournalEntry:
    """Return a row of `journal` as a record."""
    return JournalEntry(
        at=to_time(row["at"]),
        run=row["run"],
        step=row["step"],
        rule=row["rule"],
        text=row["text"],
    )


def the_request(tx: Transaction, key: str) -> RequestRecord:
    """Return a request; raises `KeyError` when the ledger has none of this key."""
    row = tx.one("SELECT * FROM requests WHERE key = :key", {"key": key})
    if row is None:
        raise KeyError(key)
    return request_record(row)


def must_change(changed: int, key: str | int) -> None:
    """Raise `KeyError` when a write found nothing of this key."""
    if not changed:
        raise KeyError(key)


def tell(tx: Transaction, key: str, *, step: str, text: str, stamp: Stamp, rule: str = "") -> None:
    """Add a line to the story of a request."""
    tx.execute(
        """
        INSERT INTO journal (request_key, at, run, step, rule, text)
        VALUES (:key, :at, :run, :step, :rule, :text)
        """,
        {
            "key": key,
            "at": time_text(stamp.at),
            "run": stamp.run,
            "step": step,
            "rule": storable(rule),
            "text": storable(text),
        },
    )


def write_outcome(
    tx: Transaction,
    key: str,
    outcome: Outcome,
    *,
    reason: str,
    remedy: str,
    at: datetime,
    duplicate_of: str | None = None,
) -> None:
    """Settle a request: nothing waits or is leased any more, and its source may be marked.

    An item that a release brings to another outcome is filed anew only if its place changes.
    """
    changed = tx.execute(
        """
        UPDATE requests
        SET state = :state, reason = :reason, remedy = :remedy, settled_at = :at,
            duplicate_of = :duplicate_of, waiting = NULL, next_attempt_at = NULL,
            lease_holder = NULL, lease_until = NULL,
            to_file = CASE WHEN filed_as = :filing THEN 0 ELSE 1 END
        WHERE key = :key
        """,
        {
            "key": key,
            "state": outcome.value,
            "reason": storable(reason),
            "remedy": storable(remedy),
            "at": time_text(at),
            "duplicate_of": duplicate_of,
            "filing": filing_of(outcome),
        },
    )
    must_change(changed, key)
