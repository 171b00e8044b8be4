"""The rules of one help desk: its mapping files, SLA policy, time zone and catch-all."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from connector.domain.tenant import Named, NameOrId
from connector.field_dates import FieldDates
from connector.mapping.machine_file import MachineFile
from connector.mapping.models import ClientsFile, PrioritiesFile, TemplatesFile
from connector.sla.policy import SlaPolicy


@dataclass(frozen=True, slots=True)
class TicketStatuses:
    """The ticket statuses that we set or test, as this tenant calls them."""

    waiting: NameOrId = "Waiting for Customer"
    responded: NameOrId = "Customer Responded"
    completed: NameOrId = "Completed"
    merged: NameOrId = "Merged"

    def is_waiting(self, status: Named) -> bool:
        """Whether a ticket of this status waits for its client."""
        return is_called(status, self.waiting)

    def is_completed(self, status: Named) -> bool:
        """Whether a ticket of this status is done."""
        return is_called(status, self.completed)

    def is_merged(self, status: Named) -> bool:
        """Whether a ticket of this status lives on in another."""
        return is_called(status, self.merged)


def is_called(thing: Named, name: NameOrId) -> bool:
    """Whether configuration means `thing` by `name`: its name in any case, or its id."""
    if isinstance(name, int):
        return name == thing.id
    return name.strip().casefold() == thing.name.strip().casefold()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that decides what becomes of a request, none of it code."""

    priorities: PrioritiesFile
    templates: TemplatesFile
    clients: ClientsFile
    policy: SlaPolicy
    zone: ZoneInfo
    catch_all_account: NameOrId
    catch_all_contact: str
    field_dates: FieldDates = FieldDates.ISO
    """How dates are written into custom fields."""
    machine: MachineFile = field(default_factory=MachineFile)
    statuses: TicketStatuses = TicketStatuses()
