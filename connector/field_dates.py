"""Dates in BMS's custom fields: texts, in a format that the vendor documents nowhere.

`iso` is what the contract uses elsewhere. Wall-clock formats are local to the help desk.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from enum import StrEnum


class FieldDates(StrEnum):
    """How a date is written into a custom field."""

    ISO = "iso"
    ISO_LOCAL = "iso-local"
    ISO_DATE = "iso-date"
    US = "us"
    US_DATE = "us-date"
    EU = "eu"
    EU_DATE = "eu-date"


_ISO_LOCAL = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S")
_FORMATS: Mapping[FieldDates, tuple[str, ...]] = {
    FieldDates.ISO_LOCAL: _ISO_LOCAL,
    FieldDates.ISO_DATE: ("%Y-%m-%d",),
    FieldDates.US: ("%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M"),
    FieldDates.US_DATE: ("%m/%d/%Y",),
    FieldDates.EU: ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"),
    FieldDates.EU_DATE: ("%d/%m/%Y",),
}
"""The first of each is how it is written, all are read."""


def write_field_date(moment: datetime, how: FieldDates, zone: tzinfo) -> str:
    """Return an aware moment as a custom field gets it; `zone` is the help desk's."""
    local = moment.astimezone(zone)
    if how is FieldDates.ISO:
        return local.isoformat(timespec="seconds")
    return local.strftime(_FORMATS[how][0])


def read_field_date(value: str, how: FieldDates, zone: tzinfo) -> datetime | None:
    """Return the aware moment that a value of a custom field means; None when it is none.

    A date without a time is its first minute in `zone`.
    """
    text = value.strip()
    if how is FieldDates.ISO:
        return _with_offset(text)
    for pattern in _FORMATS[how]:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def formats_of(values: Iterable[str], zone: tzinfo) -> frozenset[FieldDates]:
    """Return the formats in which every one of `values` can be read."""
    texts = list(values)
    return frozenset(
        how
        for how in FieldDates
        if all(read_field_date(text, how, zone) is not None for text in texts)
    )


def _with_offset(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
