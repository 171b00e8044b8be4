"""One access request at work in the step `accounts`: its notes, its letters, its trail."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from connector.accounts.model import AccessRecord, AccessRequest, AccessState
from connector.domain.tenant import Lookup, Named, NameOrId, TicketRef
from connector.errors import NameUnresolved, RequestRejected
from connector.pipeline.accounts.desk import AccessDesk
from connector.pipeline.delivering.creating import find_note
from connector.pipeline.delivering.once import Made, Once
from connector.pipeline.post.known_letters import know_letters
from connector.pipeline.services import Services
from connector.ports.post import Letter, Limit, PostState

log = structlog.get_logger()

CHANGED = "changed"
"""The step under which the ledger tells of a change of what is asked for."""
ASKED = "asked"
"""The step under which the ledger tells who was asked, or may approve it: their addresses."""
NOTE = "note "
STATUS = "status "


@dataclass(frozen=True, slots=True)
class Case:
    """An access request that has a ticket, and what it is worked with."""

    services: Services
    desk: AccessDesk
    request: AccessRequest

    @property
    def once(self) -> Once:
        """What makes the creating calls of this access request."""
        return Once(self.services, f"access {self.request.id}", self.desk.intents)

    @property
    def ticket(self) -> TicketRef:
        """The ticket; the step works on nothing that has none."""
        assert self.request.ticket is not None  # noqa: S101 - `access_to_do` gives no other
        return self.request.ticket

    @property
    def account(self) -> Named:
        """The account, which is known since there is a ticket."""
        assert self.request.account is not None  # noqa: S101 - it is kept with the ticket
        return self.request.account

    def again(self) -> "Case":
        """Return the case as the ledger has it now."""
        known = self.desk.ledger.access_request(self.request.id)
        return replace(self, request=known or self.request)

    def rounds(self) -> int:
        """Return how often what is asked for was changed: each time is asked about anew."""
        trail = self.desk.ledger.access_trail(self.request.id)
        return sum(entry.step == CHANGED for entry in trail)

    def those(self, *states: AccessState) -> tuple[AccessRecord, ...]:
        """Return the people in these states."""
        return tuple(each for each in self.request.records if each.state in states)

    def is_settling(self, since: datetime) -> bool:
        """Whether BMS's search may not show yet what was made at that moment."""
        return self.desk.clock() < since + self.services.search_settle

    # --- what is written to BMS --------------------------------------------------------------

    def is_noted(self, name: str) -> bool:
        """Whether the note of this name stands, or BMS would not have it."""
        once = self.once
        return once.is_done(f"{NOTE}{name}") or once.refusal(f"{NOTE}{name}") is not None

    def note(self, name: str, text: str, *, is_public: bool = False) -> None:
        """Put a note onto the ticket, once for its name; a refusal is told in the trail."""
        if self.is_noted(name):
            return
        gateway, ticket_id = self.desk.gateway, self.ticket.id
        reference = f"{self.request.request_key}-{_short(f'{self.request.id} {name}')}"

        def make() -> Made:
            at = self.desk.clock()
            if not is_public:
                return Made(gateway.add_internal_note(ticket_id, text, reference=reference, at=at))
            return Made(
                gateway.add_client_note(ticket_id, text, reference=reference, at=at, status=None)
            )

        find = partial(find_note, self.services, ticket_id, reference)
        try:
            self.once.make(f"{NOTE}{name}", find=find, make=make)
        except RequestRejected as refusal:
            self.tell("note", f"BMS refused a note ({refusal.message}): {text}")

    def give_status(self, name: NameOrId | None, why: str) -> None:
        """Give the ticket a status, once for `why`; None leaves it alone."""
        operation = f"{STATUS}{why}"
        if name is None or self.once.refusal(operation) is not None:
            return
        try:
            self.once.repeat_until_done(operation, partial(self._set_status, name))
        except (RequestRejected, NameUnresolved) as refusal:
            log.warning("the status was not set", reason=refusal.message)
            self.tell("status", f"the ticket was not set to {name}: {refusal.message}")

    def _set_status(self, name: NameOrId) -> int:
        status = self.desk.gateway.resolve(Lookup.STATUS, name)
        if self.desk.gateway.set_status(self.ticket.id, status) is None:
            raise RequestRejected("BMS answered well and shows another one")
        return status.id

    # --- what is mailed ----------------------------------------------------------------------

    def post(self, letter: Letter, limits: Sequence[Limit]) -> bool:
        """Put a letter into the outbox, once; return whether it is on its way.

        Also one that an attempt put there which died, unless it was given up.
        """
        office = self.services.post
        if office is None:
            return False
        office.outbox.post(letter, limits, stamp=self.desk.stamp())
        know_letters(self.services, self.request.request_key, self.ticket.id)
        known = office.outbox.posts_of(letter.request_key)
        return any(
            each.letter.unique_key == letter.unique_key and each.state is not PostState.GIVEN_UP
            for each in known
        )

    # --- the ledger --------------------------------------------------------------------------

    def tell(self, step: str, text: str, record: AccessRecord | None = None) -> None:
        """Add a line to the trail."""
        record_id = record.id if record else None
        self.desk.ledger.tell_access(
            self.request.id, step=step, text=text, record_id=record_id, stamp=self.desk.stamp()
        )

    def park(self, record: AccessRecord, reason: str, remedy: str) -> None:
        """Let one person wait for a human; the ledger keeps when that was found out last."""
        self.desk.ledger.set_access_state(
            record.id,
            AccessState.PARKED,
            expected={record.state},
            reason=reason,
            remedy=remedy,
            stamp=self.desk.stamp(),
        )


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
