"""Tickets whoever made them: what we know of each, what we wrote, and its story."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, TypeVar

from connector.ledger.columns import (
    from_json,
    json_text,
    storable,
    time_text,
    to_time,
    to_time_if_any,
)
from connector.ledger.database import Database, Transaction
from connector.ledger.rows import journal_entry
from connector.ledger.watch_rows import UPSERT, watched_params, watched_ticket
from connector.ports import JournalEntry, Stamp
from connector.ports.watch import Line, MadeTicket, Watched

Item = TypeVar("Item")

TICKET_OPERATION: Final = json_text("ticket")
"""The operation of `pipeline.delivering.creating` that creates a ticket, as `intents` keeps it."""

CHUNK: Final = 500
"""How many tickets one statement asks for: databases limit the parameters of a statement."""


class Watching:
    """The part of the ledger behind write-back (`ports.watch.WatchLedger`)."""

    database: Database

    def watched(self, ticket_ids: Sequence[int]) -> dict[int, Watched]:
        """Return what is known of these tickets, by id."""
        found: dict[int, Watched] = {}
        with self.database.snapshot() as tx:
            for chunk in _chunks(ticket_ids):
                rows = tx.all(
                    "SELECT * FROM watched_tickets WHERE ticket_id IN :ids", {"ids": chunk}
                )
                found |= {row["ticket_id"]: watched_ticket(row) for row in rows}
        return found

    def watched_numbered(self, number: str) -> Watched | None:
        """Return what is known of the ticket of this number."""
        with self.database.snapshot() as tx:
            row = tx.one(
                "SELECT * FROM watched_tickets WHERE number = :number ORDER BY ticket_id",
                {"number": number},
            )
        return None if row is None else watched_ticket(row)

    def unwritten(self) -> Sequence[Watched]:
        """Return the tickets into which something is yet to be written."""
        with self.database.snapshot() as tx:
            rows = tx.all("SELECT * FROM watched_tickets WHERE pending = 1 ORDER BY ticket_id")
        return [watched_ticket(row) for row in rows]

    def made_tickets(self, ticket_ids: Sequence[int]) -> dict[int, MadeTicket]:
        """Return those of these tickets that we created, by id."""
        found: dict[int, MadeTicket] = {}
        with self.database.snapshot() as tx:
            for chunk in _chunks(ticket_ids):
                rows = tx.all(
                    """
                    SELECT r.key, r.ticket_id, r.received_at, r.result, r.answered_due,
                           r.answered_priority_id
                    FROM requests r
                    JOIN intents i ON i.request_key = r.key AND i.result_id = r.ticket_id
                    WHERE r.ticket_id IN :ids AND i.operation = :created AND r.result IS NOT NULL
                    """,
                    {"ids": chunk, "created": TICKET_OPERATION},
                )
                found |= {
                    row["ticket_id"]: MadeTicket(
                        ticket_id=row["ticket_id"],
                        request_key=row["key"],
                        received_at=to_time(row["received_at"]),
                        result=from_json(row["result"]),
                        answered=to_time_if_any(row["answered_due"]),
                        priority_id=row["answered_priority_id"],
                    )
                    for row in rows
                }
        return found

    def watch(self, records: Sequence[tuple[Watched, Sequence[Line]]], *, stamp: Stamp) -> None:
        """Keep what is known of tickets now, and add to their stories."""
        # All in one order: two transactions that write many rows could each wait for the other.
        in_order = sorted(records, key=lambda record: record[0].ticket_id)
        with self.database.transaction() as tx:
            for watched, lines in in_order:
                tx.execute(UPSERT, watched_params(watched))
                for line in lines:
                    _tell(tx, watched.ticket_id, line, stamp)

    def forget(self, ticket_id: int) -> None:
        """Have nothing more to write into a ticket that is gone; its story stays."""
        with self.database.transaction() as tx:
            tx.execute(
                "UPDATE watched_tickets SET pending = 0 WHERE ticket_id = :id", {"id": ticket_id}
            )

    def ticket_journal(self, ticket_id: int) -> Sequence[JournalEntry]:
        """Return the story of a ticket, oldest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                "SELECT * FROM ticket_journal WHERE ticket_id = :id ORDER BY id",
                {"id": ticket_id},
            )
        return [journal_entry(row) for row in rows]

    def watermark(self, name: str) -> datetime | None:
        """Return the moment kept under this name."""
        with self.database.snapshot() as tx:
            row = tx.one("SELECT at FROM watermarks WHERE name = :name", {"name": name})
        return None if row is None else to_time(row["at"])

    def set_watermark(self, name: str, at: datetime) -> None:
        """Keep a moment under a name."""
        with self.database.transaction() as tx:
            tx.execute(
                """
                INSERT INTO watermarks (name, at) VALUES (:name, :at)
                ON CONFLICT (name) DO UPDATE SET at = excluded.at
                """,
                {"name": name, "at": time_text(at)},
            )


def _tell(tx: Transaction, ticket_id: int, line: Line, stamp: Stamp) -> None:
    tx.execute(
        """
        INSERT INTO ticket_journal (ticket_id, at, run, step, rule, text)
        VALUES (:ticket_id, :at, :run, :step, :rule, :text)
        """,
        {
            "ticket_id": ticket_id,
            "at": time_text(stamp.at),
            "run": stamp.run,
            "step": line.step,
            "rule": storable(line.rule),
            "text": storable(line.text),
        },
    )


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), CHUNK):
        yield list(items[start : start + CHUNK])
