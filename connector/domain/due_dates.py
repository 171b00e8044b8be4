"""When a request is due: priorities, the classes and windows of the guide, the dates."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

Desired = datetime | date
"""A desired resolution: an aware moment, or a date whose time the requester left open."""

SAME = timedelta(minutes=1)
"""Dates closer than this are the same (DESIGN section 7): BMS need not keep seconds."""


class Priority(StrEnum):
    """The guide's four priorities; a tenant may call them something else."""

    LOW = "Low"
    NORMAL = "Normal"
    HIGH = "High"
    CRITICAL = "Critical"


class SlaClass(StrEnum):
    """Which of the guide's two tables applies."""

    EMERGENCY = "emergency"
    NORMAL = "normal"


class Window(StrEnum):
    """Where in the week a moment falls."""

    BUSINESS_HOURS = "business_hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    AFTER_HOURS = "after_hours"


@dataclass(frozen=True, slots=True)
class DueDates:
    """The three due dates of a request, BMS's single `DueDate`, and how they were reckoned."""

    received: datetime
    sla_class: SlaClass
    window: Window
    remote_response: datetime
    onsite_response: datetime
    resolution: datetime | None
    due_date: datetime
    steps: tuple[str, ...]
    desired_unusable: str | None = None
    """Why a desired resolution that was given could not be used."""
