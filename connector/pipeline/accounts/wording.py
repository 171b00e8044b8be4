"""People and ids of access requests, as notes and letters name them."""

from collections.abc import Iterable

from connector.accounts.model import AccessRecord, Person
from connector.mapping.render import one_line


def person_words(person: Person) -> str:
    """Return a person as notes and letters name them, with the role."""
    address = f" <{one_line(person.address)}>" if person.address else ""
    return f"{one_line(person.name) or 'somebody'}{address}, {person.role}"


def people_words(records: Iterable[AccessRecord]) -> str:
    """Return people as a sentence names them."""
    return "; ".join(person_words(record.person) for record in records)


def ids_words(records: Iterable[AccessRecord]) -> str:
    """Return the ids of records as people type one of them: "7", or "7 to 9"."""
    ids = [record.id for record in records]
    return str(ids[0]) if len(ids) == 1 else f"{min(ids)} to {max(ids)}"
