"""A source that sends by itself, through `serve`: there is nothing to look for."""

from dataclasses import dataclass

from connector.domain.request import Outcome
from connector.ports import Listing


@dataclass(frozen=True, slots=True)
class Pushed:
    """`ports.Source` of a webhook; its submissions are in the ledger already."""

    name: str

    def list(self) -> Listing:
        """Return nothing."""
        return Listing([])

    def mark(self, locator: str, outcome: Outcome) -> bool:
        """File nothing away: the sender keeps what it sent."""
        del locator, outcome
        return True
