"""A source that numbered its items anew: what the ledger knows is found again, not taken in twice.

A mail server may give a folder another UIDVALIDITY (RFC 9051 section 2.3.1.1), after a restore
or a migration; then no locator of before means anything. Only what had not left the source yet
is looked for. An item that had left it and is back is a `duplicate` like any other.
"""

from connector.domain.request import Outcome
from connector.errors import RequestRejected
from connector.pipeline.services import Services
from connector.ports import Arrival, Listing, RequestRecord, Source


class Renumbered:
    """The requests of one source whose locators name nothing any more."""

    def __init__(self, services: Services, source: Source, listing: Listing) -> None:
        """Look which those are; for nearly every listing there is none."""
        self._services = services
        self._lost = {
            record.key: record
            for record in services.ledger.unfiled(source.name)
            if listing.is_stale(record.locator)
        }
        self._found = 0
        self._name = source.name

    def finds(self, arrival: Arrival, raw: bytes | None) -> RequestRecord | None:
        """Return the request that an item is, if it is one of them; `None` bytes: not read.

        An item that was too large to be read has no identity but its time of receipt.
        """
        if not self._lost:
            return None
        record = self._unread(arrival) if raw is None else self._identical(arrival, raw)
        if record is not None:
            del self._lost[record.key]
            self._found += 1
        return record

    def notices(self) -> list[str]:
        """Return what a person should hear about it."""
        if not self._found:
            return []
        was = "1 known message was" if self._found == 1 else f"{self._found} known messages were"
        return [f"source {self._name}: its mailbox was numbered anew; {was} found again in it"]

    def _unread(self, arrival: Arrival) -> RequestRecord | None:
        for record in self._lost.values():
            is_same = record.received_at == arrival.received_at
            if is_same and record.state is Outcome.PARKED and not (record.subject or record.sender):
                return record
        return None

    def _identical(self, arrival: Arrival, raw: bytes) -> RequestRecord | None:
        services = self._services
        try:
            identity = services.reader.identify(arrival.kind, raw, arrival.form).identity
        except RequestRejected:
            return None
        received_at = min(arrival.received_at, services.clock())  # as it was recorded
        holder = services.ledger.holder_of(identity, received_at)
        return None if holder is None else self._lost.get(holder)
