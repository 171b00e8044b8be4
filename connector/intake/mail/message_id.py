"""Message-IDs (RFC 5322 section 3.6.4) in the one form in which they are compared."""

import re

MIN_MESSAGE_ID = 8
"""Characters below which a Message-ID says nothing: devices send `<>`, `<0>`, `<@>`."""

_ANGLE = re.compile(r"<([^<>]*)>?")


def normalised_message_id(value: str) -> str | None:
    """Return a Message-ID without brackets and white space, its domain in lower case.

    Returns None when it is missing or too short to tell messages apart.
    """
    found = _ANGLE.search(value)
    bare = "".join((found[1] if found else value).split())
    if len(bare) < MIN_MESSAGE_ID:
        return None
    left, at, domain = bare.rpartition("@")
    return f"{left}{at}{domain.lower()}" if at else bare
