"""Intake: what the sources hold is recorded raw, then identified; nothing is parsed before.

The ledger commits first. A crash after any line loses nothing: the next run finds the item
either still unrecorded at its source, or recorded and unidentified in the ledger.
"""

from dataclasses import dataclass, field, replace

import structlog

from connector.domain import Outcome
from connector.errors import ConnectorError, RequestRejected
from connector.pipeline.services import Services
from connector.ports import Arrival, ItemUnreadable, ItemVanished, Source

log = structlog.get_logger()


@dataclass(slots=True)
class IntakeResult:
    """What one intake took in: keys of new requests, and what a person should hear."""

    keys: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)


def take_in(services: Services) -> IntakeResult:
    """Record and identify everything new at every source; one bad source stops no other."""
    result = IntakeResult()
    for key in services.ledger.unidentified():
        _identify(services, key)
    for source in services.sources:
        if services.should_stop():
            break
        try:
            _take_in_source(services, source, result)
        except ConnectorError as error:
            result.errors.append(error)
            result.problems.append(f"source {source.name}: {error}")
    return result


def _take_in_source(services: Services, source: Source, result: IntakeResult) -> None:
    listing = source.list()
    for name in listing.strangers:
        result.notices.append(
            f"source {source.name}: {name} is neither *.eml nor *.json and was left alone"
        )
    for arrival in listing.items:
        if services.should_stop():
            break
        if services.ledger.waiting_item(source.name, arrival.locator):
            continue
        _take_in_item(services, arrival, result)


def _take_in_item(services: Services, arrival: Arrival, result: IntakeResult) -> None:
    services.progress("reading")
    if refusal := too_large(services, arrival):
        result.keys.append(_park_unread(services, arrival, refusal))
        return
    try:
        raw = arrival.read()
    except ItemVanished:
        result.notices.append(f"source {arrival.source}: {arrival.locator} is gone")
        return
    except ItemUnreadable as error:
        result.problems.append(f"source {arrival.source}: {error}")
        result.leftovers.append(arrival.locator)
        return
    key = _record(services, arrival, raw)
    result.keys.append(key)
    _identify(services, key)


def too_large(services: Services, arrival: Arrival) -> RequestRejected | None:
    """Return why an item is not even read, if it is larger than the settings allow."""
    if arrival.size <= services.max_request_bytes:
        return None
    return RequestRejected(
        f"too large to read: {arrival.size / 1e6:.0f} MB",
        "raise limits.request_mb, then move the file from parked/ back into its folder",
    )


def _park_unread(services: Services, arrival: Arrival, refusal: RequestRejected) -> str:
    key = _record(services, arrival, b"")
    _park(services, key, refusal.message, refusal.remedy)
    return key


def _record(services: Services, arrival: Arrival, raw: bytes) -> str:
    key = services.new_key()
    stamp = services.stamp()
    # Never later than now: a clock that was wrong elsewhere must not give a client less time.
    received_at = min(arrival.received_at, stamp.at)
    services.ledger.record(key, replace(arrival, received_at=received_at), raw, stamp=stamp)
    return key


def _identify(services: Services, key: str) -> None:
    record = services.ledger.get(key)
    if record is None:
        return
    try:
        raw = services.ledger.raw(key)
        identified = services.reader.identify(record.kind, raw, record.form)
    except RequestRejected as error:
        _park(services, key, error.message, error.remedy)
        return
    except Exception as error:
        log.exception("reading failed", request=key)
        _park(services, key, f"could not be read: {error!r}", "please report this as a bug")
        return
    other = services.ledger.identify(
        key,
        identified.identity,
        subject=identified.subject,
        sender=identified.sender,
        stamp=services.stamp(),
    )
    log.info("recorded", request=key, source=record.source, duplicate_of=other)


def _park(services: Services, key: str, reason: str, remedy: str) -> None:
    services.ledger.settle(
        key, Outcome.PARKED, reason=reason, remedy=remedy, stamp=services.stamp()
    )
    log.warning("parked", request=key, reason=reason)
