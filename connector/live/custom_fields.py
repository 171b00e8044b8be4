"""Custom fields: ours that the tenant has, required ones we do not fill, and how dates look."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from connector.domain.tenant import CONNECTOR_REFERENCE
from connector.field_dates import FieldDates, formats_of
from connector.live.findings import Finding, error, ok, warning
from connector.pipeline.deciding.custom_fields import (
    DESIRED_RESOLUTION,
    ONSITE_RESPONSE_DUE,
    REMOTE_RESPONSE_DUE,
)
from connector.ports.inspection import FieldDefinition

CUSTOM_FIELDS = "custom fields"
DATES = "custom-field dates"

DATE_FIELDS = (REMOTE_RESPONSE_DUE, ONSITE_RESPONSE_DUE, DESIRED_RESOLUTION)
OURS = (*DATE_FIELDS, CONNECTOR_REFERENCE)
ALWAYS_FILLED = set(OURS) - {DESIRED_RESOLUTION}
"""`Desired Resolution` has a value only where the requester named a date."""

EXAMPLES = 3


def field_findings(fields: Sequence[FieldDefinition]) -> Iterator[Finding]:
    """Yield which of our fields the tenant has, and which required ones stay empty."""
    active = [field for field in fields if field.is_active]
    ours = _ours(active)
    for name in OURS:
        ids = [field_id for field_id, called in ours.items() if called == name]
        if len(ids) > 1:
            yield warning(
                CUSTOM_FIELDS,
                f'several are called "{name}" (ids {", ".join(map(str, ids))}): none is filled',
                "rename or deactivate all but one in BMS",
            )
    ids_of_ours = {name: field_id for field_id, name in ours.items()}
    yield ok(CUSTOM_FIELDS, _which(ids_of_ours), details={"ids": ids_of_ours})
    for field in active:
        if field.is_required and ours.get(field.id) not in ALWAYS_FILLED:
            yield _not_filled(field)


def folded(name: str) -> str:
    """Return the name of a field as it is compared: trimmed and without case."""
    return name.strip().casefold()


def _ours(fields: Sequence[FieldDefinition]) -> dict[int, str]:
    """Return our own names of those fields that are ours, by id."""
    by_name = {folded(name): name for name in OURS}
    return {
        field.id: by_name[folded(field.name)] for field in fields if folded(field.name) in by_name
    }


def _which(ids: Mapping[str, int]) -> str:
    here = ", ".join(f"{name} is {field_id}" for name, field_id in ids.items())
    missing = ", ".join(name for name in OURS if name not in ids)
    parts = [here, f"not in this tenant, so not filled: {missing}" if missing else ""]
    return "; ".join(filter(None, parts))


def _not_filled(field: FieldDefinition) -> Finding:
    is_desired = folded(field.name) == folded(DESIRED_RESOLUTION)
    when = "fills it only when the requester names a date" if is_desired else "does not fill it"
    return error(
        CUSTOM_FIELDS,
        f'"{field.name}" ({field.id}) is required in BMS, and the connector {when}: '
        "BMS may refuse our tickets",
        "make it optional in BMS",
        details={"id": field.id},
    )


# --- dates -----------------------------------------------------------------------------------


def date_values(
    fields: Sequence[FieldDefinition], values: Mapping[int, Sequence[str]]
) -> Sequence[str]:
    """Return the values from which the format of our date fields can be learnt.

    Those of all fields of the same data type, since ours may be new and empty; fields that
    hold free text too (one of their values has no digit) teach nothing.
    """
    ours = _ours(fields)
    types = {field.data_type for field in fields if ours.get(field.id) in DATE_FIELDS}
    alike = [
        field
        for field in fields
        if field.data_type in types and ours.get(field.id) != CONNECTOR_REFERENCE
    ]
    columns = [values.get(field.id, ()) for field in alike]
    return [value for column in columns if all(map(_has_digit, column)) for value in column]


def date_findings(
    fields: Sequence[FieldDefinition],
    values: Mapping[int, Sequence[str]],
    configured: FieldDates | None,
    zone: tzinfo,
) -> tuple[Finding | None, FieldDates | None]:
    """Return how dates look in this tenant, against what is configured, and what was learnt.

    `configured` is None for `auto`. There is no finding when the tenant has none of our date
    fields.
    """
    if not set(DATE_FIELDS) & set(_ours([field for field in fields if field.is_active]).values()):
        return None, None
    seen = date_values(fields, values)
    fitting = sorted(formats_of(seen, zone)) if seen else []
    examples = ", ".join(f'"{value}"' for value in list(dict.fromkeys(seen))[:EXAMPLES])
    if configured is not None:
        return _against_setting(configured, fitting, examples), None
    learnt = FieldDates(fitting[0]) if len(fitting) == 1 else None
    return _learnt(learnt, fitting, examples), learnt


def _against_setting(
    configured: FieldDates, fitting: Sequence[FieldDates], examples: str
) -> Finding:
    written = f"written as bms.custom_field_dates says ({configured})"
    if not examples:
        return ok(DATES, f"{written}; no ticket has a value to compare")
    if configured in fitting:
        return ok(DATES, f"{written}, as on existing tickets ({examples})")
    return warning(DATES, f"{written}, but existing tickets have {examples}", _set_to(fitting))


def _learnt(learnt: FieldDates | None, fitting: Sequence[FieldDates], examples: str) -> Finding:
    if learnt is not None:
        message = f"{learnt}, learnt from existing tickets ({examples})"
        return ok(DATES, message, details={"format": learnt})
    if not examples:
        return ok(
            DATES,
            "no ticket has a value to learn the format from: dates are written as ISO 8601",
            "`check --live --probe-write` tries which BMS takes; or set bms.custom_field_dates",
            details={"format": FieldDates.ISO},
        )
    return warning(
        DATES,
        f"the format cannot be told from existing tickets ({examples}): dates are written as "
        "ISO 8601, which BMS may refuse",
        _set_to(fitting),
    )


def _set_to(fitting: Sequence[FieldDates]) -> str:
    formats = " or ".join(fitting or FieldDates)
    return f"set bms.custom_field_dates to {formats}"


def _has_digit(value: str) -> bool:
    return any(character.isdigit() for character in value)
