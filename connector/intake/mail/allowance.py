"""How much of one message may still be read, whatever it is nested in."""

from connector.intake.limits import MAX_HTML_CHARS, MAX_PARTS, MAX_TEXT_BYTES


class Allowance:
    """What is left to read; the messages attached to a message share it."""

    def __init__(self) -> None:
        """Start with the limits of one message."""
        self._parts = MAX_PARTS
        self._text_bytes = MAX_TEXT_BYTES
        self._html_chars = MAX_HTML_CHARS

    @property
    def has_parts(self) -> bool:
        """Whether another part may be read."""
        return self._parts > 0

    def take_part(self) -> None:
        """Count a part that is read."""
        self._parts -= 1

    def take_text(self, size: int) -> int:
        """Return how many of `size` bytes of text may be decoded."""
        taken = min(size, self._text_bytes)
        self._text_bytes -= taken
        return taken

    def take_html(self, length: int) -> int:
        """Return how many of `length` characters of HTML may be laid out."""
        taken = min(length, self._html_chars)
        self._html_chars -= taken
        return taken
