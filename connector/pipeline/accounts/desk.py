"""What portal logins and approvals are worked with, in a run, by a command and by a page."""

from dataclasses import dataclass, field

from connector.accounts.model import ApprovalRules
from connector.domain.tenant import Named, NameOrId
from connector.pipeline.rulebook import is_called
from connector.ports import Clock, Stamp, TicketGateway
from connector.ports.accounts import AccessIntentBook, AccessLedger, Grant


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """The settings `approvals` and `accounts` that are no rule of who may approve.

    `url` is where the web side is reached, without a slash at its end; empty: no links are mailed.
    The statuses are given to tickets of OTHER access; None leaves a ticket's status alone.
    """

    url: str = ""
    waiting_status: NameOrId | None = None
    approved_status: NameOrId | None = None
    denied_status: NameOrId | None = None
    catch_all_account: NameOrId = ""
    """The account on which nobody can approve."""


@dataclass(frozen=True, slots=True)
class AccessDesk:
    """The outside of everything that concerns access, and its settings.

    `run` is who writes to the ledger. `grant` does the grant step; None: a technician does
    it by hand. `intents` keeps what the step `accounts` creates.
    """

    ledger: AccessLedger
    gateway: TicketGateway
    rules: ApprovalRules
    clock: Clock
    run: str
    intents: AccessIntentBook
    settings: AccessSettings = field(default_factory=AccessSettings)
    grant: Grant | None = None

    def stamp(self) -> Stamp:
        """Return who writes to the ledger, and now."""
        return Stamp(run=self.run, at=self.clock())

    def is_catch_all(self, account: Named) -> bool:
        """Whether this is the account of requests whose client nobody can tell."""
        return is_called(account, self.settings.catch_all_account)
