"""E-mail addresses within what people wrote."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from connector.mapping.domains import normal_address

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]"
_ADDRESS = re.compile(
    rf"(?<!{_LOCAL}){_LOCAL}{{1,64}}@(?:[^\W_][\w-]{{0,62}}\.){{1,8}}[^\W\d_][\w-]{{1,62}}"
)
"""RFC 5321 section 4.5.3.1 for the lengths; quoted local parts are left out: BMS has none."""

_AROUND = " \t<>()[]\"',;"


@dataclass(frozen=True, slots=True)
class Found:
    """An address in normal form, and where it stands in its text."""

    address: str
    start: int
    end: int


def find_addresses(text: str) -> Iterator[Found]:
    """Yield the addresses in `text`, in their order."""
    for match in _ADDRESS.finditer(text):
        written = match[0].lstrip(".'")
        local, _, _ = written.partition("@")
        if local and not local.endswith(".") and ".." not in local:
            start = match.end() - len(written)
            yield Found(normal_address(written), start, match.end())


def read_address(words: str) -> str | None:
    """Return the address that `words` are, in normal form; None when they say anything else."""
    bare = words.strip(_AROUND)
    bare = bare[len("mailto:") :] if bare.casefold().startswith("mailto:") else bare
    found = next(find_addresses(bare), None)
    return found.address if found and (found.start, found.end) == (0, len(bare)) else None
