"""Mail domains compared as DNS compares them: by labels, without case, in ASCII form."""

from collections.abc import Iterable


def normal_domain(domain: str) -> str:
    """Return `domain` in lower case and ASCII (IDNA), without a trailing dot.

    A domain that IDNA refuses is only case-folded: mail comes from such hosts too.
    """
    bare = domain.strip().rstrip(".").casefold()
    if bare.isascii():
        return bare
    try:
        return bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare


def normal_address(address: str) -> str:
    """Return `address` case-folded, its domain in normal form."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local.casefold()}{at}{normal_domain(domain)}"


def is_within(domain: str, parent: str) -> bool:
    """Whether `domain` is `parent` or below it; both in normal form."""
    return bool(parent) and (domain == parent or domain.endswith(f".{parent}"))


def longest_parent(domain: str, parents: Iterable[str]) -> str | None:
    """Return the longest of `parents` that `domain` is within; all in normal form."""
    fitting = [parent for parent in parents if is_within(domain, parent)]
    return max(fitting, key=len, default=None)
