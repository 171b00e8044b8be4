"""What must hold after any trouble: looked up in BMS's own store, the ledger and the folders."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from support.faults.bms_store import bms_holds
from support.faults.letters import letters_arrived, letters_left
from support.faults.processes import Ended
from support.faults.site import Site
from support.faults.workload import FOLDERS, Fate, Item

from connector.domain.request import Outcome, Waiting
from connector.errors import ExitCode
from connector.ports import Intent, RequestRecord

HARMLESS = (Waiting.SETTLING, Waiting.BUDGET)
"""What a request may wait for although the run says that all is well (DESIGN section 4).

One whose turn has not come is held back by an earlier one of its conversation, which is pending.
"""


ENDS = {
    Fate.TICKET: Outcome.CREATED,
    Fate.ANSWER: Outcome.APPENDED,
    Fate.REPORT: Outcome.APPENDED,
    Fate.IGNORED: Outcome.IGNORED,
}


def everything_once(site: Site) -> None:
    """Assert that every request is one ticket, or one note on the right one, or ignored."""
    with site.ledger() as ledger:
        records = list(ledger.listed(None, 10_000))
        intents = {record.key: ledger.intents(record.key) for record in records}
        assert ledger.unmarked(None) == [], "an item was not filed away"
        assert not _leases(ledger), "a lease was left behind"
    site.tally.outcomes.update(record.state.value for record in records)
    firsts = _first_of_each(site.items, _by_item(site.items, records))
    bms_holds(site, firsts)
    letters_arrived(site, firsts)
    for record in records:
        _is_clear(record, intents[record.key])
    _is_filed(site)


def run_told_the_truth(site: Site, ended: Ended, *, believed: datetime | None = None) -> None:
    """Assert that a run that ended by itself was `conserved`, and its exit code is right.

    `believed` is the time that the run took it to be, where that was not the true one.
    """
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
        is_due = any(_is_due(each, believed or site.world.now) for each in pending)
        assert waiting != {Waiting.TURN} or not is_due, f"held back by nobody: {pending}"
    if any(each.waiting is Waiting.ERROR for each in pending):
        assert ended.code in (ExitCode.UNREACHABLE, ExitCode.REFUSED)


def _is_due(record: RequestRecord, now: datetime) -> bool:
    return record.next_attempt_at is None or record.next_attempt_at <= now


def unsettled(site: Site) -> tuple[list[str], list[str]]:
    """Return what is pending, and what is parked, each as a sentence."""
    with site.ledger() as ledger:
        pending = [f"{each.subject}: {each.reason}" for each in ledger.pending(None)]
        pending += letters_left(ledger)
        parked = [
            f"{each.subject}: {each.reason}" for each in ledger.listed(Outcome.PARKED, 10_000)
        ]
    return pending, parked


def _leases(ledger: Any) -> list[Any]:
    with ledger.database.snapshot() as tx:
        return [
            *tx.all("SELECT key FROM requests WHERE lease_holder IS NOT NULL"),
            *tx.all("SELECT unique_key FROM outbox WHERE lease_holder IS NOT NULL"),
        ]


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


def _first_of_each(
    items: list[Item], by_item: Mapping[int, RequestRecord]
) -> list[tuple[Item, RequestRecord]]:
    """Return item and record of each request; of equal ones one has its end, the rest name it."""
    firsts: list[tuple[Item, RequestRecord]] = []
    by_identity: dict[str, list[tuple[Item, RequestRecord]]] = {}
    for place, record in sorted(by_item.items()):
        by_identity.setdefault(items[place].identity, []).append((items[place], record))
    for identity, pairs in by_identity.items():
        ends = [record.state for _, record in pairs]
        expected = ENDS[pairs[0][0].fate]
        assert sorted(ends) == sorted([expected, *[Outcome.DUPLICATE] * (len(pairs) - 1)]), (
            f"{identity} ({pairs[0][0].subject}) should be {expected}: {ends}"
        )
        [first] = [pair for pair in pairs if pair[1].state is expected]
        rest = [record for _, record in pairs if record is not first[1]]
        assert all(each.duplicate_of == first[1].key for each in rest), identity
        firsts.append(first)
    return firsts


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
