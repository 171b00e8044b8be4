"""Which operation a method and a path mean."""

from dataclasses import dataclass

from connector.sandbox.contract.operations import OPERATIONS, Operation


@dataclass(frozen=True, slots=True)
class Route:
    """An operation and the values in its path."""

    operation: Operation
    path: dict[str, str]


def find_route(method: str, path: str) -> Route | None:
    """Return the operation, or None; paths in any case, fixed names before ids."""
    parts = path.strip("/").split("/")
    found = [
        Route(operation, values)
        for operation in OPERATIONS
        if operation.method == method and (values := _match(operation.path, parts)) is not None
    ]
    return min(found, key=lambda route: len(route.path), default=None)


def is_path(path: str) -> bool:
    """Return whether any method has this path."""
    parts = path.strip("/").split("/")
    return any(_match(operation.path, parts) is not None for operation in OPERATIONS)


def _match(template: str, parts: list[str]) -> dict[str, str] | None:
    names = template.strip("/").split("/")
    if len(names) != len(parts):
        return None
    values: dict[str, str] = {}
    for name, part in zip(names, parts, strict=True):
        if name.startswith("{"):
            values[name.strip("{}")] = part
        elif name.lower() != part.lower():
            return None
    return values
