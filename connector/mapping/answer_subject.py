"""What the subject of an answer says that neither its text nor its ticket's title does."""

import re
from collections.abc import Iterable

_PREFIXES = re.compile(r"\A\s*(?:[^\W\d_]{1,4}\s?[:\uff1a]\s*)*")
"""Re:, Fwd: and the like in any language; what is taken for one only decides on showing a line."""
_WORD = re.compile(r"\w")


def telling_subject(
    subject: str, numbers: Iterable[str], title: str, *, has_text: bool
) -> str | None:
    """Return the subject where a technician would miss it, else None.

    `numbers` are the ticket numbers in it. Behind such a number stand our own words, those of the
    mail that is answered, so that without a text all of it counts, else what stands before.
    """
    own = subject
    for number in numbers if has_text else ():
        own = own.partition(f"#{number}#")[0]
    for number in numbers:
        own = own.replace(f"#{number}#", " ")
    own = " ".join(_PREFIXES.sub("", own).split()).casefold()
    is_known = own in " ".join(title.split()).casefold()
    return None if is_known or not _WORD.search(own) else subject
