"""Types of tickets, sources, notes, e-mails and phones: nobody documents their look-up tables.

In this order, until a way knows the name that is looked for:

1. the way that worked last time (kept in the cache);
2. each table name of `TABLE_NAMES`, singular before plural (the one confirmed table is called
   `ContactType`), on /v2/system/lookup and then on /v2/system/tenantlookup;
3. what recent tickets and their notes show: typeId with typeName, sourceId with sourceName.
   What was seen once is kept, since the next sample may not hold it. Types of e-mails and
   phones are seen on contacts;
4. an id in configuration is taken as it is, whatever the tables say (`Lookups.resolve`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from connector.bms import endpoints
from connector.bms.client import BmsClient
from connector.bms.failures import NotFound, ReadFailed, RightsMissing
from connector.bms.models import NamedRow
from connector.bms.ticket_models import TicketRow
from connector.domain.tenant import Lookup, NameOrId
from connector.ports import Cache, Clock

log = structlog.get_logger()

TABLE_NAMES: dict[Lookup, tuple[str, ...]] = {
    Lookup.TICKET_TYPE: ("TicketType", "TicketTypes"),
    Lookup.SOURCE: ("TicketSource", "TicketSources"),
    Lookup.NOTE_TYPE: ("NoteType", "TicketNoteType", "NoteTypes", "TicketNoteTypes"),
    Lookup.EMAIL_TYPE: ("EmailType", "EmailTypes"),
    Lookup.PHONE_TYPE: ("PhoneType", "PhoneTypes"),
}

ON_CONTACTS = (Lookup.EMAIL_TYPE, Lookup.PHONE_TYPE)
"""Kinds that are seen on contacts, not on tickets."""

WAY = "way to names"
TICKETS_SEEN = "tickets"
CONTACTS_SEEN = "contacts"
SEEN = "names seen on tickets"
KEPT = timedelta(days=90)

SAMPLE_AGES = (timedelta(days=30), timedelta(days=3650))
"""How far back tickets are looked at; further only where the nearer time holds none."""

SAMPLE_SIZE = 10
"""Tickets that are opened to read a source's name, or for their notes."""

Rows = Sequence[NamedRow]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to learn names; `name` is how the cache remembers it."""

    name: str
    read: Callable[[], Rows]


class Tables:
    """Reads the names of the kinds in `TABLE_NAMES`."""

    def __init__(self, client: BmsClient, cache: Cache, clock: Clock) -> None:
        """Call nothing yet."""
        self._client = client
        self._cache = cache
        self._clock = clock
        self._tried: dict[Lookup, dict[str, int | None]] = {}

    def tried(self, kind: Lookup) -> Mapping[str, int | None]:
        """Return the ways tried so far for a kind, with how many names each showed.

        None stands for a way that BMS refused or does not have.
        """
        return dict(self._tried.get(kind, {}))

    def read(self, kind: Lookup, wanted: NameOrId) -> tuple[Rows, bool]:
        """Return the names found until `wanted` was among them, and whether that was all.

        Raises `RightsMissing` when a name is wanted and that is why nothing was found.
        """
        found: dict[int, NamedRow] = {}
        forbidden: RightsMissing | None = None
        tried = self._tried.setdefault(kind, {})
        for way in self._ways(kind):
            try:
                rows = way.read()
            except RightsMissing as error:
                tried[way.name] = None
                forbidden = error
                continue
            except (NotFound, ReadFailed) as error:
                # How BMS answers for a table that it does not have is unknown: 404, 400, 500.
                tried[way.name] = None
                log.debug("no names there", way=way.name, reason=error.message)
                continue
            tried[way.name] = len(rows)
            found = {row.id: row for row in [*rows, *found.values()]}
            if _has(rows, wanted):
                self._cache.save(WAY, kind.value, way.name, self._clock() + KEPT)
                return list(found.values()), False
        if forbidden and not found and isinstance(wanted, str):
            raise forbidden
        return list(found.values()), True

    def _ways(self, kind: Lookup) -> Sequence[_Way]:
        ways = [
            _Way(
                endpoint.template.format(tableName=table),
                partial(self._client.lookup, endpoint, tableName=table),
            )
            for table in TABLE_NAMES[kind]
            for endpoint in (endpoints.LOOKUP, endpoints.TENANT_LOOKUP)
        ]
        if kind in ON_CONTACTS:
            ways.append(_Way(CONTACTS_SEEN, partial(self._seen_on_contacts, kind)))
        else:
            ways.append(_Way(TICKETS_SEEN, partial(self._seen, kind)))
        worked = self._cache.load(WAY, kind.value, self._clock())
        return sorted(ways, key=lambda way: way.name != worked)

    def _seen(self, kind: Lookup) -> Rows:
        """Return names seen on tickets, now and earlier."""
        newest = self._newest_tickets()
        rows = {row.id: row for row in self._kept(kind)}
        rows.update({i: NamedRow(id=i, name=name) for i, name in self._names_on(kind, newest)})
        kept = [{"id": row.id, "name": row.name} for row in rows.values()]
        self._cache.save(SEEN, kind.value, kept, self._clock() + KEPT)
        return list(rows.values())

    def _newest_tickets(self) -> Sequence[TicketRow]:
        for age in SAMPLE_AGES:
            tickets = self._client.tickets_active_since(self._clock() - age)
            if tickets:
                return sorted(tickets, key=lambda ticket: ticket.id, reverse=True)
        return ()

    def _seen_on_contacts(self, kind: Lookup) -> Rows:
        contacts = self._client.some_contacts()
        if kind is Lookup.EMAIL_TYPE:
            emails = [email for contact in contacts for email in contact.emails or ()]
            pairs = [(email.email_type_id, email.email_type) for email in emails]
        else:
            phones = [phone for contact in contacts for phone in contact.phones or ()]
            pairs = [(phone.phone_type_id, phone.phone_type) for phone in phones]
        names = {i: name for i, name in pairs if i and name}
        return [NamedRow(id=i, name=name) for i, name in names.items()]

    def _kept(self, kind: Lookup) -> Rows:
        kept = self._cache.load(SEEN, kind.value, self._clock())
        return [NamedRow.model_validate(row) for row in kept] if isinstance(kept, list) else []

    def _names_on(self, kind: Lookup, tickets: Sequence[TicketRow]) -> Iterable[tuple[int, str]]:
        if kind is Lookup.TICKET_TYPE:
            pairs = [(ticket.type_id, ticket.type_name) for ticket in tickets]
        elif kind is Lookup.SOURCE:
            one_each = {ticket.source_id: ticket.id for ticket in tickets if ticket.source_id}
            whole = [self._client.ticket(i) for i in list(one_each.values())[:SAMPLE_SIZE]]
            pairs = [(ticket.source_id, ticket.source_name) for ticket in whole]
        else:
            notes = [n for ticket in tickets[:SAMPLE_SIZE] for n in self._client.notes(ticket.id)]
            pairs = [(note.type_id, note.type_name) for note in notes]
        return [(i, name) for i, name in pairs if i and name]


def _has(rows: Iterable[NamedRow], wanted: NameOrId) -> bool:
    if isinstance(wanted, int):
        return any(row.id == wanted for row in rows)
    return any(fold(row.name) == fold(wanted) for row in rows)


def fold(name: str | None) -> str:
    """Return a name as it is compared: trimmed and without case."""
    return (name or "").strip().casefold()
