"""Intake: what the sources hold is recorded raw, then identified; nothing is parsed before.

The ledger commits first. A crash after any line loses nothing: the next run finds the item
either still unrecorded at its source, or recorded and unidentified in the ledger.
"""

from dataclasses import dataclass, field, replace

import structlog

from connector.domain.request import Outcome
from connector.errors import ConnectorError, RequestRejected
from connector.mapping.emergency import find_emergency_word
from connector.mapping.machine_rules import is_named
from connector.pipeline.deciding.machine_mail import reported_trouble
from connector.pipeline.delivering.retrying import internal_error
from connector.pipeline.delivering.turns import turn_of
from connector.pipeline.filing import at_source
from connector.pipeline.post.alerting import alert_parked, alert_when_recorded
from connector.pipeline.post.sending import send_alerts
from connector.pipeline.renumbered import Renumbered
from connector.pipeline.services import Services
from connector.ports import (
    Arrival,
    Identified,
    ItemUnreadable,
    ItemVanished,
    Listing,
    RequestRecord,
    Source,
)

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
    """Record and identify everything new at every source; one bad source stops no other.

    A source that another host is at is left to it.
    """
    result = IntakeResult()
    for key in services.ledger.unidentified(services.of_sources):
        _identify(services, key)
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
    for arrival in listing.items:
        if services.should_stop():
            break
        known = services.ledger.waiting_item(source.name, arrival.locator)
        if known is None:
            _take_in_item(services, arrival, renumbered, result)
        elif may_read_now(services, known, arrival):
            _read_now(services, known, arrival, result)
    result.notices += renumbered.notices()


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
    services: Services, arrival: Arrival, renumbered: Renumbered, result: IntakeResult
) -> None:
    services.progress("reading")
    refusal = too_large(services, arrival)
    raw = None if refusal else _read(arrival, result)
    if raw is None and refusal is None:
        return
    if known := renumbered.finds(arrival, raw):
        services.ledger.relocate(known.key, arrival.locator, stamp=services.stamp())
        return
    key = _record(services, arrival, raw or b"")
    result.keys.append(key)
    if refusal is not None:
        _park(services, key, refusal, _headline(services, arrival))
    else:
        _identify(services, key)


def _read(arrival: Arrival, result: IntakeResult) -> bytes | None:
    """Return the bytes of an item; None, and a word about it, when that cannot be done."""
    try:
        return arrival.read()
    except ItemVanished:
        result.notices.append(f"source {arrival.source}: {arrival.locator} is gone")
    except ItemUnreadable as error:
        result.problems.append(f"source {arrival.source}: {error}")
        result.leftovers.append(arrival.locator)
    return None


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
        _identify(services, known.key)


def too_large(services: Services, arrival: Arrival) -> RequestRejected | None:
    """Return why an item is not even read, if it is larger than the settings allow."""
    if arrival.size <= services.max_request_bytes:
        return None
    return RequestRejected(
        f"too large to read: {arrival.size / 1e6:.0f} MB",
        f"raise limits.request_mb, then {arrival.again}",
    )


def _record(services: Services, arrival: Arrival, raw: bytes) -> str:
    key = services.new_key()
    stamp = services.stamp()
    # Never later than now: a clock that was wrong elsewhere must not give a client less time.
    received_at = min(arrival.received_at, stamp.at)
    services.ledger.record(key, replace(arrival, received_at=received_at), raw, stamp=stamp)
    return key


def identify_item(services: Services, record: RequestRecord, raw: bytes) -> Identified:
    """Return who an item is. Raises `RequestRejected` when there is nothing to read.

    What was too large to be read has no bytes in the ledger, and all of that kind would share
    one identity.
    """
    if not raw:
        raise RequestRejected(
            "there is nothing in it, or it was too large to be read when it came",
            "ignore the request; or raise limits.request_mb, and a mailbox is read again by "
            "itself, while a file has to be moved from parked/ back into its folder",
        )
    return services.reader.identify(record.kind, raw, record.form)


def _identify(services: Services, key: str) -> None:
    record = services.ledger.get(key)
    if record is None:
        return
    try:
        identified = identify_item(services, record, services.ledger.raw(key))
    except RequestRejected as error:
        _park(services, key, error)
        return
    except Exception as error:
        log.exception("internal error", request=key)
        _park(services, key, internal_error(error))
        return
    if services.post is not None:
        # Before it is claimed: a death in between leaves it to be identified, and alerted, again.
        _alert_unless_duplicate(services, record, identified)
    other = services.ledger.identify(
        key,
        identified.identity,
        subject=identified.subject,
        sender=identified.sender,
        urgent=_is_urgent(services, identified),
        conversation=_conversation(services, record, identified),
        stamp=services.stamp(),
    )
    log.info("recorded", request=key, source=record.source, duplicate_of=other)
    send_alerts(services)


def _alert_unless_duplicate(
    services: Services, record: RequestRecord, identified: Identified
) -> None:
    if services.ledger.holder_of(identified.identity, record.received_at) is None:
        alert_when_recorded(services, record, services.ledger.raw(record.key))


def _is_urgent(services: Services, identified: Identified) -> bool:
    words = services.rulebook.priorities.emergency
    return identified.flagged or find_emergency_word(identified.subject, words) is not None


def _conversation(services: Services, record: RequestRecord, identified: Identified) -> str | None:
    """Return what a mail shares with those that are worked on before it.

    Mails of a machine share their trouble, so that the first makes the ticket of the rest, also
    when its own creation hangs; which trouble it is may stand in any part of the mail.
    """
    machine = services.rulebook.machine
    if not identified.by_machine and not is_named(identified.sender, machine.senders):
        return identified.conversation
    try:
        request = services.reader.read(
            record.kind,
            services.ledger.raw(record.key),
            record.form,
            source=record.source,
            received_at=record.received_at,
        )
    except Exception as error:
        log.debug("not looked at for a trouble", request=record.key, reason=repr(error))
        return identified.conversation
    trouble = reported_trouble(request, machine)
    return identified.conversation if trouble is None else turn_of(trouble)


def _headline(services: Services, arrival: Arrival) -> Identified | None:
    """Return what the header says of an item that is too large to be read, if it can be had."""
    if arrival.read_header is None:
        return None
    try:
        return services.reader.identify(arrival.kind, arrival.read_header(), arrival.form)
    except (ConnectorError, ItemVanished, ItemUnreadable) as error:
        log.debug("header not read", locator=arrival.locator, reason=str(error))
        return None


def _park(
    services: Services, key: str, error: ConnectorError, headline: Identified | None = None
) -> None:
    record = services.ledger.get(key)
    if record is not None and headline is not None:
        record = replace(record, subject=headline.subject, sender=headline.sender)
    if record is not None:
        alert_parked(services, record, error.message)
    services.ledger.park_unidentified(
        key, reason=error.message, remedy=error.remedy, stamp=services.stamp()
    )
    log.info("parked", request=key, reason=error.message)
    send_alerts(services)
