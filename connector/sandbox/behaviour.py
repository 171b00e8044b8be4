"""How this BMS behaves where the vendor's documents leave it open."""

from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo, available_timezones

TABLES = ("TicketType", "TicketSource", "NoteType", "EmailType", "PhoneType", "ContactType")


@dataclass
class Behaviour:
    """Switches that stay until they are set otherwise; one test or one person turns them.

    *Times and look-ups.* `local_times_in`: answers hold wall-clock time of this zone without an
    offset, instead of UTC with a Z. `lookup_tables` and `tenant_lookup_tables`: the tables that
    the two look-up operations know.

    *Searches.* `search_lag_seconds`: how long a new ticket or contact stays invisible to
    searches. `moves_while_paging`: so many more times, after a page of tickets was read, the
    first ticket of the next page has activity and so moves to the first page.

    *PATCH.* `patch_moves_last_activity`: whether it counts as activity on the ticket.
    `patch_ignores`: patterns of paths, as the client spells them, that are answered 200 and
    change nothing: `/*` ignores the spelling with a slash, `*` every patch. `patch_refuses`:
    patterns of paths that are not found.

    *Creation.* `native_due_hours`: BMS fills in a DueDate so many hours after OpenDate where the
    request has none. `status_on_create` and `note_on_create`: a workflow gives every new ticket
    this status, and adds this internal note, after the call that created it was answered.
    """

    local_times_in: str | None = None
    lookup_tables: tuple[str, ...] = field(default=TABLES)
    tenant_lookup_tables: tuple[str, ...] = field(default=TABLES)
    search_lag_seconds: float = 0.0
    moves_while_paging: int = 0
    patch_moves_last_activity: bool = False
    patch_ignores: tuple[str, ...] = ()
    patch_refuses: tuple[str, ...] = ()
    native_due_hours: float | None = None
    status_on_create: str | None = None
    note_on_create: str | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of `local_times_in`."""
        return ZoneInfo(self.local_times_in) if self.local_times_in else None

    def ignores(self, path: str) -> bool:
        """Return whether a PATCH of this path changes nothing."""
        return any(fnmatchcase(path, pattern) for pattern in self.patch_ignores)

    def refuses(self, path: str) -> bool:
        """Return whether a PATCH of this path is refused."""
        return any(fnmatchcase(path, pattern) for pattern in self.patch_refuses)

    def change(self, switches: dict[str, object]) -> None:
        """Set switches by name; raises `ValueError` for one, or a zone, that does not exist."""
        known = {switch.name for switch in fields(self)}
        if strangers := switches.keys() - known:
            raise ValueError(f"no such switch: {', '.join(sorted(strangers))}")
        zone = switches.get("local_times_in")
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"no such time zone: {zone}")
        for name, value in switches.items():
            setattr(self, name, tuple(value) if isinstance(value, list) else value)
