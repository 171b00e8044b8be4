"""Watched tickets, and tickets as BMS shows them, for tests of write-back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connector.domain.tenant import Named
from connector.ports.watch import Found, OpenTicket, Reckoned, Watched

OPENED = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
WANTED = OPENED + timedelta(days=5)
MEDIUM, HIGH, CRITICAL = Named(40482, "Medium"), Named(40483, "High"), Named(40484, "Critical")


def a_watched_ticket(**changes: Any) -> Watched:
    """Return a ticket born in BMS, seen and not yet written."""
    values: dict[str, Any] = {
        "ticket_id": 70001,
        "number": "1001-11162026",
        "title": "Printer",
        "request_key": None,
        "first_seen_at": OPENED,
        "received_at": OPENED,
        "found_due": None,
        "found": Found.NOTHING,
        "priority": MEDIUM,
        "emergency": False,
        "raised_at": None,
        "details_digest": "",
        "desired_words": "",
        "desired": None,
        "due": Reckoned(OPENED + timedelta(hours=2), OPENED + timedelta(hours=8), None, WANTED),
        "reason": "opened",
    }
    return Watched(**values | changes)


def an_open_ticket(**changes: Any) -> OpenTicket:
    """Return a ticket as BMS shows it, opened on a Monday morning at ten."""
    values: dict[str, Any] = {
        "id": 70001,
        "number": "1001-11162026",
        "title": "Printer",
        "status": Named(49958, "New"),
        "priority": MEDIUM,
        "details": "",
        "opened_at": OPENED,
        "created_at": OPENED,
        "priority_changed_at": OPENED,
        "custom_fields": {},
    }
    return OpenTicket(**values | changes)
