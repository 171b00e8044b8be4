"""The vocabulary of the contract: kinds of values, fields, and shapes (fields by name)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum


class Kind(Enum):
    """What a value is on the wire."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "string"
    MOMENT = "date-time"
    FILE = "binary"
    OBJECT = "object"
    LIST = "array"
    MAP = "map"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Field:
    """One declared value.

    `of` is what a list holds, `shape` what an object holds. `zone_needed` is ours: the document
    declares every moment alike, but a moment that is stored must say its offset, and one in a
    filter need not.
    """

    kind: Kind
    required: bool = False
    nullable: bool = False
    filled: bool = False
    minimum: int | None = None
    choices: tuple[int, ...] = ()
    of: "Field | None" = None
    shape: "Shape | None" = None
    zone_needed: bool = True


Shape = Mapping[str, Field]

INTEGER = Field(Kind.INTEGER)
NUMBER = Field(Kind.NUMBER)
BOOLEAN = Field(Kind.BOOLEAN)
TEXT = Field(Kind.TEXT)
MOMENT = Field(Kind.MOMENT)
FILE = Field(Kind.FILE)
ANYTHING = Field(Kind.ANYTHING, nullable=True)
ID = Field(Kind.INTEGER, minimum=1)


def required(field: Field) -> Field:
    """Return the field as one that must be there."""
    return replace(field, required=True)


def nullable(field: Field) -> Field:
    """Return the field as one that may be null."""
    return replace(field, nullable=True)


def filled(field: Field) -> Field:
    """Return the text field as one that must be there and must not be empty."""
    return replace(field, required=True, filled=True)


def one_of(*choices: int) -> Field:
    """Return an enumeration, which the vendor writes as integers without names."""
    return Field(Kind.INTEGER, choices=choices)


def object_of(shape: Shape) -> Field:
    """Return an object with these fields."""
    return Field(Kind.OBJECT, shape=shape)


def list_of(item: Field | Shape) -> Field:
    """Return a list of such values or objects."""
    return Field(Kind.LIST, of=item if isinstance(item, Field) else object_of(item))


def lists_of(item: Field | Shape) -> Field:
    """Return a list that may be null, as nearly every list of the vendor's may."""
    return nullable(list_of(item))


def map_of(item: Field) -> Field:
    """Return an object with any keys and such values, which may be null."""
    return Field(Kind.MAP, nullable=True, of=item)


def each(field: Field, names: str) -> dict[str, Field]:
    """Return the same field under every one of these names, separated by blanks."""
    return dict.fromkeys(names.split(), field)


AUTHORSHIP: Shape = {
    **each(nullable(INTEGER), "CreatedBy ModifiedBy"),
    **each(nullable(MOMENT), "CreatedOn ModifiedOn"),
}
"""Who wrote a record and when, as answers tell of most things."""
