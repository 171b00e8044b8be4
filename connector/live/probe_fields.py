"""What the test ticket tells of our custom fields: in which format BMS takes and keeps dates."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from connector.domain.tenant import CONNECTOR_REFERENCE
from connector.errors import RequestRejected
from connector.field_dates import FieldDates, write_field_date
from connector.live.custom_fields import DATE_FIELDS, DATES, folded
from connector.live.findings import Finding, error, ok, warning
from connector.pipeline.writeback.fields import same_value
from connector.ports import Clock
from connector.ports.inspection import Tenant

WHOLE_FIRST = sorted(FieldDates, key=lambda how: how.value.endswith("-date"))
"""The formats as they are tried: those that keep the time of day before those that do not."""

UNMISTAKABLE_DAY = 25
"""A day that is no month: whoever takes it has not swapped the two."""


@dataclass(frozen=True, slots=True)
class FieldProbe:
    """Tries our custom fields on the test ticket.

    `configured` is None for `auto`; `in_use` returns the format in which runs write dates, and
    `keep` has them write in another one from now on.
    """

    bms: Tenant
    clock: Clock
    zone: tzinfo
    configured: FieldDates | None
    in_use: Callable[[], FieldDates]
    keep: Callable[[FieldDates], None]

    def values(self, reference: str) -> dict[int, str]:
        """Return what a run would send along with a new ticket, by custom field id."""
        ids = {folded(name): field_id for name, field_id in self.bms.custom_fields().items()}
        values = self._dates(self.in_use())
        if folded(CONNECTOR_REFERENCE) in ids:
            values[ids[folded(CONNECTOR_REFERENCE)]] = reference
        return values

    def findings(self, ticket_id: int, sent: Mapping[int, str], refused: str) -> Iterator[Finding]:
        """Yield what became of the values `sent` with the ticket; `refused` is BMS's no to them."""
        if not sent:
            return
        fault = refused or self._difference(ticket_id, sent)
        in_use = self.in_use()
        if not fault:
            message = f"a new ticket keeps our custom fields, dates written as {in_use}"
            yield ok(DATES, message, details={"format": in_use})
            return
        works = self._working_format(ticket_id)
        if works is None:
            yield error(
                DATES,
                f"BMS takes no format of ours for dates in custom fields ({fault})",
                "make them text fields in BMS, or rename them: else tickets go without them",
                details={"format": None},
            )
        elif works is in_use:
            yield warning(
                DATES,
                f"BMS takes our custom fields on a ticket, and not with a new one ({fault})",
                "look at what BMS says: new tickets go without these fields",
                details={"format": in_use},
            )
        else:
            yield self._other_format(works, fault)

    def _other_format(self, works: FieldDates, fault: str) -> Finding:
        if self.configured is None:
            self.keep(works)
            message = f"BMS takes dates as {works}, learnt by trying: written so from now on"
            return ok(DATES, message, details={"format": works})
        return error(
            DATES,
            f"BMS does not take dates as bms.custom_field_dates says ({self.configured}; {fault})",
            f"set it to {works}, which it takes",
            details={"format": works},
        )

    def _working_format(self, ticket_id: int) -> FieldDates | None:
        """Return the first format that BMS takes and keeps, the one in use before all others."""
        in_use = self.in_use()
        formats = sorted(WHOLE_FIRST, key=lambda how: how is not in_use)
        return next((how for how in formats if self._is_kept(ticket_id, self._dates(how))), None)

    def _is_kept(self, ticket_id: int, values: Mapping[int, str]) -> bool:
        try:
            for field_id, value in values.items():
                self.bms.set_custom_value(ticket_id, field_id, value)
        except RequestRejected:
            return False
        return not self._difference(ticket_id, values)

    def _difference(self, ticket_id: int, values: Mapping[int, str]) -> str:
        """Return how what BMS shows differs from what was sent; empty when it does not."""
        kept = self.bms.custom_values(ticket_id)
        for field_id, value in values.items():
            if not same_value(kept.get(field_id), value):
                return f"it shows {kept.get(field_id)!r} where {value!r} was written"
        return ""

    def _dates(self, how: FieldDates) -> dict[int, str]:
        """Return an unmistakable date, in this format, for each of our date fields."""
        ids = {folded(name): field_id for name, field_id in self.bms.custom_fields().items()}
        text = write_field_date(self._moment(), how, self.zone)
        return {ids[folded(name)]: text for name in DATE_FIELDS if folded(name) in ids}

    def _moment(self) -> datetime:
        month_ahead = (self.clock() + timedelta(days=30)).astimezone(self.zone)
        return month_ahead.replace(day=UNMISTAKABLE_DAY, hour=18, minute=5, second=0, microsecond=0)
