"""Creating calls of the step `accounts`: the intent before, and what became of it after.

As `delivery` keeps those of requests, but for access requests: their keys are `access ID`, and no
lease is checked, since the step is one process's at a time (`Ledger.exclusive`).
"""

from collections.abc import Mapping

from connector.domain.tenant import TicketRef
from connector.ledger.access_rows import changing, tell
from connector.ledger.columns import json_text
from connector.ledger.database import Database
from connector.ledger.intent_rows import OF_ACCESS, intent
from connector.ports import Intent, Stamp

PREFIX = "access "


class AccessIntents:
    """`ports.accounts.AccessIntentBook` for access requests; every method is one transaction.

    Raises `KeyError` for a key that is no access request's.
    """

    def __init__(self, database: Database) -> None:
        """Keep intents in `database`."""
        self._database = database

    def intents(self, key: str) -> Mapping[str, Intent]:
        """Return the access request's intents by operation."""
        with self._database.snapshot() as tx:
            return OF_ACCESS.all_of(tx, _access_id(key))

    def everybodys(self, operation: str) -> Mapping[str, Intent]:
        """Return the intents of an operation by the keys of the access requests, oldest first."""
        with self._database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT * FROM access_intents WHERE operation = :operation
                ORDER BY first_attempt_at, access_id
                """,
                {"operation": json_text(operation)},
            )
        return {f"{PREFIX}{row['access_id']}": intent(row) for row in rows}

    def intend(self, key: str, operation: str, *, stamp: Stamp, remark: str = "") -> Intent:
        """Commit the intent to make a creating call; a repeated one moves `last_attempt_at`."""
        access_id = _access_id(key)
        with changing(self._database) as tx:
            if tx.one("SELECT id FROM access_requests WHERE id = :id", {"id": access_id}) is None:
                raise KeyError(key)
            if OF_ACCESS.intend(tx, access_id, operation, stamp=stamp, remark=remark):
                text = f"about to create: {operation}"
                tell(tx, access_id, step="intend", text=text, stamp=stamp)
            return OF_ACCESS.one(tx, access_id, operation)

    def confirm(
        self, key: str, operation: str, *, result_id: int, ticket: TicketRef | None, stamp: Stamp
    ) -> None:
        """Record that the call took effect; `ticket` is the one on which it made something."""
        access_id = _access_id(key)
        with changing(self._database) as tx:
            if OF_ACCESS.keep_id(tx, access_id, operation, result_id):
                where = f", on ticket {ticket.number}" if ticket is not None else ""
                text = f"created: {operation}, id {result_id}{where}"
            else:
                text = f"created once more: {operation}, id {result_id}; one too many"
            tell(tx, access_id, step="confirm", text=text, stamp=stamp)

    def refuse(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None:
        """Record that BMS certainly did not carry the call out."""
        access_id = _access_id(key)
        with changing(self._database) as tx:
            OF_ACCESS.refuse(tx, access_id, operation, reason)
            text = f"refused: {operation}: {reason}"
            tell(tx, access_id, step="refuse", text=text, stamp=stamp)

    def withdraw(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None:
        """Record that the call was certainly never carried out, and may be made as if anew."""
        access_id = _access_id(key)
        with changing(self._database) as tx:
            OF_ACCESS.withdraw(tx, access_id, operation)
            text = f"not done: {operation}: {reason}"
            tell(tx, access_id, step="withdraw", text=text, stamp=stamp)


def _access_id(key: str) -> int:
    number = key.removeprefix(PREFIX)
    if number == key or not number.isdecimal():
        raise KeyError(key)
    return int(number)
