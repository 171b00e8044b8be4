"""What must hold after any trouble: looked up in BMS's own store, the ledger and the folders."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from support.faults.processes import Ended
from support.faults.site import Site
from support.faults.workload import FOLDERS, Item

from connector.domain import Outcome, Waiting
from connector.errors import ExitCode
from connector.ports import Intent, RequestRecord

REFERENCE = re.compile(r"Ref: ([\w-]+)")

HARMLESS = (Waiting.SETTLING, Waiting.BUDGET)
"""What a request may wait for although the run says that all is well (DESIGN section 4).

One whose turn has not come is held back by an earlier one of its conversation, which is pending.
"""


def everything_once(site: Site) -> None:
    """Assert that every request ended as exactly one ticket with its files and its note."""
    with site.ledger() as ledger:
        records = list(ledger.listed(None, 10_000))
        intents = {record.key: ledger.intents(record.key) for record in records}
        assert ledger.unmarked(None) == [], "an item was not filed away"
        assert not _leases(ledger), "a lease was left behind"
    site.tally.outcomes.update(record.state.value for record in records)
    by_item = _by_item(site.items, records)
    created = _one_per_identity(site.items, by_item)
    assert {ticket["Id"] for ticket in site.sandbox.tickets} == set(created), (
        "there is a ticket without a request, or a request without its ticket"
    )
    for ticket_id, (item, record) in created.items():
        _is_complete(site, ticket_id, item, record)
    for record in records:
        _is_clear(record, intents[record.key])
    _is_filed(site)


def run_told_the_truth(site: Site, ended: Ended) -> None:
    """Assert that a run that ended by itself was `conserved`, and its exit code is right."""
    assert ended.code in set(ExitCode) - {ExitCode.USAGE, ExitCode.LOCKED}, ended.err
    if not ended.out:
        # It could not even begin: the ledger was locked or full.
        assert ended.code == ExitCode.UNREACHABLE, ended.err
        return
    report = ended.report
    assert report["conserved"], ended.out
    states = Counter(each["outcome"] for each in report["requests"])
    assert ended.code != ExitCode.DONE or not states["parked"]
    keys = {each["key"] for each in report["requests"] if each["outcome"] == "pending"}
    with site.ledger() as ledger:
        pending = [record for record in ledger.pending(None) if record.key in keys]
    if ended.code == ExitCode.DONE:
        waiting = {each.waiting for each in pending}
        assert waiting <= {*HARMLESS, Waiting.TURN}, [each.reason for each in pending]
        assert waiting != {Waiting.TURN}, f"due, held back by nobody, and not done: {pending}"
    if any(each.waiting is Waiting.ERROR for each in pending):
        assert ended.code in (ExitCode.UNREACHABLE, ExitCode.REFUSED)


def unsettled(site: Site) -> tuple[list[str], list[str]]:
    """Return what is pending, and what is parked, each as a sentence."""
    with site.ledger() as ledger:
        pending = [f"{each.subject}: {each.reason}" for each in ledger.pending(None)]
        parked = [
            f"{each.subject}: {each.reason}" for each in ledger.listed(Outcome.PARKED, 10_000)
        ]
    return pending, parked


def _leases(ledger: Any) -> list[Any]:
    with ledger.database.snapshot() as tx:
        return list(tx.all("SELECT key FROM requests WHERE lease_holder IS NOT NULL"))


def _by_item(items: list[Item], records: list[RequestRecord]) -> dict[int, RequestRecord]:
    """Return the record of each item, by the item's place; each has exactly one."""
    sources = dict(zip(FOLDERS, ("drop", "second"), strict=True))
    places = {(sources[item.folder], item.name): place for place, item in enumerate(items)}
    found: dict[int, RequestRecord] = {}
    for record in records:
        place = places[record.source, record.locator.partition(":")[0]]
        assert place not in found, f"{items[place].name} was taken in twice"
        found[place] = record
    missing = [item.name for place, item in enumerate(items) if place not in found]
    assert not missing, f"lost: {missing}"
    return found


def _one_per_identity(
    items: list[Item], by_item: Mapping[int, RequestRecord]
) -> dict[int, tuple[Item, RequestRecord]]:
    """Return item and record by ticket id: of equal ones one has a ticket, the rest name it."""
    created: dict[int, tuple[Item, RequestRecord]] = {}
    by_identity: dict[str, list[RequestRecord]] = {}
    for place, record in by_item.items():
        by_identity.setdefault(items[place].identity, []).append(record)
        if record.state is Outcome.CREATED:
            assert record.ticket_id is not None
            created[record.ticket_id] = items[place], record
    for identity, records in by_identity.items():
        [first] = [each for each in records if each.state is Outcome.CREATED]
        rest = [each for each in records if each is not first]
        assert all(
            each.state is Outcome.DUPLICATE and each.duplicate_of == first.key for each in rest
        ), f"{identity}: {[each.state for each in records]}"
    return created


def _is_complete(site: Site, ticket_id: int, item: Item, record: RequestRecord) -> None:
    [ticket] = [each for each in site.sandbox.tickets if each["Id"] == ticket_id]
    assert REFERENCE.findall(ticket["Details"]) == [record.key], item.name
    assert ticket["Title"] == item.subject
    assert ticket["TicketNumber"] == record.ticket_number
    files = [
        (each["OriginalFileName"], each["Content"]) for each in site.sandbox.attachments(ticket_id)
    ]
    assert sorted(files) == sorted(item.files.items()), f"{item.name}: files"
    notes = [each["Details"] for each in site.sandbox.notes(ticket_id)]
    references = [REFERENCE.findall(note) for note in notes]
    assert all(each == [f"{record.key}-note"] for each in references), notes
    assert len(notes) <= 1, f"{item.name}: {notes}"
    assert notes or not item.note, f"{item.name}: its internal note is missing"


def _is_clear(record: RequestRecord, intents: Mapping[str, Intent]) -> None:
    unclear = [name for name, intent in intents.items() if intent.is_unclear]
    assert not unclear, f"{record.subject} is settled, but {unclear} is unclear"


def _is_filed(site: Site) -> None:
    for folder in FOLDERS:
        left = [path.name for path in (site.folder / folder).iterdir() if path.is_file()]
        assert not left, f"left in {folder}: {left}"
        filed = [
            path.read_bytes()
            for place in ("processed", "parked")
            for path in (site.folder / folder / place).glob("*")
        ]
        dropped = [item.content for item in site.items if item.folder == folder]
        assert sorted(filed) == sorted(dropped), f"filed of {folder}: {len(filed)} files"
        assert not list((site.folder / folder / "parked").glob("*"))
