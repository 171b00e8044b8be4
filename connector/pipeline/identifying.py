"""Who a recorded item is: a request of its own, or one that came before.

The ledger has its bytes by now. A crash after any line leaves it to be identified again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from connector.domain.request import HASH_HOLDS, Identity
from connector.errors import ConnectorError, RequestRejected
from connector.mapping.emergency import find_emergency_word
from connector.mapping.machine_rules import is_named
from connector.pipeline.deciding.machine_mail import reported_trouble
from connector.pipeline.delivering.retrying import internal_error
from connector.pipeline.delivering.turns import turn_of
from connector.pipeline.post.alerting import alert_parked, alert_when_recorded
from connector.pipeline.post.sending import send_alerts
from connector.pipeline.services import Services
from connector.ports import Claim, Identified, RequestRecord

log = structlog.get_logger()


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


def identify(services: Services, raw_by_key: Mapping[str, bytes]) -> None:
    """Tell new requests from those that came before; all of it is one commit."""
    claims: list[Claim] = []
    earlier: dict[Identity, datetime] = {}
    for key, raw in raw_by_key.items():
        claim = _claim(services, key, raw, earlier)
        if claim is not None:
            claims.append(claim)
    _claim_all(services, claims)
    send_alerts(services)


def _claim_all(services: Services, claims: Sequence[Claim]) -> None:
    """Claim them together; one that the ledger cannot take is parked, and stops no other."""
    try:
        others = services.ledger.identify_all(claims, stamp=services.stamp())
    except ConnectorError:
        raise
    except Exception as error:
        if len(claims) > 1:
            for claim in claims:
                _claim_all(services, [claim])
            return
        log.exception("internal error", request=claims[0].key)
        park_unidentified(services, claims[0].key, internal_error(error))
        return
    for claim, other in zip(claims, others, strict=True):
        log.info("recorded", request=claim.key, duplicate_of=other)


def _claim(
    services: Services, key: str, raw: bytes, earlier: dict[Identity, datetime]
) -> Claim | None:
    """Return what a request claims; one that nobody can identify is parked instead.

    `earlier` holds when what goes before it in the same commit was received.
    """
    record = services.ledger.get(key)
    if record is None:
        return None
    try:
        identified = identify_item(services, record, raw)
    except RequestRejected as error:
        park_unidentified(services, key, error)
        return None
    except Exception as error:
        log.exception("internal error", request=key)
        park_unidentified(services, key, internal_error(error))
        return None
    if not _repeats(identified.identity, record.received_at, earlier):
        earlier[identified.identity] = record.received_at
        # Before it is claimed: a death in between leaves it to be identified, and alerted, again.
        _alert_unless_duplicate(services, record, identified, raw)
    conversation = _conversation(services, record, identified, raw)
    return Claim(
        key,
        replace(identified, conversation=conversation),
        urgent=_is_urgent(services, identified),
    )


def _repeats(
    identity: Identity, received_at: datetime, earlier: Mapping[Identity, datetime]
) -> bool:
    first = earlier.get(identity)
    if first is None:
        return False
    return not identity.expires or abs(received_at - first) < HASH_HOLDS


def _alert_unless_duplicate(
    services: Services, record: RequestRecord, identified: Identified, raw: bytes
) -> None:
    if services.post is None:
        return
    if services.ledger.holder_of(identified.identity, record.received_at) is None:
        alert_when_recorded(services, record, raw)


def _is_urgent(services: Services, identified: Identified) -> bool:
    words = services.rulebook.priorities.emergency
    return identified.flagged or find_emergency_word(identified.subject, words) is not None


def _conversation(
    services: Services, record: RequestRecord, identified: Identified, raw: bytes
) -> str | None:
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
            raw,
            record.form,
            source=record.source,
            received_at=record.received_at,
        )
    except Exception as error:
        log.debug("not looked at for a trouble", request=record.key, reason=repr(error))
        return identified.conversation
    trouble = reported_trouble(request, machine)
    return identified.conversation if trouble is None else turn_of(trouble)


def park_unidentified(
    services: Services, key: str, error: ConnectorError, headline: Identified | None = None
) -> None:
    """Let a request wait for a person, who hears of it; `headline` is what its header says."""
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
