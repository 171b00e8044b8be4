"""Text as it may be stored and shown: line ends, control characters, flowed lines."""

import re

_LINE_END = re.compile(r"\r\n?|\x85|\u2028|\u2029")
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_QUOTE = re.compile(r">+")


def clean_text(text: str) -> str:
    """Return text with LF line ends and without control characters or blank lines around it."""
    text = _UNWANTED.sub("", _LINE_END.sub("\n", text))
    blank = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, blank) + 1 :].rstrip()


def clean_line(text: str) -> str:
    """Return text as one line, runs of white space made one blank."""
    return " ".join(clean_text(text).split())


def unfold_flowed(text: str, *, delsp: bool) -> str:
    """Join the soft-wrapped lines of `format=flowed` text (RFC 3676 section 4).

    `delsp` says that the blank before a soft line end is not part of the text. Lines are
    joined only within one depth of quotation, and never onto a signature separator.
    """
    lines: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in _LINE_END.sub("\n", text).split("\n"):
        line_depth, content = _quote_depth(line)
        if paragraph and (line_depth != depth or content == "-- "):
            lines.append(_quoted(depth, paragraph))
            paragraph = []
        depth = line_depth
        is_soft = content.endswith(" ") and content != "-- "
        paragraph.append(content[:-1] if is_soft and delsp else content)
        if not is_soft:
            lines.append(_quoted(depth, paragraph))
            paragraph = []
    if paragraph:
        lines.append(_quoted(depth, paragraph))
    return "\n".join(lines)


def _quote_depth(line: str) -> tuple[int, str]:
    """Return how deeply a flowed line is quoted, and its content without space-stuffing."""
    marks = _QUOTE.match(line)
    depth = marks.end() if marks else 0
    return depth, line[depth:].removeprefix(" ")


def _quoted(depth: int, pieces: list[str]) -> str:
    content = "".join(pieces)
    return f"{'>' * depth} {content}" if depth else content
