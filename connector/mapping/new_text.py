"""What the sender wrote anew: a text without the mails quoted below it and without signature.

Only rules read it. The ticket's text of a first message or a forward is never cut.
"""

import re

MAX_RULE_TEXT = 100_000
"""Characters of a text that rules look at; the guide's details stand in its first lines."""

HEADER_LINES = 6
"""Lines below a quoted "From:" in which its date and its subject or addressee must follow."""

SIGNATURE = re.compile(r"--\s?")
SEPARATOR = re.compile(
    r"[-_\s]{2,}\s*(?:original message|forwarded message|forwarded by|original appointment|"
    r"mensaje original|mensaje reenviado)\b.*",
    re.IGNORECASE,
)
BEGIN_FORWARD = re.compile(r"(?:begin forwarded message|inicio del mensaje reenviado)\s*:?", re.I)
WROTE_START = re.compile(r"(?:on|el)\s.{4,}", re.IGNORECASE)
WROTE_END = re.compile(r"(?:wrote|escribió|escribio)\s*:$", re.IGNORECASE)
FROM = re.compile(r"[*_]*(?:from|de)\s*:[*_]*\s*\S", re.IGNORECASE)
SENT = re.compile(r"[*_]*(?:sent|date|enviado(?: el)?|fecha)\s*:", re.IGNORECASE)
ADDRESSEE = re.compile(r"[*_]*(?:to|subject|para|asunto)\s*:", re.IGNORECASE)


def new_text(text: str) -> str:
    """Return the lines of `text` that are neither quoted nor a signature (RFC 3676, 4.3, 4.5).

    Everything from the first line on that opens a quoted mail is left out, and so is every
    line with a leading ">".
    """
    lines = text[:MAX_RULE_TEXT].splitlines()
    kept: list[str] = []
    for index, line in enumerate(lines):
        stripped = line.strip()
        if SIGNATURE.fullmatch(line) or _opens_quote(lines, index, stripped):
            break
        if not stripped.startswith(">"):
            kept.append(line)
    return "\n".join(kept)


def _opens_quote(lines: list[str], index: int, line: str) -> bool:
    if SEPARATOR.fullmatch(line[:200]) or BEGIN_FORWARD.fullmatch(line[:200]):
        return True
    return _is_attribution(lines, index, line) or _is_quoted_header(lines, index, line)


def _is_attribution(lines: list[str], index: int, line: str) -> bool:
    """Whether this is "On Monday … wrote:", which mail programs wrap over up to three lines."""
    if not WROTE_START.match(line[:200]):
        return False
    for ahead in lines[index : index + 3]:
        if not ahead.strip():
            return False
        if WROTE_END.search(ahead.strip()[-20:]):
            return True
    return False


def _is_quoted_header(lines: list[str], index: int, line: str) -> bool:
    if not FROM.match(line[:200]):
        return False
    below = [ahead.strip() for ahead in lines[index + 1 : index + 1 + HEADER_LINES]]
    return any(map(SENT.match, below)) and any(map(ADDRESSEE.match, below))
