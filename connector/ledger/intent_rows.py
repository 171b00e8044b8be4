"""Rows of the two tables of intents: creating calls for requests, and for access requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from connector.ledger.columns import from_json, json_text, storable, time_text, to_time
from connector.ledger.database import Row, Transaction
from connector.ledger.rows import must_change
from connector.ports import Intent, Stamp


@dataclass(frozen=True, slots=True)
class IntentTable:
    """A table of intents; `owner` is its column that says for whom the call is made.

    What names an intent that there is not raises `KeyError`.
    """

    name: str
    owner: str

    def intend(
        self, tx: Transaction, owner: str | int, operation: str, *, stamp: Stamp, remark: str
    ) -> bool:
        """Write an intent down, a repeated one anew; return False when it has taken effect."""
        changed = tx.execute(
            f"""
            INSERT INTO {self.name}
                ({self.owner}, operation, first_attempt_at, last_attempt_at, remark)
            VALUES (:owner, :operation, :at, :at, :remark)
            ON CONFLICT ({self.owner}, operation) DO UPDATE
            SET last_attempt_at = excluded.last_attempt_at, refused = NULL,
                remark = excluded.remark
            WHERE {self.name}.result_id IS NULL
            """,  # noqa: S608 - names from this file
            {
                "owner": owner,
                "operation": json_text(operation),
                "at": time_text(stamp.at),
                "remark": storable(remark),
            },
        )
        return changed == 1

    def all_of(self, tx: Transaction, owner: str | int) -> Mapping[str, Intent]:
        """Return the intents of one owner by operation, oldest first."""
        rows = tx.all(
            f"""
            SELECT * FROM {self.name} WHERE {self.owner} = :owner
            ORDER BY first_attempt_at, operation
            """,  # noqa: S608 - names from this file
            {"owner": owner},
        )
        return {each.operation: each for each in map(intent, rows)}

    def one(self, tx: Transaction, owner: str | int, operation: str) -> Intent:
        """Return an intent."""
        row = tx.one(
            f"SELECT * FROM {self.name} WHERE {self.owner} = :owner AND operation = :operation",  # noqa: S608 - names from this file
            {"owner": owner, "operation": json_text(operation)},
        )
        if row is None:
            raise KeyError(owner)
        return intent(row)

    def keep_id(self, tx: Transaction, owner: str | int, operation: str, result_id: int) -> bool:
        """Keep the id of what was made; return False when the intent has another one already."""
        changed = tx.execute(
            f"""
            UPDATE {self.name} SET result_id = :result_id, refused = NULL
            WHERE {self.owner} = :owner AND operation = :operation
                AND (result_id IS NULL OR result_id = :result_id)
            """,  # noqa: S608 - names from this file
            {"owner": owner, "operation": json_text(operation), "result_id": result_id},
        )
        if changed:
            return True
        self.one(tx, owner, operation)
        return False

    def refuse(self, tx: Transaction, owner: str | int, operation: str, reason: str) -> None:
        """Keep that BMS certainly did not carry the call out."""
        changed = tx.execute(
            f"""
            UPDATE {self.name} SET refused = :reason
            WHERE {self.owner} = :owner AND operation = :operation AND result_id IS NULL
            """,  # noqa: S608 - names from this file
            {"owner": owner, "operation": json_text(operation), "reason": storable(reason)},
        )
        must_change(changed, owner)

    def withdraw(self, tx: Transaction, owner: str | int, operation: str) -> None:
        """Forget a call that was certainly never carried out."""
        changed = tx.execute(
            f"""
            DELETE FROM {self.name}
            WHERE {self.owner} = :owner AND operation = :operation AND result_id IS NULL
            """,  # noqa: S608 - names from this file
            {"owner": owner, "operation": json_text(operation)},
        )
        must_change(changed, owner)


OF_REQUESTS: Final = IntentTable("intents", owner="request_key")
OF_ACCESS: Final = IntentTable("access_intents", owner="access_id")


def intent(row: Row) -> Intent:
    """Return a row of either table as a record."""
    return Intent(
        operation=from_json(row["operation"]),
        first_attempt_at=to_time(row["first_attempt_at"]),
        last_attempt_at=to_time(row["last_attempt_at"]),
        result_id=row["result_id"],
        refused=row["refused"],
        remark=row["remark"] or "",
    )
