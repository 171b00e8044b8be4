"""What write-back did, or would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from connector.errors import ConnectorError
from connector.ports.watch import Watched

if TYPE_CHECKING:
    from connector.pipeline.writeback.fields import FieldJudgement
    from connector.pipeline.writeback.ownership import Judgement


@dataclass(frozen=True, slots=True)
class DueDateLine:
    """One ticket in the report: a date written, or one that stands against ours."""

    ticket_id: int
    number: str
    title: str
    old: datetime | None
    new: datetime
    reason: str

    @classmethod
    def of(cls, known: Watched, judgement: "Judgement") -> "DueDateLine":
        """Report what was judged of a ticket."""
        return cls(
            ticket_id=known.ticket_id,
            number=known.number,
            title=known.title,
            old=judgement.old,
            new=judgement.new,
            reason=judgement.reason,
        )

    def as_json(self, zone: tzinfo, old: str, new: str) -> dict[str, object]:
        """Return the line with names for its two dates; times are local, with offset."""
        return {
            "ticket_id": self.ticket_id,
            "ticket_number": self.number,
            "title": self.title,
            old: self.old.astimezone(zone).isoformat() if self.old else None,
            new: self.new.astimezone(zone).isoformat(),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A custom field in the report in which a person's value stands against ours.

    Values are as in BMS; `shown` is empty where a person cleared the field.
    """

    ticket_id: int
    number: str
    title: str
    field: str
    shown: str
    wanted: str
    reason: str

    @classmethod
    def of(cls, known: Watched, field: str, judgement: "FieldJudgement") -> "FieldLine":
        """Report what was judged of the field of this name."""
        return cls(
            ticket_id=known.ticket_id,
            number=known.number,
            title=known.title,
            field=field,
            shown=judgement.shown,
            wanted=judgement.wanted,
            reason=judgement.reason,
        )

    def as_json(self) -> dict[str, object]:
        """Return the line as `DueDateLine.as_json` does."""
        return {
            "ticket_id": self.ticket_id,
            "ticket_number": self.number,
            "title": self.title,
            "field": self.field,
            "in_bms": self.shown or None,
            "reckoned": self.wanted,
            "reason": self.reason,
        }


@dataclass(slots=True)
class SlaReport:
    """Write-back of one run.

    `written` are the due dates written (in a dry run, those that would be), `disagreements`
    those that a person set or cleared and that are met for the first time, `field_disagreements`
    the same of custom fields, `kept` counts the due dates that were there when a ticket was first
    seen. `waiting` counts what a later run has to write.
    """

    seen: int = 0
    written: list[DueDateLine] = field(default_factory=list)
    disagreements: list[DueDateLine] = field(default_factory=list)
    field_disagreements: list[FieldLine] = field(default_factory=list)
    kept: int = 0
    fields_written: int = 0
    waiting: int = 0
    waiting_until: datetime | None = None
    planned_calls: list[Mapping[str, object]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)

    def as_json(self, zone: tzinfo) -> dict[str, object]:
        """Return the report as `sync --json` shows it under `sla`."""
        until = self.waiting_until
        return {
            "seen": self.seen,
            "written": [line.as_json(zone, "old", "new") for line in self.written],
            "disagreements": [
                *(
                    {**line.as_json(zone, "in_bms", "reckoned"), "field": "DueDate"}
                    for line in self.disagreements
                ),
                *(line.as_json() for line in self.field_disagreements),
            ],
            "kept": self.kept,
            "custom_fields_written": self.fields_written,
            "waiting": self.waiting,
            "waiting_until": until.astimezone(zone).isoformat() if until else None,
        }
