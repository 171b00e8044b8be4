"""What BMS must hold in the end: looked up in the sandbox's own store, not in our ledger."""

import re
from collections import Counter
from typing import Any

from support.faults.site import Site
from support.faults.workload import Fate, Item

from connector.ports import RequestRecord

REFERENCE = re.compile(r"Ref: ([\w-]+)")

Firsts = list[tuple[Item, RequestRecord]]
"""Each request once: the item that was taken in first, and what the ledger says of it."""


def bms_holds(site: Site, firsts: Firsts) -> None:
    """Assert that every ticket, note and file is there once, and nothing else is."""
    tickets = {ticket["Id"]: ticket for ticket in site.sandbox.tickets}
    made = {item.identity: pair for pair in firsts if (item := pair[0]).fate is Fate.TICKET}
    owners = {record.ticket_id: identity for identity, (_, record) in made.items()}
    assert tickets.keys() == owners.keys(), (
        "there is a ticket without a request, or a request without its ticket"
    )
    for ticket_id, identity in owners.items():
        on_it = [pair for pair in firsts if pair[0].on == identity]
        _has_its_ticket(tickets[ticket_id], *made[identity])
        _has_its_files(site, ticket_id, [made[identity], *on_it])
        _has_its_notes(site, ticket_id, made[identity], on_it)


def _has_its_ticket(ticket: dict[str, Any], item: Item, record: RequestRecord) -> None:
    assert REFERENCE.findall(ticket["Details"]) == [record.key], item.name
    assert item.says in ticket["Details"], item.name
    assert ticket["Title"] == item.subject
    assert ticket["TicketNumber"] == record.ticket_number
    if item.emergency:
        assert ticket["PriorityName"] == "Critical", item.name


def _has_its_files(site: Site, ticket_id: int, pairs: Firsts) -> None:
    there = [
        (each["OriginalFileName"], each["Content"]) for each in site.sandbox.attachments(ticket_id)
    ]
    meant = [file for item, _ in pairs for file in item.files.items()]
    assert sorted(there) == sorted(meant), f"{pairs[0][0].name}: files"


def _has_its_notes(
    site: Site, ticket_id: int, made: tuple[Item, RequestRecord], on_it: Firsts
) -> None:
    """Assert that what belongs on a ticket is one note each, and that answers are in order."""
    notes = site.sandbox.notes(ticket_id)
    by_reference = {_reference(note): note for note in notes}
    assert len(by_reference) == len(notes), f"{made[0].name}: a note twice: {notes}"
    for item, record in on_it:
        assert record.ticket_id == ticket_id, f"{item.name} is on another ticket in the ledger"
        note = by_reference.pop(record.key, None)
        assert note is not None, f"{item.name}: its note is missing"
        assert item.says in note["Details"], item.name
        assert note["IsInternal"] is (item.fate is Fate.REPORT), item.name
    for item, record in [made, *on_it]:
        note = by_reference.pop(f"{record.key}-note", None)
        assert note is None or note["IsInternal"], f"{item.name}: a client reads {note}"
        assert note or not item.note, f"{item.name}: its internal note is missing"
    assert not by_reference, f"{made[0].name}: notes that nobody sent: {by_reference}"
    answers = [record.key for item, record in on_it if item.fate is Fate.ANSWER]
    public = [_reference(note) for note in notes if not note["IsInternal"]]
    assert public == answers, f"{made[0].name}: its answers are not in order"


def _reference(note: dict[str, Any]) -> str:
    found = Counter(REFERENCE.findall(note["Details"]))
    assert len(found) == 1, note
    return next(iter(found))
