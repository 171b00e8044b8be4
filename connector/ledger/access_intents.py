"""Creating calls of the step `accounts`: the intent before, and what became of it after.

As `delivery` keeps those of requests, but for access requests: their keys are `access ID`, and no
lease is checked, since the step is one process's at a time (`Ledger.exclusive`).
"""

from collections.abc import Mapping

from connector.domain.tenant import TicketRef
from connector.ledger.access_rows import changing, tell
from connector.ledger.columns import json_text, storable, time_text
from connector.ledger.database import Database, Params, Row, Transaction
from connector.ledger.rows import intent
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
            rows = tx.all(
                """
                SELECT * FROM access_intents WHERE access_id = :id
                ORDER BY first_attempt_at, operation
                """,
                {"id": _access_id(key)},
            )
        return {each.operation: each for each in map(intent, rows)}

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
        params = {
            **_of(key, operation),
            "at": time_text(stamp.at),
            "remark": storable(remark),
        }
        with changing(self._database) as tx:
            if tx.one("SELECT id FROM access_requests WHERE id = :id", params) is None:
                raise KeyError(key)
            changed = tx.execute(
                """
                INSERT INTO access_intents
                    (access_id, operation, first_attempt_at, last_attempt_at, remark)
                VALUES (:id, :operation, :at, :at, :remark)
                ON CONFLICT (access_id, operation) DO UPDATE
                SET last_attempt_at = excluded.last_attempt_at, refused = NULL,
                    remark = excluded.remark
                WHERE access_intents.result_id IS NULL
                """,
                params,
            )
            if changed:
                _tell(tx, key, "intend", f"about to create: {operation}", stamp)
            return intent(_row(tx, key, params))

    def confirm(
        self, key: str, operation: str, *, result_id: int, ticket: TicketRef | None, stamp: Stamp
    ) -> None:
        """Record that the call took effect; `ticket` is the one on which it made something."""
        params = {**_of(key, operation), "result_id": result_id}
        with changing(self._database) as tx:
            changed = tx.execute(
                """
                UPDATE access_intents SET result_id = :result_id, refused = NULL
                WHERE access_id = :id AND operation = :operation
                    AND (result_id IS NULL OR result_id = :result_id)
                """,
                params,
            )
            if changed:
                where = f", on ticket {ticket.number}" if ticket is not None else ""
                text = f"created: {operation}, id {result_id}{where}"
            else:
                _row(tx, key, params)
                text = f"created once more: {operation}, id {result_id}; one too many"
            _tell(tx, key, "confirm", text, stamp)

    def refuse(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None:
        """Record that BMS certainly did not carry the call out."""
        with changing(self._database) as tx:
            changed = tx.execute(
                """
                UPDATE access_intents SET refused = :reason
                WHERE access_id = :id AND operation = :operation AND result_id IS NULL
                """,
                {**_of(key, operation), "reason": storable(reason)},
            )
            if not changed:
                raise KeyError(key)
            _tell(tx, key, "refuse", f"refused: {operation}: {reason}", stamp)

    def withdraw(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None:
        """Record that the call was certainly never carried out, and may be made as if anew."""
        with changing(self._database) as tx:
            changed = tx.execute(
                """
                DELETE FROM access_intents
                WHERE access_id = :id AND operation = :operation AND result_id IS NULL
                """,
                _of(key, operation),
            )
            if not changed:
                raise KeyError(key)
            _tell(tx, key, "withdraw", f"not done: {operation}: {reason}", stamp)


def _of(key: str, operation: str) -> dict[str, object]:
    return {"id": _access_id(key), "operation": json_text(operation)}


def _access_id(key: str) -> int:
    number = key.removeprefix(PREFIX)
    if number == key or not number.isdecimal():
        raise KeyError(key)
    return int(number)


def _row(tx: Transaction, key: str, params: Params) -> Row:
    row = tx.one(
        "SELECT * FROM access_intents WHERE access_id = :id AND operation = :operation", params
    )
    if row is None:
        raise KeyError(key)
    return row


def _tell(tx: Transaction, key: str, step: str, text: str, stamp: Stamp) -> None:
    tell(tx, _access_id(key), step=step, text=text, stamp=stamp)
