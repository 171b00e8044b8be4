"""How a message in a mailbox is named for ever: folder, UIDVALIDITY, UID (RFC 5092's form)."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

_LOCATOR = re.compile(r"(.+);UIDVALIDITY=(\d+)/;UID=(\d+)")


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """A message of a mailbox, as long as the folder keeps its UIDVALIDITY."""

    folder: str
    uidvalidity: int
    uid: int

    @classmethod
    def at(cls, locator: str) -> "MessagePlace":
        """Read a locator; raises `ValueError` for one of another kind of source."""
        fields = _LOCATOR.fullmatch(locator)
        if not fields:
            msg = f"'{locator}' is no locator of a mailbox"
            raise ValueError(msg)
        return cls(unquote(fields[1]), int(fields[2]), int(fields[3]))

    @property
    def locator(self) -> str:
        """The message's name in the ledger."""
        return f"{quote(self.folder)};UIDVALIDITY={self.uidvalidity}/;UID={self.uid}"
