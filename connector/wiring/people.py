"""The ledger as commands for people use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from connector.config.models import Config
from connector.ledger.store import open_ledger
from connector.ports import Ledger, Stamp
from connector.ports.accounts import AccessLedger
from connector.ports.content import ContentLedger
from connector.ports.post import Outbox
from connector.ports.watch import WatchLedger
from connector.wiring.clock import utc_now


@dataclass(frozen=True, slots=True)
class People:
    """The ledger as commands for people use it."""

    ledger: Ledger
    watch: WatchLedger
    outbox: Outbox
    access: AccessLedger
    content: ContentLedger
    zone: ZoneInfo

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the help desk's time zone."""
        return moment.astimezone(self.zone)

    def stamp(self, who: str) -> Stamp:
        """Return a stamp for what a person does now."""
        return Stamp(run=who, at=utc_now())


@contextmanager
def open_ledger_for_people(config: Config) -> Iterator[People]:
    """Open the ledger for a command that is no run: short transactions, no run lock."""
    with open_ledger(config.state, create=True) as ledger:
        yield People(ledger, ledger, ledger, ledger, ledger, config.zone)
