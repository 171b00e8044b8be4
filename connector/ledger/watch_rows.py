"""Rows of `watched_tickets` as records of `ports.watch`, and back."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from connector.domain.due_dates import Desired
from connector.domain.tenant import Named
from connector.ledger.columns import (
    from_json,
    json_text,
    storable,
    time_text,
    time_text_if_any,
    to_time,
    to_time_if_any,
)
from connector.ledger.database import Params, Row
from connector.ports.watch import FieldState, Found, Reckoned, Watched

COLUMNS: Final = (
    "ticket_id",
    "number",
    "title",
    "request_key",
    "first_seen_at",
    "received_at",
    "found_due",
    "found",
    "priority_id",
    "priority_name",
    "emergency",
    "raised_at",
    "details_digest",
    "desired_words",
    "desired",
    "due",
    "reason",
    "sent_due",
    "answered_due",
    "fields",
    "refused",
    "told",
    "pending",
    "priority_changed_at",
)

UPSERT: Final = f"""
INSERT INTO watched_tickets ({", ".join(COLUMNS)})
VALUES ({", ".join(f":{name}" for name in COLUMNS)})
ON CONFLICT (ticket_id) DO UPDATE
SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])}
"""  # noqa: S608 - made of the names above


def watched_ticket(row: Row) -> Watched:
    """Return a row of `watched_tickets` as a record."""
    fields = from_json(row["fields"])
    return Watched(
        ticket_id=row["ticket_id"],
        number=row["number"],
        title=row["title"],
        request_key=row["request_key"],
        first_seen_at=to_time(row["first_seen_at"]),
        received_at=to_time(row["received_at"]),
        found_due=to_time_if_any(row["found_due"]),
        found=Found(row["found"]),
        priority=Named(row["priority_id"], row["priority_name"]),
        emergency=bool(row["emergency"]),
        raised_at=to_time_if_any(row["raised_at"]),
        details_digest=row["details_digest"],
        desired_words=row["desired_words"],
        desired=_to_desired(row["desired"]),
        due=_to_reckoned(from_json(row["due"])),
        reason=row["reason"],
        sent=to_time_if_any(row["sent_due"]),
        answered=to_time_if_any(row["answered_due"]),
        fields={int(key): FieldState(**state) for key, state in fields.items()},
        refused=row["refused"],
        told=row["told"],
        pending=bool(row["pending"]),
        priority_changed_at=to_time_if_any(row["priority_changed_at"]),
    )


def watched_params(watched: Watched) -> Params:
    """Return a record as the parameters of `UPSERT`."""
    return {
        "ticket_id": watched.ticket_id,
        "number": storable(watched.number),
        "title": storable(watched.title),
        "request_key": watched.request_key,
        "first_seen_at": time_text(watched.first_seen_at),
        "received_at": time_text(watched.received_at),
        "found_due": time_text_if_any(watched.found_due),
        "found": watched.found.value,
        "priority_id": watched.priority.id,
        "priority_name": storable(watched.priority.name),
        "emergency": int(watched.emergency),
        "raised_at": time_text_if_any(watched.raised_at),
        "details_digest": watched.details_digest,
        "desired_words": storable(watched.desired_words),
        "desired": None if watched.desired is None else watched.desired.isoformat(),
        "due": json_text(_from_reckoned(watched.due)),
        "reason": storable(watched.reason),
        "sent_due": time_text_if_any(watched.sent),
        "answered_due": time_text_if_any(watched.answered),
        "fields": json_text({key: asdict(state) for key, state in watched.fields.items()}),
        "refused": storable(watched.refused),
        "told": watched.told,
        "pending": int(watched.pending),
        "priority_changed_at": time_text_if_any(watched.priority_changed_at),
    }


def _from_reckoned(due: Reckoned) -> dict[str, object]:
    return {
        "remote_response": time_text(due.remote_response),
        "onsite_response": time_text(due.onsite_response),
        "resolution": time_text_if_any(due.resolution),
        "due_date": time_text(due.due_date),
        "desired": time_text_if_any(due.desired),
        "steps": list(due.steps),
    }


def _to_reckoned(value: dict[str, Any]) -> Reckoned:
    return Reckoned(
        remote_response=to_time(value["remote_response"]),
        onsite_response=to_time(value["onsite_response"]),
        resolution=to_time_if_any(value["resolution"]),
        due_date=to_time(value["due_date"]),
        desired=to_time_if_any(value["desired"]),
        steps=tuple(value["steps"]),
    )


def _to_desired(text: str | None) -> Desired | None:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
