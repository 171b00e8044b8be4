"""Each creating call at most once: intent before the call, search before a second one.

Whatever creates something at a service that knows no idempotency key goes through
`Once.make`, and so inherits the rules of DESIGN section 9 instead of repeating them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from connector.domain.tenant import TicketRef
from connector.errors import ConnectorError, LeaseLost, OutcomeUnknown, RequestRejected, Settling
from connector.pipeline.services import Services
from connector.ports import Intent
from connector.ports.accounts import IntentBook

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Made:
    """What a creating call made: its id, and the ticket if it was one."""

    id: int
    ticket: TicketRef | None = None

    @classmethod
    def of_ticket(cls, ticket: TicketRef) -> "Made":
        """Return what the creation of a ticket made."""
        return cls(ticket.id, ticket)


@dataclass(frozen=True, slots=True)
class Once:
    """Makes the creating calls of one request, or of one access request."""

    services: Services
    key: str
    of_access: IntentBook | None = None
    """The book in which the key is, when it is that of an access request."""

    @property
    def book(self) -> IntentBook:
        """Where the creating calls of `key` are kept."""
        return self.services.ledger if self.of_access is None else self.of_access

    def make(
        self,
        operation: str,
        *,
        find: Callable[[Intent], Made | None],
        make: Callable[[], Made],
        remark: str = "",
    ) -> int:
        """Return the id of what `operation` makes, whether now or at an earlier attempt.

        `find` searches for what an earlier attempt may have made; `remark` is what a person
        should hear of how this attempt differs from what was planned. Raises `Settling` while the
        search may not show it yet, and whatever `find` and `make` raise. Of `make`, only
        `OutcomeUnknown` and `LeaseLost` leave it open whether the call took effect; every other
        error says that it did not.
        """
        book = self.book
        intent = book.intents(self.key).get(operation)
        was_unclear = intent is not None and intent.is_unclear
        earlier = self.made_earlier(operation, find)
        if earlier is not None and was_unclear:
            log.info("found what an earlier attempt made", operation=operation, id=earlier.id)
            return self._confirm(operation, earlier)
        if earlier is not None:
            return earlier.id
        book.intend(self.key, operation, stamp=self.services.stamp(), remark=remark)
        try:
            made = make()
        except (OutcomeUnknown, LeaseLost):
            raise
        except RequestRejected as error:
            book.refuse(self.key, operation, reason=error.message, stamp=self.services.stamp())
            raise
        except ConnectorError as error:
            # Certainly not carried out; only an earlier, unclear attempt still has to be found.
            if not was_unclear:
                self._withdraw(operation, error)
            raise
        return self._confirm(operation, made)

    def is_done(self, operation: str) -> bool:
        """Whether an operation is known to have taken effect."""
        intent = self.book.intents(self.key).get(operation)
        return intent is not None and intent.result_id is not None

    def repeat_until_done(self, operation: str, call: Callable[[], int]) -> int:
        """Return what `call` returned, now or at an earlier attempt that is known to have worked.

        For calls that do no harm when made again; raises whatever `call` raises.
        """
        book = self.book
        intent = book.intents(self.key).get(operation)
        if intent is not None and intent.result_id is not None:
            return intent.result_id
        book.intend(self.key, operation, stamp=self.services.stamp())
        try:
            result = call()
        except RequestRejected as error:
            book.refuse(self.key, operation, reason=error.message, stamp=self.services.stamp())
            raise
        return self._confirm(operation, Made(result))

    def made_earlier(self, operation: str, find: Callable[[Intent], Made | None]) -> Made | None:
        """Return what an earlier attempt at `operation` made, if it made anything; only reads.

        Raises `Settling` while the search may not show it yet, and whatever `find` raises.
        """
        intent = self.book.intents(self.key).get(operation)
        if intent is None or intent.refused is not None:
            return None
        if intent.result_id is not None:
            return Made(intent.result_id)
        self._wait_for_search(intent)
        return find(intent)

    def refusal(self, operation: str) -> str | None:
        """Return why BMS refused the operation at an earlier attempt, if it did."""
        intent = self.book.intents(self.key).get(operation)
        return intent.refused if intent is not None else None

    def remark(self, operation: str) -> str:
        """Return what a person should hear of how the operation was done, now or earlier."""
        intent = self.book.intents(self.key).get(operation)
        return intent.remark if intent is not None else ""

    def _wait_for_search(self, intent: Intent) -> None:
        settled_at = intent.last_attempt_at + self.services.search_settle
        if self.services.clock() < settled_at:
            raise Settling(
                f"whether BMS made the {intent.operation} is unclear",
                "BMS is searched for it once its search has had time to settle",
                not_before=settled_at,
            )

    def _withdraw(self, operation: str, error: ConnectorError) -> None:
        self.book.withdraw(self.key, operation, reason=error.message, stamp=self.services.stamp())

    def _confirm(self, operation: str, made: Made) -> int:
        self.book.confirm(
            self.key,
            operation,
            result_id=made.id,
            ticket=made.ticket,
            stamp=self.services.stamp(),
        )
        return made.id
