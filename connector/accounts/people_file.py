"""A file of people who are to get portal logins (`accounts import people.csv`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from connector.accounts.csv_text import NotReadable, read_records
from connector.accounts.model import Person
from connector.accounts.people_columns import (
    COLUMNS,
    Column,
    NotUsable,
    column_called,
    faults_of,
    person_of,
)

MAX_ROWS = 1_000
"""Each row is a search in BMS before any is recorded: more would not fit an hour's budget."""


@dataclass(frozen=True, slots=True)
class Row:
    """A good row: its first line in the file (the heading is line 1), its account and person."""

    line: int
    account_name: str
    person: Person


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row, or with the whole file (`line` None): what, and what to do."""

    line: int | None
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = "the file" if self.line is None else f"line {self.line}"
        return f"{place}: {self.message}" + (f" — {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """Good rows in the order of the file, and every fault of all the others.

    A row with a fault is not among `rows`. A fault of the whole file leaves no rows. `left_aside`
    are the headings that name no column of ours: one of them may be mistyped.
    """

    rows: tuple[Row, ...] = ()
    faults: tuple[RowFault, ...] = ()
    left_aside: tuple[str, ...] = ()

    @property
    def is_unreadable(self) -> bool:
        """Whether the file as a whole cannot be used, whatever its rows say."""
        return any(fault.line is None for fault in self.faults)


def read_people(raw: bytes) -> PeopleFile:
    """Read a CSV file with a heading: first name, last name, email, phone, account, role.

    Headings are tolerant of case, spaces, order and language; phone and role may be left out, and
    one column `name` may stand for first and last name. Commas, semicolons and tabs separate.
    """
    try:
        records = read_records(raw)
        _, heading = next(records, (0, ()))
        columns = _columns(heading)
        read = _without_doubles(*_read_rows(_counted(records), columns, len(heading)))
    except NotReadable as error:
        return PeopleFile(faults=(RowFault(None, error.message, error.remedy),))
    known = columns.values()
    others = (" ".join(words.split()) for place, words in enumerate(heading) if place not in known)
    return replace(read, left_aside=tuple(filter(None, others)))


def _columns(heading: Sequence[str]) -> Mapping[Column, int]:
    """Return at which place each column stands; others than ours are left aside."""
    if not heading:
        raise NotReadable("it is empty", f"Write a heading first: {', '.join(COLUMNS)}")
    columns: dict[Column, int] = {}
    for place, words in enumerate(heading):
        column = column_called(words)
        if column in columns:
            raise NotReadable(f"two of its columns mean {column}", "Keep one of them")
        if column is not None:
            columns[column] = place
    if columns.keys() >= {"first name", "email", "account"} and "last name" not in columns:
        columns["name"] = columns.pop("first name")  # "Nombre" alone is the whole name
    missing = [each for each in ("email", "account") if each not in columns]
    if "name" not in columns and not columns.keys() >= {"first name", "last name"}:
        missing = ["first name and last name", *missing]
    if missing:
        raise NotReadable(
            f"its first line has no heading for {', '.join(missing)}",
            f"Name the columns there: {', '.join(COLUMNS)}",
        )
    return columns


def _counted(records: Iterable[tuple[int, Sequence[str]]]) -> list[tuple[int, Sequence[str]]]:
    rows = list(islice(records, MAX_ROWS + 1))
    if not rows:
        raise NotReadable("it has a heading and no rows", "Add a row for each person")
    if len(rows) > MAX_ROWS:
        raise NotReadable(f"it has more than {MAX_ROWS:,} rows", "Split it")
    return rows


def _read_rows(
    records: Iterable[tuple[int, Sequence[str]]], columns: Mapping[Column, int], width: int
) -> tuple[list[Row], list[RowFault]]:
    """Return the good rows, and the faults of all others."""
    rows: list[Row] = []
    faults: list[RowFault] = []
    for line, values in records:
        cells = _cells(values, columns)
        wrong = [_too_many(values, width)] if any(values[width:]) else faults_of(cells)
        found = [RowFault(line, fault.message, fault.remedy) for fault in wrong]
        faults += found
        if not found:
            rows.append(Row(line, cells["account"], person_of(cells)))
    return rows, faults


def _too_many(values: Sequence[str], width: int) -> NotUsable:
    """Return the fault of a row in which nobody can tell what stands under which heading."""
    message = f"there are {len(values)} values under {width} headings"
    return NotUsable(message, 'Put a value that holds a separator into quotation marks: "a, b"')


def _cells(values: Sequence[str], columns: Mapping[Column, int]) -> dict[Column, str]:
    """Return the cells of a row by column, each as one line; one that is not there is empty."""
    return {
        column: " ".join(values[place].split()) if place < len(values) else ""
        for column, place in columns.items()
    }


def _without_doubles(rows: Sequence[Row], faults: Sequence[RowFault]) -> PeopleFile:
    """Refuse every row whose address an earlier one has: in one account or in two."""
    first: dict[str, Row] = {}
    kept: list[Row] = []
    doubles: list[RowFault] = []
    for row in rows:
        earlier = first.setdefault(row.person.address, row)
        if earlier is row:
            kept.append(row)
        else:
            doubles.append(_double(row, earlier))
    ordered = sorted([*faults, *doubles], key=lambda fault: fault.line or 0)
    return PeopleFile(tuple(kept), tuple(ordered))


def _double(row: Row, earlier: Row) -> RowFault:
    where = f"line {earlier.line}"
    if row.account_name.casefold() != earlier.account_name.casefold():
        where = f"{where}, for {earlier.account_name}"
    message = f"{row.person.address} stands in {where}, already"
    return RowFault(row.line, message, "Keep one of the rows: an address has one login")
