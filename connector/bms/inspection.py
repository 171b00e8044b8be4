"""BMS as `check --live` and `mappings pull` look at it (`ports.inspection.Tenant`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from connector.bms.contacts import CONTACTS
from connector.bms.directory import MAIN_LOCATION, SETTINGS, TEMPLATE
from connector.bms.failures import NotFound
from connector.bms.gateway import BmsGateway, to_body
from connector.bms.lookups import ACCOUNT, NAMES, is_active
from connector.bms.models import NamedRow
from connector.bms.references import custom_field_values
from connector.bms.tables import WAY
from connector.bms.ticket_models import TicketAnswer
from connector.bms.times import read_time, write_time
from connector.bms.watch import DUE_DATE_PATHS
from connector.domain.plan import TicketDraft
from connector.domain.tenant import Lookup, NameOrId, TicketRef
from connector.ports.inspection import ApiUser, Entry, FieldDefinition, PatchedTicket

KEPT_NAMES = (NAMES, ACCOUNT, CONTACTS, MAIN_LOCATION, SETTINGS, TEMPLATE, WAY)

SAMPLE_AGE = timedelta(days=365)
"""How old the tickets may be whose custom fields are looked at."""


class BmsInspection(BmsGateway):
    """The gateway, with what only a person asks who wants to know whether all will work."""

    def forget_names(self) -> None:
        """Drop every name, contact and way to them that was kept: they are read anew."""
        for kind in KEPT_NAMES:
            self._cache.drop(kind)

    def sign_in_anew(self) -> str:
        """Sign in although there may be a token; return how BMS took it (a media type)."""
        return self._sign_in.sign_in_anew()

    def user(self) -> ApiUser:
        """Return whom BMS takes us for, and what the clocks said."""
        user, reply = self._client.user_info()
        rights = user.user_access_rights or ()
        return ApiUser(
            name=user.full_name or self._access.username,
            is_admin=bool(user.is_user_system_admin),
            rights=sum(1 for right in rights if right.can_view),
            modifiable=sum(1 for right in rights if right.can_modify),
            time_zone=user.olson_time_zone_name,
            bms_time=read_time(user.time_stamp, self._access.time_zone),
            server_time=reply.server_time,
            our_time=reply.received_at,
        )

    # --- lists -------------------------------------------------------------------------------

    def entries(self, kind: Lookup, *, parent: int | None = None) -> Sequence[Entry]:
        """Return everything of a kind that BMS lists, by name."""
        rows = self._lookups.rows(kind, parent)
        return sorted(map(_entry, rows), key=lambda entry: (entry.name.casefold(), entry.id))

    def inactive_accounts(self) -> Sequence[Entry]:
        """Return the accounts that were deactivated."""
        rows = self._client.accounts(with_inactive=True)
        return [_entry(row) for row in rows if not is_active(row)]

    def ways_tried(self, kind: Lookup) -> Mapping[str, int | None]:
        """Return the ways tried to a kind without a sure table, with how many names each showed."""
        return self._lookups.tables.tried(kind)

    def template_faults(self, name: NameOrId) -> Sequence[str]:
        """Return what a ticket template names that BMS no longer has, or has deactivated."""
        found = self._read_template(self._lookups.resolve(Lookup.TEMPLATE, name))
        parts = (
            (Lookup.PRIORITY, found.priority_id, None),
            (Lookup.QUEUE, found.queue_id, None),
            (Lookup.TICKET_TYPE, found.ticket_type_id, None),
            (Lookup.ISSUE_TYPE, found.issue_type_id, None),
            (Lookup.SUB_ISSUE_TYPE, found.sub_issue_type_id, found.issue_type_id),
            (Lookup.WORK_TYPE, found.work_type_id, None),
        )
        return [
            f"has the {kind.value} {thing_id}, which is unknown or inactive"
            for kind, thing_id, parent in parts
            if thing_id and self._lookups.find(kind, thing_id, parent) is None
        ]

    def field_definitions(self) -> Sequence[FieldDefinition]:
        """Return the custom fields of tickets."""
        try:
            rows = self._client.custom_fields()
        except NotFound:
            return []
        return [
            FieldDefinition(
                id=row.id,
                name=(row.name or "").strip(),
                is_active=is_active(row),
                data_type=row.data_type,
                is_required=bool(row.is_required),
            )
            for row in rows
        ]

    def recent_field_values(self) -> Mapping[int, Sequence[str]]:
        """Return values of custom fields on recent tickets, by field id."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for ticket in self._client.tickets_active_since(self._clock() - SAMPLE_AGE):
            for field_id, value in (custom_field_values(ticket.custom_fields) or {}).items():
                found[field_id].append(value)
        return found

    # --- the test ticket ---------------------------------------------------------------------

    @property
    def due_date_paths(self) -> Sequence[str]:
        """The spellings of the path of DueDate that write-back tries, in this order."""
        return DUE_DATE_PATHS

    def create_test_ticket(self, draft: TicketDraft) -> tuple[TicketRef, datetime | None]:
        """Create a ticket without a due date; return it and what the server's clock said."""
        body = to_body(draft).model_copy(update={"due_date": None})
        created, server_time = self._client.create_ticket(body)
        ticket = self._to_ref(created)
        self._compare_clocks(ticket, server_time)
        return ticket, server_time

    def read_ticket(self, ticket_id: int) -> PatchedTicket | None:
        """Return a ticket as it is now; None when BMS no longer has it."""
        try:
            return self._patched(self._client.ticket(ticket_id))
        except NotFound:
            return None

    def patch_due_date(self, ticket_id: int, path: str, moment: datetime) -> PatchedTicket:
        """Change the due date by PATCH with this spelling of its path; return BMS's answer."""
        return self._patched(self._client.patch_ticket(ticket_id, path, write_time(moment)))

    def delete_ticket(self, ticket_id: int) -> None:
        """Delete a ticket for good."""
        self._client.delete_ticket(ticket_id)

    def _patched(self, ticket: TicketAnswer) -> PatchedTicket:
        zone = self._access.time_zone
        return PatchedTicket(
            due_date=read_time(ticket.due_date, zone),
            last_activity=read_time(ticket.last_activity_update, zone),
        )


def _entry(row: NamedRow) -> Entry:
    name = (row.name or "").strip()
    return Entry(row.id, name, is_active=is_active(row), is_default=bool(row.is_default))
