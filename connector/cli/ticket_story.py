"""The story of a ticket that was born in BMS: what is known of it, and why its dates are such."""

from collections.abc import Sequence

import click

from connector.cli.story import Local, journal_as_json, print_journal
from connector.ports import JournalEntry
from connector.ports.watch import Watched

BORN_IN_BMS = "born in BMS: client, template and priority were chosen there"


def watched_as_json(
    known: Watched,
    journal: Sequence[JournalEntry],
    local: Local,
    *,
    in_ledger: bool = True,
    left_out: str | None = None,
) -> dict[str, object]:
    """Return a ticket as `explain --json` shows it; times are local, with offset."""
    due = known.due
    moments = {
        "remote_response": due.remote_response,
        "onsite_response": due.onsite_response,
        "resolution": due.resolution,
        "due_date": due.due_date,
    }
    return {
        "ticket_id": known.ticket_id,
        "ticket_number": known.number,
        "title": known.title,
        "born_in_bms": known.request_key is None,
        "request": known.request_key,
        "received": local(known.received_at).isoformat(),
        "priority": known.priority.name,
        "emergency": known.emergency,
        "emergency_since": local(known.raised_at).isoformat() if known.raised_at else None,
        "desired": known.desired_words or None,
        "due": {name: local(at).isoformat() if at else None for name, at in moments.items()},
        "reason": known.reason,
        "steps": list(due.steps),
        "in_ledger": in_ledger,
        "left_out": left_out,
        "journal": journal_as_json(journal, local),
    }


def print_watched(
    known: Watched,
    journal: Sequence[JournalEntry],
    local: Local,
    *,
    in_ledger: bool = True,
    left_out: str | None = None,
) -> None:
    """Print a ticket, the steps to its due dates, and its journal, oldest line first."""
    head = {
        "ticket": f"{known.number} (id {known.ticket_id})",
        "title": known.title,
        "origin": "" if known.request_key else BORN_IN_BMS,
        "received": f"{local(known.received_at):%a %d %b %Y %H:%M:%S %z}",
        "priority": f"{known.priority.name}{' (emergency)' if known.emergency else ''}",
        "desired": known.desired_words,
        "why": known.reason,
        "note": "" if in_ledger else "not in the ledger: read from BMS just now, and reckoned",
        "left out": left_out or "",
    }
    for word, value in head.items():
        if value:
            click.echo(f"{word + ':':<10}{value}")
    click.echo()
    for step in known.due.steps:
        click.echo(step)
    if journal:
        click.echo()
    print_journal(journal, local)
