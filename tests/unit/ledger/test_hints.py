"""Tickets that BMS has told of are kept until write-back has looked at them."""

from support.ledger_samples import at

from connector.ledger.store import SqlLedger


def test_a_ticket_is_kept_once_with_when_it_was_told_of_last(ledger: SqlLedger) -> None:
    ledger.hint(7, at=at(0))
    ledger.hint(2**53 - 1, at=at(1))
    ledger.hint(7, at=at(2))

    assert ledger.hinted() == {7: at(2), 2**53 - 1: at(1)}


def test_what_was_looked_at_is_forgotten_unless_it_was_told_of_again(ledger: SqlLedger) -> None:
    ledger.hint(7, at=at(0))
    ledger.hint(8, at=at(0))
    looked_at = ledger.hinted()
    ledger.hint(7, at=at(1))

    ledger.looked_at(looked_at)

    assert ledger.hinted() == {7: at(1)}
