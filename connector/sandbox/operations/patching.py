"""JSON Patch (RFC 6902) as BMS takes it: paths in any case, with or without the leading slash."""

from typing import Any

from connector.sandbox.behaviour import Behaviour
from connector.sandbox.calls import Refused
from connector.sandbox.contract.checking import Violation, read_value
from connector.sandbox.contract.fields import Shape


def patched_fields(
    shape: Shape, operations: list[dict[str, Any]], behaviour: Behaviour
) -> dict[str, Any]:
    """Return the fields that a patch sets, with their values as declared in `shape`.

    Only `replace` and `add` have been seen to work, so others are refused. Paths that
    `behaviour` ignores are left out. Raises `Refused`.
    """
    if not operations:
        raise Refused("The patch is empty")
    fields = {name.lower(): name for name in shape}
    changes: dict[str, Any] = {}
    for operation in operations:
        if (operation.get("op") or "").lower() not in {"replace", "add"}:
            raise Refused(f"The operation '{operation.get('op')}' is not supported")
        path = operation.get("path") or ""
        name = fields.get(path.removeprefix("/").lower())
        if name is None or behaviour.refuses(path):
            raise Refused(f"The target location specified by path segment '{path}' was not found")
        value = _value(shape, name, operation.get("value"))
        if not behaviour.ignores(path):
            changes[name] = value
    return changes


def _value(shape: Shape, name: str, value: object) -> Any:  # noqa: ANN401 - a value of JSON
    try:
        return read_value(shape[name], value, name)
    except Violation as violation:
        raise Refused("Validation failed", *violation.problems) from None
