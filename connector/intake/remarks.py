"""What reading a request had to repair or leave out, for the technician who wonders."""

from connector.intake.limits import MAX_REMARKS


class Remarks:
    """Collects sentences, each once, and not more than anybody would read."""

    def __init__(self) -> None:
        """Start with none."""
        self._sentences: list[str] = []

    def add(self, sentence: str) -> None:
        """Keep a sentence, unless it was said already or there are too many."""
        if sentence not in self._sentences and len(self._sentences) < MAX_REMARKS:
            self._sentences.append(sentence)

    def all(self) -> tuple[str, ...]:
        """Return what was collected, in order."""
        return tuple(self._sentences)


def shown(text: str, length: int = 60) -> str:
    """Return untrusted text as it may stand quoted in a sentence: one line, not too long."""
    line = " ".join(text.split())
    printable = "".join(char if char.isprintable() else "?" for char in line)
    return printable if len(printable) <= length else printable[: length - 1] + "…"
