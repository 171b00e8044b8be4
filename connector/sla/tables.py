"""The guide's two tables, as `sla.yaml` writes them. All amounts are minutes."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from connector.domain.due_dates import Window
from connector.sla.values import Minutes, SlaModel, is_minutes

OPERATION_HOURS = frozenset({Window.BUSINESS_HOURS, Window.WEEKEND})
BUSINESS_HOURS = frozenset({Window.BUSINESS_HOURS})


class Response(StrEnum):
    """The two columns of the tables."""

    REMOTE = "remote_response"
    ONSITE = "onsite_response"


class CountsIn(StrEnum):
    """The hours in which a row of the normal table runs."""

    OPERATION_HOURS = "operation_hours"
    BUSINESS_HOURS = "business_hours"

    @property
    def windows(self) -> frozenset[Window]:
        """The windows in which time counts."""
        return BUSINESS_HOURS if self is CountsIn.BUSINESS_HOURS else OPERATION_HOURS

    @property
    def words(self) -> str:
        """The name for people."""
        return self.value.replace("_", " ")


# --- cells -----------------------------------------------------------------------------------


class Elapsed(SlaModel):
    """Elapsed time: due after `minutes`; `target` is where the guide's range starts, if any."""

    minutes: Minutes
    target: Minutes | None = None

    @field_validator("target")
    @classmethod
    def _target_before_due(cls, target: int | None, info: ValidationInfo) -> int | None:
        minutes = info.data.get("minutes")
        if target is not None and minutes is not None and target >= minutes:
            raise ValueError(f"the target {target} must be less than the {minutes} minutes due")
        return target


def _read_elapsed(value: object) -> object:
    if is_minutes(value):
        return {"minutes": value}
    if not isinstance(value, dict | Elapsed):
        raise ValueError("write minutes, such as 60, or {minutes: 60, target: 30}")  # noqa: TRY004
    return value


def _read_window_cell(value: object) -> object:
    return _cell(value, "next_day")


def _read_closed_cell(value: object) -> object:
    return _cell(value, "next_day", "next_opening")


def _cell(value: object, *words: str) -> object:
    if value in words or (is_minutes(value) and value > 0):
        return value
    raise ValueError(f"write minutes, such as 120, or {' or '.join(words)}; not {value!r}")


ElapsedCell = Annotated[Elapsed, BeforeValidator(_read_elapsed)]
WindowCell = Annotated[Minutes | Literal["next_day"], BeforeValidator(_read_window_cell)]
ClosedCell = Annotated[
    Minutes | Literal["next_day", "next_opening"], BeforeValidator(_read_closed_cell)
]
CountsInKey = Annotated[CountsIn, Field(strict=False)]


# --- rows ------------------------------------------------------------------------------------


class EmergencyRow(SlaModel):
    """Emergency times of one window."""

    remote_response: ElapsedCell
    onsite_response: ElapsedCell


class NormalRow(SlaModel):
    """Normal times of a window in which somebody is there.

    A cell is an amount of the hours that `counts_in` names, or `next_day`: the close of the
    first such hours that open after receipt.
    """

    remote_response: WindowCell
    onsite_response: WindowCell
    counts_in: CountsInKey = CountsIn.OPERATION_HOURS


class ClosedRow(SlaModel):
    """As `NormalRow`, where nobody is there; `next_opening`: as if received at the next opening."""

    remote_response: ClosedCell
    onsite_response: ClosedCell
    counts_in: CountsInKey = CountsIn.OPERATION_HOURS


# --- tables ----------------------------------------------------------------------------------


class EmergencyTable(SlaModel):
    """Emergencies: elapsed time, day and night."""

    business_hours: EmergencyRow
    weekend: EmergencyRow
    after_hours: EmergencyRow
    holiday: EmergencyRow

    def cell(self, window: Window, response: Response) -> Elapsed:
        """Return the time allowed for a response to a request received in `window`."""
        cell: Elapsed = getattr(getattr(self, window.value), response.value)
        return cell


class NormalTable(SlaModel):
    """Everything that is no emergency."""

    business_hours: NormalRow
    weekend: NormalRow
    after_hours: ClosedRow
    holiday: ClosedRow

    def row(self, window: Window) -> NormalRow | ClosedRow:
        """Return the row of a window."""
        row: NormalRow | ClosedRow = getattr(self, window.value)
        return row
