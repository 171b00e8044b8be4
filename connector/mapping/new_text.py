"""What the sender wrote anew: a text without the mails quoted below it and without signature.

Only rules read it. The ticket's text of a first message or a forward is never cut.
"""

import re

from connector.quotations import (
    attribution_length,
    header_block,
    is_forward_separator,
    is_original_separator,
)

MAX_RULE_TEXT = 100_000
"""Characters of a text that rules look at; the guide's details stand in its first lines."""

SIGNATURE = re.compile(r"--\s?")
QUOTE_MARK = re.compile(r"\s*> ?")


def new_text(text: str) -> str:
    """Return the lines of `text` that are neither quoted nor a signature (RFC 3676, 4.3, 4.5).

    Everything from the first line on that opens a quoted mail is left out, and so is every
    line with a leading ">".
    """
    lines = text[:MAX_RULE_TEXT].splitlines()
    kept: list[str] = []
    for index, line in enumerate(lines):
        if SIGNATURE.fullmatch(line) or _opens_quote(lines, index):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept)


def text_with_forwarded(text: str) -> str:
    """Return what the sender wrote anew, then what the writer of the forwarded mail did in it.

    For mail that our own people forward for a client: it is the client who asks. Only the outermost
    forwarded mail is read, and what that one quotes is left out as well.
    """
    lines = text[:MAX_RULE_TEXT].splitlines()
    both = (new_text(text).strip(), new_text(_outermost_mail(lines)).strip())
    return "\n\n".join(filter(None, both))


def _outermost_mail(lines: list[str]) -> str:
    """Return the text below the first header block, without the ">" that may stand before it."""
    for index, line in enumerate(lines):
        block = header_block(lines, index)
        if block is None:
            continue
        below = lines[index + block.lines :]
        if line.lstrip().startswith(">"):
            below = [QUOTE_MARK.sub("", each, count=1) for each in below]
        return "\n".join(below)
    return ""


def _opens_quote(lines: list[str], index: int) -> bool:
    line = lines[index]
    if not line.strip():
        return False
    if is_forward_separator(line) or is_original_separator(line):
        return True
    return bool(attribution_length(lines, index) or header_block(lines, index))
