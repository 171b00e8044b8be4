"""Intake: what the sources hold is recorded raw, then identified; nothing is parsed before.

The ledger commits first. A crash after any line loses nothing: the next run finds the item
either still unrecorded at its source, or recorded and unidentified in the ledger.

`identifying` is imported once there is something new: most runs that cron starts find nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from connector.domain.request import Outcome
from connector.errors import ConnectorError, RequestRejected
from connector.pipeline.filing import at_source
from connector.pipeline.renumbered import Renumbered
from connector.pipeline.services import Services
from connector.ports import (
    Arrival,
    Identified,
    Item,
    ItemUnreadable,
    ItemVanished,
    Listing,
    RequestRecord,
    Source,
)

log = structlog.get_logger()

AT_ONCE = 20
BYTES_AT_ONCE = 4_000_000
"""How much is read before it is recorded, in one transaction, unless a single item has more."""


@dataclass(slots=True)
class IntakeResult:
    """What one intake took in: keys of new requests, and what a person should hear."""

    keys: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)


def take_in(services: Services) -> IntakeResult:
    """Record and identify everything new at every source; one bad source stops no other.

    A source that another host is at is left to it.
    """
    result = IntakeResult()
    for key in services.ledger.unidentified(services.of_sources):  # a run was killed
        _identify(services, {key: services.ledger.raw(key)})
    for source in services.sources:
        if services.should_stop():
            break
        try:
            with services.ledger.exclusive(at_source(source.name)) as is_ours:
                if is_ours:
                    _take_in_source(services, source, result)
        except ConnectorError as error:
            result.errors.append(error)
        except Exception as error:
            log.exception("internal error", source=source.name)
            fault = f"internal error: {error!r}. Please report it as a bug"
            result.problems.append(f"source {source.name}: {fault}")
    return result


def _take_in_source(services: Services, source: Source, result: IntakeResult) -> None:
    listing = source.list()
    result.notices += strangers(source, listing)
    result.leftovers += withheld(source, listing)
    renumbered = Renumbered(services, source, listing)
    batch = _Batch(services, result)
    try:
        for arrival in listing.items:
            if services.should_stop():
                break
            known = services.ledger.waiting_item(source.name, arrival.locator)
            if known is None:
                _take_in_item(services, arrival, renumbered, batch)
            elif may_read_now(services, known, arrival):
                _read_now(services, known, arrival, result)
    finally:  # a source that breaks off at the same item every time keeps none before it back
        batch.take_in()
    result.notices += renumbered.notices()


class _Batch:
    """Items that were read, and are recorded together and then identified together.

    Each commit is flushed to the disk, which takes longer than all the rest.
    """

    def __init__(self, services: Services, result: IntakeResult) -> None:
        self.result = result
        self._services = services
        self._items: list[Item] = []

    def make_room(self, size: int) -> None:
        """Take in what is here if another `size` bytes are too many to be read first.

        An emergency is told only once it is recorded: it does not wait for a large file behind it.
        """
        if self._size + size > BYTES_AT_ONCE:
            self.take_in()

    def add(self, item: Item) -> None:
        self._items.append(item)
        # Not every source tells the size of what it will read.
        if len(self._items) == AT_ONCE or self._size >= BYTES_AT_ONCE:
            self.take_in()

    @property
    def _size(self) -> int:
        return sum(len(each.raw) for each in self._items)

    def take_in(self) -> None:
        """Record what is in it, and identify that; then it is empty."""
        items, self._items = self._items, []
        if not items:
            return
        recorded = self._record(items)
        self.result.keys += [item.key for item in recorded]
        _identify(self._services, {item.key: item.raw for item in recorded})

    def _record(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return those that are recorded; one that the ledger cannot take stops no other."""
        try:
            self._services.ledger.record_all(items, stamp=self._services.stamp())
        except ConnectorError:
            raise
        except Exception as error:
            if len(items) > 1:
                return [recorded for item in items for recorded in self._record([item])]
            _tell_fault(items[0].arrival, error, self.result)
            return []
        return items


def strangers(source: Source, listing: Listing) -> list[str]:
    """Return a sentence for each name that a source does not know what to do with."""
    return [
        f"source {source.name}: {name} is neither *.eml nor *.json and was left alone"
        for name in listing.strangers
    ]


def withheld(source: Source, listing: Listing) -> list[str]:
    """Return a sentence if a source did not hand over just what it says that it holds."""
    if listing.held in (None, len(listing.items)):
        return []
    return [
        f"source {source.name} says that it holds {listing.held} and handed over "
        f"{len(listing.items)}"
    ]


def _take_in_item(
    services: Services, arrival: Arrival, renumbered: Renumbered, batch: _Batch
) -> None:
    services.progress("reading")
    refusal = too_large(services, arrival)
    if refusal is None:
        batch.make_room(arrival.size)
    raw = None if refusal else _read(arrival, batch.result)
    if raw is None and refusal is None:
        return
    if known := renumbered.finds(arrival, raw):
        services.ledger.relocate(known.key, arrival.locator, stamp=services.stamp())
        return
    item = _item(services, arrival, raw or b"")
    if refusal is None:
        batch.add(item)
        return
    services.ledger.record_all([item], stamp=services.stamp())
    batch.result.keys.append(item.key)
    from connector.pipeline.identifying import park_unidentified

    park_unidentified(services, item.key, refusal, _headline(services, arrival))


def _identify(services: Services, raw_by_key: Mapping[str, bytes]) -> None:
    from connector.pipeline.identifying import identify

    identify(services, raw_by_key)


def _read(arrival: Arrival, result: IntakeResult) -> bytes | None:
    """Return the bytes of an item; None, and a word about it, when that cannot be done."""
    try:
        return arrival.read()
    except ItemVanished:
        result.notices.append(f"source {arrival.source}: {arrival.locator} is gone")
    except ItemUnreadable as error:
        result.problems.append(f"source {arrival.source}: {error}")
        result.leftovers.append(arrival.locator)
    except ConnectorError:
        raise
    except Exception as error:
        _tell_fault(arrival, error, result)
    return None


def _tell_fault(arrival: Arrival, error: Exception, result: IntakeResult) -> None:
    """Tell of an item that cannot be taken in for a fault of ours; it stays at its source."""
    log.exception("internal error", source=arrival.source, locator=arrival.locator)
    fault = f"internal error: {error!r}. Please report it as a bug"
    result.problems.append(f"source {arrival.source}: {arrival.locator}: {fault}")
    result.leftovers.append(arrival.locator)


def may_read_now(services: Services, known: RequestRecord, arrival: Arrival) -> bool:
    """Tell whether an item was parked unread for its size, which the settings allow by now."""
    return (
        known.state is Outcome.PARKED
        and 0 < arrival.size <= services.max_request_bytes
        and not services.ledger.raw(known.key)
    )


def _read_now(
    services: Services, known: RequestRecord, arrival: Arrival, result: IntakeResult
) -> None:
    raw = _read(arrival, result)
    if raw:
        services.ledger.refill(known.key, raw, stamp=services.stamp())
        result.keys.append(known.key)
        _identify(services, {known.key: raw})


def too_large(services: Services, arrival: Arrival) -> RequestRejected | None:
    """Return why an item is not even read, if it is larger than the settings allow."""
    if arrival.size <= services.max_request_bytes:
        return None
    return RequestRejected(
        f"too large to read: {arrival.size / 1e6:.0f} MB",
        f"raise limits.request_mb, then {arrival.again}",
    )


def _item(services: Services, arrival: Arrival, raw: bytes) -> Item:
    # Never later than now: a clock that was wrong elsewhere must not give a client less time.
    received_at = min(arrival.received_at, services.clock())
    return Item(services.new_key(), replace(arrival, received_at=received_at), raw)


def _headline(services: Services, arrival: Arrival) -> Identified | None:
    """Return what the header says of an item that is too large to be read, if it can be had."""
    if arrival.read_header is None:
        return None
    try:
        return services.reader.identify(arrival.kind, arrival.read_header(), arrival.form)
    except (ConnectorError, ItemVanished, ItemUnreadable) as error:
        log.debug("header not read", locator=arrival.locator, reason=str(error))
        return None
