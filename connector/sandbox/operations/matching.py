"""How filters compare texts."""


def holds(text: str | None, part: str | None) -> bool:
    """Return whether `text` contains `part` in any case; an empty part is in every text."""
    return not part or part.lower() in (text or "").lower()


def listed(text: str) -> set[str]:
    """Return the names or ids of a comma-separated filter, in lower case."""
    return {name.strip().lower() for name in text.split(",") if name.strip()}
