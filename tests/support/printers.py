"""Tickets of no interest, made in numbers, for tests of write-back."""

from collections.abc import Iterable

from support.desk import Desk


def printers(desk: Desk, count: int) -> list[int]:
    """Open so many tickets in BMS; return their ids."""
    return [desk.sandbox.person.create_ticket(f"Printer {number}") for number in range(count)]


def with_due_date(desk: Desk, tickets: Iterable[int]) -> int:
    """Return how many of these tickets have a DueDate."""
    return sum(desk.due(ticket) is not None for ticket in tickets)
