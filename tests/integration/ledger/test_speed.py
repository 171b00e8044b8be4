"""A ledger of ten thousand requests answers at once."""

import time
from datetime import timedelta
from pathlib import Path

from support.ledger_samples import NOON

from connector.domain.request import Outcome
from connector.ledger.store import SqlLedger, open_ledger

MANY = 10_000
AT_ONCE = 0.2
"""Seconds; on an idle machine each of these takes a few thousandths."""


def fill(ledger: SqlLedger) -> None:
    """Add settled requests and one pending one, in one transaction."""
    with ledger.database.transaction() as tx:
        for number in range(MANY):
            tx.execute(
                """
                INSERT INTO requests
                    (key, source, locator, kind, state, identified, received_at, recorded_at,
                     subject, sender, attempts, reason, remedy, ticket_id, filed_as, turn, to_file)
                VALUES
                    (:key, 'drop', :locator, 'email', :state, 1, :at, :at,
                     'Printer', 'pat@client.example', 0, '', '', :number, 'done', 1, 0)
                """,
                {
                    "key": f"k{number}",
                    "locator": f'"{number}.eml"',
                    "state": "pending" if number == MANY // 2 else "created",
                    "at": f"2026-03-01T{number % 24:02}:00:00.{number:06}+00:00",
                    "number": number,
                },
            )
            tx.execute(
                "INSERT INTO raw VALUES (:key, :raw)", {"key": f"k{number}", "raw": b"x" * 1000}
            )


def test_questions_to_a_large_ledger_are_answered_at_once(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        fill(ledger)
        start = time.perf_counter()
        assert len(ledger.listed(None, 100)) == 100
        assert len(ledger.listed(Outcome.CREATED, 100)) == 100
        assert [record.key for record in ledger.pending(None)] == [f"k{MANY // 2}"]
        assert len(ledger.by_ticket(number=None, ticket_id=77)) == 1
        assert ledger.unmarked(None) == []
        assert ledger.unidentified(None) == []
        assert ledger.waiting_item("drop", "77.eml") is None
        claimed = ledger.claim(
            now=NOON, holder="w", lease=timedelta(minutes=5), sources=["drop"], besides=[]
        )
        assert claimed is not None
        assert time.perf_counter() - start < AT_ONCE
