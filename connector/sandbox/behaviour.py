"""How this BMS behaves where the vendor's documents leave it open."""

from dataclasses import dataclass, field, fields
from zoneinfo import ZoneInfo, available_timezones

TABLES = ("TicketType", "TicketSource", "NoteType", "EmailType", "PhoneType", "ContactType")


@dataclass
class Behaviour:
    """Switches that stay until they are set otherwise; one test or one person turns them.

    `local_times_in`: answers hold wall-clock time of this zone without an offset, instead of
    UTC with a Z. `lookup_tables` and `tenant_lookup_tables`: the tables that the two look-up
    operations know. `search_lag_seconds`: how long a new ticket stays invisible to searches.
    `patch_moves_last_activity`: whether a PATCH counts as activity on the ticket.
    """

    local_times_in: str | None = None
    lookup_tables: tuple[str, ...] = field(default=TABLES)
    tenant_lookup_tables: tuple[str, ...] = field(default=TABLES)
    search_lag_seconds: float = 0.0
    patch_moves_last_activity: bool = False

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of `local_times_in`."""
        return ZoneInfo(self.local_times_in) if self.local_times_in else None

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
