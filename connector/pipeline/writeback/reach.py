"""Which tickets write-back looks at (DESIGN section 7, `sla.since`, `sla.scope`). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.domain.tenant import Named, NameOrId
from connector.pipeline.rulebook import is_called
from connector.ports.watch import OpenTicket


@dataclass(frozen=True, slots=True)
class Reach:
    """The settings of reach; `since` in UTC, None for the first write-back run."""

    completed: NameOrId
    merged: NameOrId
    since: datetime | None = None
    include_scheduled: bool = False
    include_recurring: bool = False
    exclude_queues: Sequence[NameOrId] = ()
    exclude_issue_types: Sequence[NameOrId] = ()
    exclude_accounts: Sequence[NameOrId] = ()

    def leaves_out(self, ticket: OpenTicket) -> str | None:
        """Return why a ticket is left alone whenever it was opened, or None."""
        if _is_one_of(ticket.status, (self.completed, self.merged)):
            return f"it is {ticket.status.name}"
        return self.out_of_scope(ticket)

    def out_of_scope(self, ticket: OpenTicket) -> str | None:
        """Return why `sla.scope` leaves a ticket out, whatever its status, or None."""
        if ticket.is_scheduled and not self.include_scheduled:
            return "it is scheduled (sla.scope.include_scheduled)"
        if ticket.is_recurring and not self.include_recurring:
            return "it is recurring (sla.scope.include_recurring)"
        for thing, excluded, setting in (
            (ticket.queue, self.exclude_queues, "exclude_queues"),
            (ticket.issue_type, self.exclude_issue_types, "exclude_issue_types"),
            (ticket.account, self.exclude_accounts, "exclude_accounts"),
        ):
            if thing is not None and _is_one_of(thing, excluded):
                return f"{thing.name} is left out (sla.scope.{setting})"
        return None


def _is_one_of(thing: Named, wanted: Sequence[NameOrId]) -> bool:
    return any(is_called(thing, each) for each in wanted)
