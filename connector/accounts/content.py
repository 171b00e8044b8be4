"""What an approval is about, as one hash: a change of it voids the approval (DESIGN section 8)."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence

from connector.accounts.model import AccessKind, Person
from connector.mapping.domains import normal_address


def digest_of(
    kind: AccessKind,
    account_name: str,
    people: Sequence[Person],
    subject: str = "",
    text_digest: str = "",
) -> str:
    """Return the hash that approvals and links bind to (SHA-256, hexadecimal).

    It covers account, and name, address and role of every person, in whatever order they stand;
    for other access also subject and text. A phone number is no part of it: it grants nothing.
    """
    content: dict[str, object] = {
        "kind": kind.value,
        "account": _plain(account_name).casefold(),
        "people": sorted(_of_person(person) for person in people),
    }
    if kind is AccessKind.OTHER:
        content |= {"subject": _plain(subject), "text": text_digest}
    return _sha256(json.dumps(content, sort_keys=True, separators=(",", ":")))


def text_digest_of(text: str) -> str:
    """Return the hash of a request's text, white space left aside."""
    return _sha256(_plain(text))


def _of_person(person: Person) -> list[str]:
    return [normal_address(person.address), _plain(person.name), person.role.value]


def _plain(text: str) -> str:
    """Return `text` in one spelling of its letters (Unicode NFC), every white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
