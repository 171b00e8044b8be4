"""`mappings/sla.yaml` as one type: hours, holidays, both tables, examples (DESIGN section 7).

Parsing it imports no `holidays` library; `holiday_problems` does.
"""

from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from connector.domain.due_dates import Priority, SlaClass
from connector.sla.calendar import Calendar
from connector.sla.holiday_dates import UnknownCountry, unknown_name_sentence, unknown_names
from connector.sla.hours import HolidayList, Windows
from connector.sla.tables import EmergencyTable, NormalTable
from connector.sla.values import AnyPriority, DesiredMoment, Moment, SlaModel

KeyPath = tuple[str | int, ...]

EXPECTATIONS = (
    "expect_remote_response",
    "expect_onsite_response",
    "expect_resolution",
    "expect_due_date",
)


class DueDateRule(StrEnum):
    """Which of the three due dates becomes BMS's single `DueDate`."""

    RESOLUTION_ELSE_ONSITE = "resolution_else_onsite"
    REMOTE_RESPONSE = "remote_response"
    ONSITE_RESPONSE = "onsite_response"


DueDateRuleKey = Annotated[DueDateRule, Field(strict=False)]


class DueDateRules(SlaModel):
    """The rule for `DueDate`, per class."""

    normal: DueDateRuleKey = DueDateRule.RESOLUTION_ELSE_ONSITE
    emergency: DueDateRuleKey = DueDateRule.RESOLUTION_ELSE_ONSITE

    def rule(self, sla_class: SlaClass) -> DueDateRule:
        """Return the rule of a class."""
        return self.emergency if sla_class is SlaClass.EMERGENCY else self.normal


class Resolution(SlaModel):
    """Resolution where no desired date was named: calendar days after receipt, per priority."""

    calendar_days: dict[AnyPriority, Annotated[int, Field(ge=1, le=365)]] = Field(
        default_factory=dict
    )

    @field_validator("calendar_days")
    @classmethod
    def _not_critical(cls, days: dict[Priority, int]) -> dict[Priority, int]:
        if Priority.CRITICAL in days:
            raise ValueError("Critical is always an emergency, and those have no resolution date")
        return days


class SlaExample(SlaModel):
    """A request, and due dates it must come to; times without an offset are local.

    A date that is not expected is not looked at; `expect_resolution: null` means there is none.
    """

    received: Moment
    priority: AnyPriority = Priority.NORMAL
    emergency: bool = False
    desired: DesiredMoment | None = None
    expect_remote_response: Moment | None = None
    expect_onsite_response: Moment | None = None
    expect_resolution: Moment | None = None
    expect_due_date: Moment | None = None

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        if not self.model_fields_set & set(EXPECTATIONS):
            raise ValueError(f"an example needs one of {', '.join(EXPECTATIONS)}")
        return self


class SlaFile(SlaModel):
    """`sla.yaml`."""

    windows: Windows
    holidays: HolidayList = HolidayList()
    emergency: EmergencyTable
    normal: NormalTable
    resolution: Resolution = Resolution()
    due_date: DueDateRules = DueDateRules()
    examples: Annotated[tuple[SlaExample, ...], Field(strict=False)] = ()


class SlaPolicy:
    """`sla.yaml` in force in one time zone."""

    def __init__(self, file: SlaFile, zone: ZoneInfo) -> None:
        """Put a file in force."""
        self.file = file
        self.zone = zone
        self.calendar = Calendar(file.windows, file.holidays, zone)


def holiday_problems(file: SlaFile) -> list[tuple[KeyPath, str]]:
    """Return what the `holidays` library does not know: place in the file, and a sentence."""
    holidays = file.holidays
    if holidays.country is None:
        return []
    try:
        unknown = unknown_names(holidays.country, holidays.names)
    except UnknownCountry as error:
        return [(("holidays", "country"), error.message)]
    return [
        (
            ("holidays", "names", holidays.names.index(name)),
            unknown_name_sentence(holidays.country, name, nearest),
        )
        for name, nearest in unknown.items()
    ]
