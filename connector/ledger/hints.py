"""Tickets that BMS has told of, until write-back has looked at them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connector.ledger.columns import time_text, to_time
from connector.ledger.database import Database

HINT_TABLES: Final = (
    """
    CREATE TABLE ticket_hints (
        ticket_id BIGINT NOT NULL PRIMARY KEY,
        at {text} NOT NULL
    )
    """,
)


class Hints:
    """The part of the ledger behind BMS's webhook (`ports.watch.TicketHints`)."""

    database: Database

    def hint(self, ticket_id: int, *, at: datetime) -> None:
        """Keep that a ticket should be looked at."""
        with self.database.transaction() as tx:
            tx.execute(
                """
                INSERT INTO ticket_hints (ticket_id, at) VALUES (:id, :at)
                ON CONFLICT (ticket_id) DO UPDATE SET at = excluded.at
                """,
                {"id": ticket_id, "at": time_text(at)},
            )

    def hinted(self) -> Mapping[int, datetime]:
        """Return the tickets that should be looked at, and when we were told."""
        with self.database.snapshot() as tx:
            rows = tx.all("SELECT ticket_id, at FROM ticket_hints ORDER BY ticket_id")
        return {row["ticket_id"]: to_time(row["at"]) for row in rows}

    def looked_at(self, hints: Mapping[int, datetime]) -> None:
        """Forget hints, unless one came again meanwhile."""
        with self.database.transaction() as tx:
            for ticket_id, at in hints.items():
                tx.execute(
                    "DELETE FROM ticket_hints WHERE ticket_id = :id AND at = :at",
                    {"id": ticket_id, "at": time_text(at)},
                )
