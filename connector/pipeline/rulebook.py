"""The rules of one help desk: its mapping files, SLA policy, time zone and catch-all."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connector.domain import NameOrId
from connector.field_dates import FieldDates
from connector.mapping.models import ClientsFile, PrioritiesFile, TemplatesFile
from connector.sla.targets import SlaPolicy


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
