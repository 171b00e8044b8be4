"""The reading half of BMS for the pipeline (`ports.Directory`): names, contacts, templates."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from connector.bms.client import BmsClient
from connector.bms.contacts import Contacts
from connector.bms.failures import NotFound
from connector.bms.lookups import KEPT, Lookups
from connector.bms.models import TemplateAnswer
from connector.bms.single_flight import SingleFlight
from connector.domain.tenant import Contact, ContactEntry, Lookup, Named, NameOrId, Template
from connector.errors import NameUnresolved
from connector.ports import Cache, Clock

MAIN_LOCATION = "main location"
SETTINGS = "settings"
TEMPLATE = "template"

DEFAULT_ATTACHMENT_MB = 20
MEGABYTE = 2**20


class BmsDirectory:
    """What is named in BMS. Never creates anything; every answer is kept for a while."""

    def __init__(self, client: BmsClient, cache: Cache, clock: Clock) -> None:
        """Call nothing yet."""
        self._client = client
        self._cache = cache
        self._clock = clock
        self._lookups = Lookups(client, cache, clock)
        self._contacts = Contacts(client, self._lookups, cache, clock)
        self._flights = SingleFlight()

    def resolve(self, kind: Lookup, name: NameOrId, *, parent: int | None = None) -> Named:
        """Return id and name of an active thing; see `Lookups.resolve`."""
        return self._lookups.resolve(kind, name, parent)

    def contacts(self, address: str) -> Sequence[Contact]:
        """Return active contacts at active accounts whose address is exactly this one."""
        return self._contacts.at(address)

    def contacts_everywhere(self, address: str) -> Sequence[ContactEntry]:
        """Return all contacts with exactly this address, asked of BMS this moment.

        At every account, active or not.
        """
        return self._contacts.everywhere(address)

    def points_of_contact(self, account_id: int) -> Sequence[Contact]:
        """Return the active points of contact of an active account, asked of BMS this moment."""
        return self._contacts.points_of_contact(account_id)

    def contacts_with_ids(self, ids: Collection[int]) -> Sequence[ContactEntry]:
        """Return those of these contacts that BMS has, active or not, asked of it this moment."""
        return self._contacts.with_ids(ids)

    def portal_contacts(self, account_id: int | None) -> Sequence[ContactEntry]:
        """Return all contacts that have client portal access, active or not; None: everywhere."""
        return self._contacts.with_portal_access(account_id)

    def main_location(self, account_id: int) -> int:
        """Return the id of the account's main location; of its oldest if none is called main.

        Raises `NameUnresolved` when the account has no location: BMS takes no ticket then.
        """
        return self._kept(
            MAIN_LOCATION, str(account_id), lambda: self._read_main_location(account_id)
        )

    def template(self, name: NameOrId) -> Template:
        """Return a ticket template; what the tenant no longer knows of it is left out.

        Its account and its details are not taken over (DESIGN section 6).
        """
        named = self._lookups.resolve(Lookup.TEMPLATE, name)
        found = self._read_template(named)
        find = self._lookups.find
        return Template(
            id=named.id,
            name=named.name,
            title=(found.title or "").strip() or None,
            priority=find(Lookup.PRIORITY, found.priority_id),
            queue=find(Lookup.QUEUE, found.queue_id),
            ticket_type=find(Lookup.TICKET_TYPE, found.ticket_type_id),
            issue_type=find(Lookup.ISSUE_TYPE, found.issue_type_id),
            sub_issue_type=find(
                Lookup.SUB_ISSUE_TYPE, found.sub_issue_type_id, found.issue_type_id
            ),
            work_type=find(Lookup.WORK_TYPE, found.work_type_id),
            assignee_id=found.assignee_id or None,
        )

    def default_of(self, kind: Lookup) -> Named | None:
        """Return what BMS itself calls the default of a kind, else the first that it lists.

        Statuses have no default in the contract but an order, of which New comes first.
        """
        rows = self._lookups.active(kind)
        first = min(rows, key=lambda row: (not row.is_default, row.status_order or 0), default=None)
        return Named(first.id, first.name or "") if first else None

    def custom_fields(self) -> Mapping[str, int]:
        """Return the ids of active ticket custom fields by name.

        Not of those that share a name, in any case.
        """
        named = [
            ((row.name or "").strip(), row.id) for row in self._lookups.active(Lookup.CUSTOM_FIELD)
        ]
        names = Counter(name.casefold() for name, _ in named)
        return {name: field_id for name, field_id in named if name and names[name.casefold()] == 1}

    def attachment_limit(self) -> int:
        """Return the tenant's limit for one attachment, in bytes."""
        megabytes = self._kept(SETTINGS, "attachment limit", self._read_attachment_limit)
        return megabytes * MEGABYTE

    # --- reading and keeping -----------------------------------------------------------------

    def _read_main_location(self, account_id: int) -> int:
        locations = self._client.locations(account_id)
        if not locations:
            raise NameUnresolved(
                f"The account with id {account_id} has no location in BMS, and a ticket needs one",
                "Add a location to it in BMS",
            )
        return min(locations, key=lambda location: (not location.is_main, location.id)).id

    def _read_attachment_limit(self) -> int:
        return self._client.settings().maximum_attachment_file_sizein_mb or DEFAULT_ATTACHMENT_MB

    def _read_template(self, named: Named) -> TemplateAnswer:
        with self._flights.of(TEMPLATE, str(named.id)):
            kept = self._cache.load(TEMPLATE, str(named.id), self._clock())
            if kept is not None:
                return TemplateAnswer.model_validate(kept)
            try:
                template = self._client.template(named.id)
            except NotFound as error:
                raise NameUnresolved(
                    f'BMS lists the ticket template "{named.name}" and does not have it',
                    "Name another template",
                ) from error
            self._cache.save(TEMPLATE, str(named.id), template.model_dump(), self._clock() + KEPT)
            return template

    def _kept(self, kind: str, name: str, read: Callable[[], int]) -> int:
        """Return a number from the cache, or read it and keep it."""
        with self._flights.of(kind, name):
            kept = self._cache.load(kind, name, self._clock())
            if isinstance(kept, int):
                return kept
            value = read()
            self._cache.save(kind, name, value, self._clock() + KEPT)
            return value
