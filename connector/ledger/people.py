"""What people ask of the ledger: lists, stories, and to send a request on."""

from collections.abc import Sequence
from datetime import datetime

from connector.domain.request import Outcome, Waiting
from connector.ledger.columns import time_text, to_time_if_any
from connector.ledger.database import Database
from connector.ledger.rows import journal_entry, request_record, tell, write_outcome
from connector.ports import JournalEntry, RequestRecord, Stamp


class People:
    """The part of the ledger behind `requests` and `explain`."""

    database: Database

    def note(self, key: str, *, step: str, text: str, stamp: Stamp, rule: str = "") -> None:
        """Add a line to the story of a request."""
        with self.database.transaction() as tx:
            tell(tx, key, step=step, text=text, stamp=stamp, rule=rule)

    def journal(self, key: str) -> Sequence[JournalEntry]:
        """Return the story of a request, oldest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                "SELECT * FROM journal WHERE request_key = :key ORDER BY id", {"key": key}
            )
        return [journal_entry(row) for row in rows]

    def listed(self, state: Outcome | None, limit: int) -> Sequence[RequestRecord]:
        """Return the requests received last, of one state or of all, newest first."""
        with self.database.snapshot() as tx:
            if state is None:
                rows = tx.all(
                    """
                    SELECT * FROM requests
                    ORDER BY received_at DESC, recorded_at DESC, key DESC LIMIT :limit
                    """,
                    {"limit": limit},
                )
            else:
                rows = tx.all(
                    """
                    SELECT * FROM requests WHERE state = :state
                    ORDER BY received_at DESC, recorded_at DESC, key DESC LIMIT :limit
                    """,
                    {"state": state.value, "limit": limit},
                )
        return [request_record(row) for row in rows]

    def last_received(self, source: str) -> datetime | None:
        """Return when the newest request of a source was received; None where it had none."""
        with self.database.snapshot() as tx:
            row = tx.one(
                "SELECT MAX(received_at) AS latest FROM requests WHERE source = :source",
                {"source": source},
            )
        return None if row is None else to_time_if_any(row["latest"])

    def by_ticket(self, *, number: str | None, ticket_id: int | None) -> Sequence[RequestRecord]:
        """Return the requests that ended as, or on, this ticket, oldest first.

        With both given, a request must match both; with neither there is none.
        """
        with self.database.snapshot() as tx:
            if ticket_id is not None:
                rows = tx.all(
                    """
                    SELECT * FROM requests WHERE ticket_id = :ticket_id
                    ORDER BY received_at, recorded_at, key
                    """,
                    {"ticket_id": ticket_id},
                )
            else:
                rows = tx.all(
                    """
                    SELECT * FROM requests WHERE ticket_number = :number
                    ORDER BY received_at, recorded_at, key
                    """,
                    {"number": number},
                )
        records = [request_record(row) for row in rows]
        return [each for each in records if number is None or each.ticket_number == number]

    def set_aside(self, key: str, *, reason: str, stamp: Stamp) -> bool:
        """Settle a parked or pending request as ignored, unless it is being worked on just now.

        Return whether that was done.
        """
        with self.database.transaction() as tx:
            clock = self.database.lease_clock(tx, stamp.at)
            free = tx.execute(
                """
                UPDATE requests SET lease_holder = NULL, lease_until = NULL
                WHERE key = :key AND state IN ('parked', 'pending')
                    AND (lease_until IS NULL OR lease_until <= :clock)
                """,
                {"key": key, "clock": time_text(clock)},
            )
            if not free:
                return False
            write_outcome(tx, key, Outcome.IGNORED, reason=reason, remedy="", at=stamp.at)
            tell(tx, key, step="ignore", text=f"ignored: {reason}", stamp=stamp)
        return True

    def reopen(self, key: str, *, states: Sequence[Outcome], step: str, stamp: Stamp) -> bool:
        """Make the request pending and due now if it is in one of `states`; else return False.

        Its intents stay, so that what was done for it already is not done again. So does a
        lease: whoever works on it now goes on. A pause that BMS asked for is over: a person wants
        to know now. One whose raw message was removed stays as it is: nothing could be made of it.
        """
        with self.database.transaction() as tx:
            changed = tx.execute(
                """
                UPDATE requests
                SET state = 'pending', waiting = :waiting, attempts = 0, next_attempt_at = :now,
                    reason = '', remedy = '', settled_at = NULL, to_file = 0
                WHERE key = :key AND state IN :states AND raw_dropped_at IS NULL
                """,
                {
                    "key": key,
                    "waiting": Waiting.TURN.value,
                    "now": time_text(stamp.at),
                    "states": [state.value for state in states],
                },
            )
            if changed:
                tell(tx, key, step=step, text="pending again, due now", stamp=stamp)
        return changed == 1
