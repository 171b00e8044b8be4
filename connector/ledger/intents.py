"""Creating calls: the intent before, and what became of it after (DESIGN section 9).

What a worker writes here, it writes only while the request is leased to its run; it learns by
`LeaseLost` that it is not. The id of what was made is kept all the same: it is a fact.
"""

from collections.abc import Mapping

from connector.domain.tenant import TicketRef
from connector.ledger.columns import storable, time_text
from connector.ledger.database import Database, Transaction
from connector.ledger.intent_rows import OF_REQUESTS
from connector.ledger.leases import fence, holds, lost
from connector.ledger.rows import tell
from connector.ports import Intent, Stamp


class Intents:
    """The part of the ledger that makes creating calls happen once."""

    database: Database

    def intend(self, key: str, operation: str, *, stamp: Stamp, remark: str = "") -> Intent:
        """Commit the intent to make a creating call; a repeated one moves `last_attempt_at`.

        Nothing may come between this and the call: it is where a lease is checked for the last
        time. After a refusal the intent is unclear anew, since the call is about to be made again.
        One that has taken effect stays as it is.
        """
        with self.database.transaction() as tx:
            fence(self.database, tx, key, stamp)
            if OF_REQUESTS.intend(tx, key, operation, stamp=stamp, remark=remark):
                tell(tx, key, step="intend", text=f"about to create: {operation}", stamp=stamp)
            return OF_REQUESTS.one(tx, key, operation)

    def intents(self, key: str) -> Mapping[str, Intent]:
        """Return the request's intents by operation."""
        with self.database.snapshot() as tx:
            return OF_REQUESTS.all_of(tx, key)

    def confirm(
        self,
        key: str,
        operation: str,
        *,
        result_id: int,
        ticket: TicketRef | None,
        stamp: Stamp,
    ) -> None:
        """Record that the call took effect; `ticket` when it made the ticket, or a note on it.

        Raises `LeaseLost` once that is committed, when the request is another run's by now.
        """
        with self.database.transaction() as tx:
            is_held = holds(self.database, tx, key, stamp)
            if OF_REQUESTS.keep_id(tx, key, operation, result_id):
                text = f"created: {operation}, id {result_id}"
                if ticket is not None:
                    _keep_ticket(tx, key, ticket)
                    text = _told(operation, result_id, ticket)
            else:
                text = f"created once more: {operation}, id {result_id}; one too many"
            tell(tx, key, step="confirm", text=text, stamp=stamp)
            no_longer = None if is_held else lost(tx, key, stamp)
        if no_longer is not None:
            raise no_longer

    def refuse(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None:
        """Record that BMS certainly did not carry the call out."""
        with self.database.transaction() as tx:
            fence(self.database, tx, key, stamp)
            OF_REQUESTS.refuse(tx, key, operation, reason)
            tell(tx, key, step="refuse", text=f"refused: {operation}: {reason}", stamp=stamp)

    def withdraw(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None:
        """Record that the call was certainly never carried out, and may be made as if anew."""
        with self.database.transaction() as tx:
            fence(self.database, tx, key, stamp)
            OF_REQUESTS.withdraw(tx, key, operation)
            tell(tx, key, step="withdraw", text=f"not done: {operation}: {reason}", stamp=stamp)


def _told(operation: str, result_id: int, ticket: TicketRef) -> str:
    if result_id == ticket.id:
        return f"created: {operation}, number {ticket.number}, id {ticket.id}"
    return f"created: {operation}, id {result_id}, on ticket {ticket.number}, id {ticket.id}"


def _keep_ticket(tx: Transaction, key: str, ticket: TicketRef) -> None:
    tx.execute(
        """
        UPDATE requests
        SET ticket_id = :id, ticket_number = :number,
            answered_due = :due, answered_priority_id = :priority_id,
            contact_phone = :contact_phone
        WHERE key = :key
        """,
        {
            "key": key,
            "id": ticket.id,
            "number": storable(ticket.number),
            "due": time_text(ticket.due_date) if ticket.due_date else None,
            "priority_id": ticket.priority_id,
            "contact_phone": storable(ticket.contact_phone),
        },
    )
