"""Whether two domains belong to one organisation (RFC 7489 section 3.2), asked without network.

The public suffix list comes with the library `publicsuffixlist`; reading it takes a tenth of a
second, so that it is done only for domains that differ.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def is_aligned(domain: str, other: str) -> bool:
    """Whether two domains have one organisational domain ("relaxed" alignment)."""
    first, second = _ascii(domain), _ascii(other)
    if not first or not second:
        return False
    if first == second:
        return True
    if first.rpartition(".")[2] != second.rpartition(".")[2]:
        return False
    return organisational_domain(first) == organisational_domain(second)


def organisational_domain(domain: str) -> str:
    """Return the domain somebody registered, in ASCII; a public suffix stands for itself."""
    name = _ascii(domain)
    return _list().privatesuffix(name) or name


def _ascii(domain: str) -> str:
    name = domain.strip().strip(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


@lru_cache(maxsize=1)
def _list() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
