"""Holds what a request carries against the contract, and completes what an answer carries."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connector.sandbox.contract.fields import Field, Kind, Shape

_TRUE_AND_FALSE = {"true": True, "1": True, "false": False, "0": False}


class Violation(Exception):
    """A request does not keep the contract; `problems` says where, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the sentences."""
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def read_object(shape: Shape, value: object, where: str = "") -> dict[str, Any]:
    """Return the object under its declared names, its moments as `datetime` in UTC.

    The real server reads names in any case. Raises `Violation` with everything that is wrong.
    """
    if not isinstance(value, Mapping):
        raise Violation([f"{where or 'The body'} must be an object"])
    declared = {name.lower(): name for name in shape}
    read: dict[str, Any] = {}
    problems: list[str] = []
    for key, item in value.items():
        name = declared.get(str(key).lower())
        if name is None:
            problems.append(f"{where}{key} is not a field of this operation")
        elif name in read:
            problems.append(f"{where}{key} is given twice")
        else:
            read[name] = _collect(shape[name], item, f"{where}{name}", problems)
    for name, field in shape.items():
        if field.required and name not in read:
            problems.append(f"The {where}{name} field is required")
    if problems:
        raise Violation(problems)
    return read


def read_list(shape: Shape, value: object) -> list[dict[str, Any]]:
    """Return a body that is an array of such objects; raises `Violation`."""
    if not isinstance(value, list):
        raise Violation(["The body must be an array"])
    return [read_object(shape, item, f"[{index}].") for index, item in enumerate(value)]


def read_value(field: Field, value: object, where: str) -> Any:  # noqa: ANN401 - a value of JSON
    """Return one value as declared; raises `Violation`."""
    if value is None:
        if field.nullable:
            return None
        raise Violation([f"{where} must not be null"])
    return _READERS[field.kind](field, value, where)


def read_query(shape: Shape, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the declared names of a query with their values; raises `Violation`.

    Names in any case; names that are not declared are passed over in silence, as the real
    server does (facts, section 2). A list is given by repeating its name.
    """
    declared = {name.lower(): name for name in shape}
    read: dict[str, Any] = {}
    for key, text in pairs:
        name = declared.get(key.lower())
        if name is None or text == "":
            continue
        field = shape[name]
        if field.kind is Kind.LIST and field.of is not None:
            read.setdefault(name, []).append(_from_text(field.of, text, name))
        else:
            read[name] = _from_text(field, text, name)
    return read


def complete(shape: Shape, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result with every declared field: what is not given is null, zero or false."""
    strangers = values.keys() - shape.keys()
    if strangers:
        raise KeyError(f"not in the contract: {', '.join(sorted(strangers))}")
    return {name: _completed(field, values.get(name)) for name, field in shape.items()}


def parse_moment(text: str, *, zone_needed: bool) -> datetime:
    """Return an ISO 8601 moment in UTC, taking one without offset as UTC where that is allowed.

    Raises `ValueError` when it is none, or lacks the offset it needs.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if zone_needed:
        raise ValueError("no offset")
    return moment.replace(tzinfo=UTC)


def _collect(field: Field, value: object, where: str, problems: list[str]) -> Any:  # noqa: ANN401
    try:
        return read_value(field, value, where)
    except Violation as violation:
        problems.extend(violation.problems)
        return None


def _read_integer(field: Field, value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Violation([f"{where} must be an integer"])
    if field.minimum is not None and value < field.minimum:
        raise Violation([f"{where} must be at least {field.minimum}"])
    if value > 2**31 - 1:
        raise Violation([f"{where} is too large"])
    if field.choices and value not in field.choices:
        raise Violation([f"{where} must be one of {', '.join(map(str, field.choices))}"])
    return value


def _read_number(field: Field, value: object, where: str) -> float:
    del field
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Violation([f"{where} must be a number"])
    return float(value)


def _read_boolean(field: Field, value: object, where: str) -> bool:
    del field
    if not isinstance(value, bool):
        raise Violation([f"{where} must be true or false"])
    return value


def _read_text(field: Field, value: object, where: str) -> str:
    if not isinstance(value, str):
        raise Violation([f"{where} must be a string"])
    if field.filled and not value.strip():
        raise Violation([f"The {where} field is required"])
    return value


def _read_moment(field: Field, value: object, where: str) -> datetime:
    try:
        return parse_moment(_read_text(field, value, where), zone_needed=field.zone_needed)
    except ValueError:
        raise Violation([f"{where} must be a date and time with an offset"]) from None


def _read_object(field: Field, value: object, where: str) -> dict[str, Any]:
    return read_object(field.shape or {}, value, f"{where}.")


def _read_items(field: Field, value: object, where: str) -> list[Any]:
    if not isinstance(value, list) or field.of is None:
        raise Violation([f"{where} must be an array"])
    return [read_value(field.of, item, f"{where}[{i}]") for i, item in enumerate(value)]


def _read_as_is(field: Field, value: object, where: str) -> object:
    del field, where
    return value


_READERS = {
    Kind.INTEGER: _read_integer,
    Kind.NUMBER: _read_number,
    Kind.BOOLEAN: _read_boolean,
    Kind.TEXT: _read_text,
    Kind.MOMENT: _read_moment,
    Kind.OBJECT: _read_object,
    Kind.LIST: _read_items,
    Kind.MAP: _read_as_is,
    Kind.FILE: _read_as_is,
    Kind.ANYTHING: _read_as_is,
}


def _from_text(field: Field, text: str, where: str) -> Any:  # noqa: ANN401 - a value of a query
    if field.kind is Kind.INTEGER:
        try:
            return _read_integer(field, int(text), where)
        except ValueError:
            raise Violation([f"The value '{text}' is not valid for {where}"]) from None
    if field.kind is Kind.BOOLEAN:
        if text.lower() not in _TRUE_AND_FALSE:
            raise Violation([f"The value '{text}' is not valid for {where}"])
        return _TRUE_AND_FALSE[text.lower()]
    if field.kind is Kind.MOMENT:
        # A plus sign that was not escaped arrives as a blank.
        return _read_moment(field, re.sub(r" (?=\d{2}:?\d{2}$)", "+", text), where)
    return text


def _completed(field: Field, value: Any) -> Any:  # noqa: ANN401 - a value of a result
    if value is None:
        return None if field.nullable else _ZERO.get(field.kind)
    if field.kind is Kind.OBJECT and field.shape is not None:
        return complete(field.shape, value)
    if field.kind is Kind.LIST and field.of is not None:
        return [_completed(field.of, item) for item in value]
    return value


_ZERO: dict[Kind, object] = {Kind.INTEGER: 0, Kind.NUMBER: 0, Kind.BOOLEAN: False}
