"""The story of a request: what is known of it, and every line of its journal."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import click

from connector.ports import JournalEntry, Ledger, RequestRecord
from connector.ports.post import Outbox, Posted
from connector.wiring.clock import utc_now

Local = Callable[[datetime], datetime]


def told_why(ledger: Ledger, records: Sequence[RequestRecord]) -> Sequence[RequestRecord]:
    """Return the records with a reason also where one waits for something else to happen."""
    held_up = ledger.held_up(now=utc_now())
    return [
        each if each.reason else replace(each, reason=held_up.get(each.key, "")) for each in records
    ]


def record_as_json(record: RequestRecord, local: Local) -> dict[str, object]:
    """Return a request as `requests list --json` shows it; times are local, with offset."""
    due_again = record.next_attempt_at
    return {
        "key": record.key,
        "state": record.state,
        "source": record.source,
        "kind": record.kind,
        "received": local(record.received_at).isoformat(),
        "sender": record.sender,
        "subject": record.subject,
        "ticket_id": record.ticket_id,
        "ticket_number": record.ticket_number,
        "duplicate_of": record.duplicate_of,
        "reason": record.reason,
        "remedy": record.remedy,
        "attempts": record.attempts,
        "next_attempt": local(due_again).isoformat() if due_again else None,
        "result": record.result,
        "raw_dropped": local(dropped).isoformat() if (dropped := record.raw_dropped_at) else None,
        "erased": local(erased).isoformat() if (erased := record.erased_at) else None,
        "erased_by": record.erased_by or None,
    }


def content_gone(record: RequestRecord, local: Local) -> str:
    """Return in words since when its content is gone, and why; empty while it is there."""
    if record.erased_at is not None:
        return f"erased on {local(record.erased_at):%d %b %Y %H:%M} by {record.erased_by}"
    if record.raw_dropped_at is not None:
        when = f"{local(record.raw_dropped_at):%d %b %Y %H:%M}"
        return f"message dropped on {when}, settled longer ago than retention.raw_days"
    return ""


def story_as_json(
    ledger: Ledger, outbox: Outbox, record: RequestRecord, local: Local
) -> dict[str, object]:
    """Return a request with its journal, and what was sent about it."""
    (record,) = told_why(ledger, [record])
    return {
        **record_as_json(record, local),
        "letters": [_letter_as_json(each, local) for each in outbox.posts_of(record.key)],
        "journal": journal_as_json(ledger.journal(record.key), local),
    }


def journal_as_json(journal: Sequence[JournalEntry], local: Local) -> list[dict[str, object]]:
    """Return the lines of a journal, of a request or of a ticket."""
    return [
        {
            "at": local(entry.at).isoformat(),
            "run": entry.run,
            "step": entry.step,
            "rule": entry.rule,
            "text": entry.text,
        }
        for entry in journal
    ]


def _letter_as_json(posted: Posted, local: Local) -> dict[str, object]:
    letter = posted.letter
    return {
        "kind": letter.kind,
        "channel": letter.channel,
        "to": letter.recipient,
        "state": posted.state,
        "sent": local(posted.sent_at).isoformat() if posted.sent_at else None,
        "reason": posted.reason,
        "message_id": letter.message_id,
        "subject": letter.content["subject"],
        "text": letter.content["text"],
    }


def print_story(ledger: Ledger, outbox: Outbox, record: RequestRecord, local: Local) -> None:
    """Print a request and its journal, oldest line first, then what was sent about it."""
    (record,) = told_why(ledger, [record])
    head = {
        "request": record.key,
        "state": record.state,
        "source": f"{record.source} ({record.kind})",
        "received": f"{local(record.received_at):%a %d %b %Y %H:%M:%S %z}",
        "from": record.sender,
        "subject": record.subject,
        "ticket": f"{record.ticket_number} (id {record.ticket_id})" if record.ticket_id else "",
        "same as": record.duplicate_of or "",
        "why": record.reason,
        "until": f"{local(due):%a %d %b %Y %H:%M}" if (due := record.next_attempt_at) else "",
        "remedy": record.remedy,
        "content": content_gone(record, local),
    }
    for word, value in head.items():
        if value:
            click.echo(f"{word + ':':<10}{value}")
    click.echo()
    print_journal(ledger.journal(record.key), local)
    for posted in outbox.posts_of(record.key):
        _print_letter(posted, local)


def print_journal(journal: Sequence[JournalEntry], local: Local) -> None:
    """Print the lines of a journal, of a request or of a ticket."""
    for entry in journal:
        rule = f" [{entry.rule}]" if entry.rule else ""
        click.echo(f"{local(entry.at):%Y-%m-%d %H:%M:%S}  {entry.step}{rule}: {entry.text}")


def _print_letter(posted: Posted, local: Local) -> None:
    letter = posted.letter
    when = f" {local(posted.sent_at):%Y-%m-%d %H:%M:%S}" if posted.sent_at else ""
    why = f" ({posted.reason})" if posted.reason else ""
    whom = letter.recipient or letter.channel
    click.echo(f"\n{letter.kind} to {whom}: {posted.state}{when}{why}")
    if not letter.content["text"]:
        click.echo("  (its words are gone with the message)")
        return
    click.echo(f"  Subject: {letter.content['subject']}")
    for line in str(letter.content["text"]).splitlines():
        click.echo(f"  {line}".rstrip())
