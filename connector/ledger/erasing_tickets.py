"""Erasing a request from what is known of its ticket: people, title, why its dates are such.

The ticket in BMS is not ours to change. While it is open there, write-back reads its title again.
"""

from connector.domain.request import Outcome
from connector.ledger.columns import from_json, json_text
from connector.ledger.database import Transaction
from connector.ports import RequestRecord

GONE = "(erased)"


def erase_from_ticket(tx: Transaction, erased: RequestRecord) -> None:
    """Erase what came from a request, as it was before, out of the records of its ticket."""
    if erased.ticket_id is None:
        return
    _erase_participants(tx, erased, erased.ticket_id)
    if erased.state is Outcome.CREATED:
        _erase_watched(tx, erased.ticket_id)
        return
    # An answer: the words that it brought name it.
    words = {"id": erased.ticket_id, "key": f"%{erased.key}%", "gone": GONE}
    row = tx.one(
        "SELECT 1 AS known FROM watched_tickets WHERE ticket_id = :id AND reason LIKE :key", words
    )
    if row is not None:
        _erase_watched(tx, erased.ticket_id, but_title=True)
    tx.execute(
        "UPDATE ticket_journal SET text = :gone WHERE ticket_id = :id AND text LIKE :key", words
    )


def _erase_participants(tx: Transaction, erased: RequestRecord, ticket_id: int) -> None:
    """Erase the sender, unless another mail of theirs is there; with the last mail, everybody."""
    others = tx.all(
        "SELECT sender FROM requests WHERE ticket_id = :id AND key <> :key AND erased_at IS NULL",
        {"id": ticket_id, "key": erased.key},
    )
    if not others:
        tx.execute("DELETE FROM participants WHERE ticket_id = :id", {"id": ticket_id})
    elif erased.sender not in {row["sender"] for row in others}:
        tx.execute(
            "DELETE FROM participants WHERE ticket_id = :id AND address = :address",
            {"id": ticket_id, "address": erased.sender},
        )


def _erase_watched(tx: Transaction, ticket_id: int, *, but_title: bool = False) -> None:
    row = tx.one("SELECT due FROM watched_tickets WHERE ticket_id = :id", {"id": ticket_id})
    if row is None:
        return
    tx.execute(
        """
        UPDATE watched_tickets
        SET title = CASE WHEN :but_title = 1 THEN title ELSE '' END,
            desired_words = '', reason = :gone, due = :due
        WHERE ticket_id = :id
        """,
        {
            "id": ticket_id,
            "but_title": int(but_title),
            "gone": GONE,
            "due": json_text({**from_json(row["due"]), "steps": []}),
        },
    )
    if not but_title:
        tx.execute(
            "UPDATE ticket_journal SET text = :gone WHERE ticket_id = :id",
            {"gone": GONE, "id": ticket_id},
        )
