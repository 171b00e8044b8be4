"""Where a mailbox starts: messages from before stay where they are (DESIGN section 5, `since`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.ports import SourceMemory

CLOCKS = timedelta(hours=1)
"""How far the clock of a mail server may be off before it matters.

A message that came after the first look by the server's own count is taken although its time
of receipt lies before; one that lies further back was moved into the folder by hand.
"""


@dataclass(frozen=True, slots=True)
class MailStart:
    """The setting `since`: a moment in UTC, everything, or (neither) the first look."""

    moment: datetime | None = None
    everything: bool = False

    @property
    def is_first_look(self) -> bool:
        """Whether the first look decides."""
        return self.moment is None and not self.everything

    def since(self, memory: SourceMemory, now: datetime) -> datetime | None:
        """Return the moment from which messages are taken; None for all of them.

        Servers tell the receipt to the second, so the first look is cut to its second.
        """
        if self.is_first_look:
            return memory.first_look(now).replace(microsecond=0)
        return self.moment
