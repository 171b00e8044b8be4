"""The words of text/enriched (RFC 1896) and its forerunner text/richtext (RFC 1341)."""

import re

ENRICHED_TYPES = frozenset({"text/enriched", "text/richtext"})

_PARAMETER = re.compile(r"<param>[^<]*</param>", re.IGNORECASE)
_COMMAND = re.compile(r"<(nl|/?[A-Za-z-]{1,60})>")
_LINE_ENDS = re.compile(r"\n+")


def enriched_to_text(text: str) -> str:
    """Return the text without its commands; a single line end in it is a blank."""
    text = _PARAMETER.sub("", text.replace("\r\n", "\n"))
    text = _LINE_ENDS.sub(lambda ends: "\n" * (len(ends[0]) - 1) or " ", text)
    pieces = text.split("<<")  # a bracket that is meant
    return "<".join(_COMMAND.sub(_line_end, piece) for piece in pieces)


def _line_end(command: re.Match[str]) -> str:
    return "\n" if command[1].lower() == "nl" else ""
