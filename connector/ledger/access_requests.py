"""Access requests in the ledger: opened once, tied to their tickets, found, and looked at in time.

What is decided about them is in `access_decisions`, their links in `access_tokens`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from connector.accounts.model import (
    AccessKind,
    AccessRequest,
    AccessState,
    NewAccess,
    Person,
)
from connector.domain.tenant import Named, TicketRef
from connector.ledger.access_baseline import AccessBaseline
from connector.ledger.access_decisions import AccessDecisions, keep_digest, void
from connector.ledger.access_intents import AccessIntents
from connector.ledger.access_rows import (
    access_of,
    access_of_record,
    changing,
    entry,
    insert,
    person_params,
    read_access,
    tell,
    the_access,
    who,
)
from connector.ledger.columns import storable, time_text, time_text_if_any
from connector.ledger.database import Database, Params, Transaction
from connector.ports import Stamp
from connector.ports.accounts import AccessEntry

NOBODY = Person("", "", "")
"""Whom a request is about that names nobody: it still has a record, and so an id to type."""

OF_TICKETS = """
    SELECT id FROM access_requests
    WHERE ticket_id IS NOT NULL AND (
        id IN (SELECT id FROM access_requests WHERE look_at <= :now)
        OR (kind = 'login' AND id IN (SELECT access_id FROM access_people WHERE state IN :at_work))
    )
    ORDER BY id
"""


class AccessRequests(AccessDecisions, AccessBaseline):
    """The part of the ledger behind portal logins (`ports.accounts.AccessLedger`)."""

    database: Database

    @property
    def access_intents(self) -> AccessIntents:
        """The book for what the step `accounts` creates, whose keys are `access ID`."""
        return AccessIntents(self.database)

    def open_access(self, new: NewAccess, *, stamp: Stamp) -> AccessRequest:
        """Open an access request, once for its `request_key`; the same again returns what is there.

        Its people begin as awaiting approval, or parked as `new.parked` says. One that names
        nobody is about a person without a name.
        """
        with changing(self.database) as tx:
            known = access_of(tx, "request_key = :key", {"key": new.request_key})
            if known is not None:
                return known
            people = new.people or (NOBODY,)
            access_id = insert(tx, "access_requests", _opened(new, stamp))
            for person in people:
                _add_person(tx, access_id, person, new.parked.get(person.address), stamp)
            keep_digest(tx, the_access(tx, access_id))
            return the_access(tx, access_id)

    def access_has_ticket(
        self, request_key: str, account: Named, ticket: TicketRef, *, stamp: Stamp
    ) -> None:
        """Keep account and ticket of an access request that was opened before them.

        Its account is called as BMS calls it from then on; where that is another name, what was
        approved is void.
        """
        with changing(self.database) as tx:
            known = access_of(tx, "request_key = :key", {"key": request_key})
            if known is None:
                raise KeyError(request_key)
            if (known.account, known.ticket) == (account, TicketRef(ticket.id, ticket.number)):
                return
            tx.execute(
                """
                UPDATE access_requests
                SET account_id = :account_id, account_name = :account_name,
                    account_folded = :account_folded, ticket_id = :ticket_id,
                    ticket_number = :ticket_number, look_at = :at
                WHERE id = :id
                """,
                {
                    "id": known.id,
                    **_account(account.name, account.id),
                    "ticket_id": ticket.id,
                    "ticket_number": storable(ticket.number),
                    "at": time_text(stamp.at),
                },
            )
            text = f"ticket {ticket.number}, id {ticket.id}, of {account.name}"
            tell(tx, known.id, step="ticket", text=text, stamp=stamp)
            void(tx, the_access(tx, known.id), stamp)

    # --- finding -----------------------------------------------------------------------------

    def access_request(self, access_id: int) -> AccessRequest | None:
        """Return one access request."""
        return self._access_of("id = :id", {"id": access_id})

    def access_of_request(self, request_key: str) -> AccessRequest | None:
        """Return the access request that came with a request."""
        return self._access_of("request_key = :key", {"key": request_key})

    def access_of_ticket(self, ticket_id: int) -> AccessRequest | None:
        """Return the access request whose ticket it is."""
        return self._access_of("ticket_id = :id", {"id": ticket_id})

    def access_of_record(self, record_id: int) -> AccessRequest | None:
        """Return the access request in which this person is."""
        with self.database.snapshot() as tx:
            return access_of_record(tx, record_id)

    def access_to_do(self, *, now: datetime) -> Sequence[AccessRequest]:
        """Return access requests with a ticket whose `look_at` has come, oldest first.

        Also logins with anybody approved or awaiting the grant, whatever `look_at` says.
        """
        at_work = [AccessState.APPROVED.value, AccessState.AWAITING_GRANT.value]
        with self.database.snapshot() as tx:
            rows = tx.all(OF_TICKETS, {"now": time_text(now), "at_work": at_work})
            return read_access(tx, [row["id"] for row in rows])

    def listed_access(
        self,
        *,
        states: Collection[AccessState] = (),
        account: str | None = None,
        kind: AccessKind | None = None,
    ) -> Sequence[AccessRequest]:
        """Return access requests with any record in these states (none given: all), newest first.

        `account` compares names without case.
        """
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT id FROM access_requests
                WHERE (:any_account = 1 OR account_folded = :account)
                    AND (:any_kind = 1 OR kind = :kind)
                    AND (:any_state = 1 OR id IN (
                        SELECT access_id FROM access_people WHERE state IN :states
                    ))
                ORDER BY id DESC
                """,
                {
                    "any_account": int(account is None),
                    "account": _folded(account or ""),
                    "any_kind": int(kind is None),
                    "kind": "" if kind is None else kind.value,
                    "any_state": int(not states),
                    "states": [state.value for state in states],
                },
            )
            return read_access(tx, [row["id"] for row in rows])

    def _access_of(self, condition: str, params: Params) -> AccessRequest | None:
        with self.database.snapshot() as tx:
            return access_of(tx, condition, params)

    # --- looking again, and the trail --------------------------------------------------------

    def schedule_access(  # noqa: PLR0913 - each is a column
        self,
        access_id: int,
        *,
        look_at: datetime | None,
        asked_at: datetime | None = None,
        reminded_at: datetime | None = None,
        expires_at: datetime | None = None,
        held: str | None = None,
        unless_changed: AccessRequest | None = None,
        stamp: Stamp,
    ) -> None:
        """Keep when to look again, and what was done. None leaves a value as it is, but `look_at`.

        `unless_changed` is the request as it was read: where somebody decided or changed it since,
        its `look_at` stays. The trail tells when nobody can approve it, and when somebody can
        again.
        """
        with changing(self.database) as tx:
            known = the_access(tx, access_id)
            if unless_changed is not None and unless_changed.look_at != known.look_at:
                look_at = known.look_at
            tx.execute(
                """
                UPDATE access_requests
                SET look_at = :look_at, asked_at = COALESCE(:asked_at, asked_at),
                    reminded_at = COALESCE(:reminded_at, reminded_at),
                    expires_at = COALESCE(:expires_at, expires_at), held = COALESCE(:held, held)
                WHERE id = :id
                """,
                {
                    "id": access_id,
                    "look_at": time_text_if_any(look_at),
                    "asked_at": time_text_if_any(asked_at),
                    "reminded_at": time_text_if_any(reminded_at),
                    "expires_at": time_text_if_any(expires_at),
                    "held": None if held is None else storable(held),
                },
            )
            if held is not None and held != known.held:
                text = held or "somebody can approve it now"
                tell(tx, access_id, step="held", text=text, stamp=stamp)

    def tell_access(
        self, access_id: int, *, step: str, text: str, record_id: int | None = None, stamp: Stamp
    ) -> None:
        """Add a line to the trail."""
        with changing(self.database) as tx:
            the_access(tx, access_id)
            tell(tx, access_id, step=step, text=text, stamp=stamp, record_id=record_id)

    def access_trail(self, access_id: int) -> Sequence[AccessEntry]:
        """Return the trail, oldest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                "SELECT * FROM access_journal WHERE access_id = :id ORDER BY id",
                {"id": access_id},
            )
        return [entry(row) for row in rows]


def _opened(new: NewAccess, stamp: Stamp) -> dict[str, object]:
    name = new.account.name if new.account else new.account_name
    return {
        "kind": new.kind.value,
        "request_key": new.request_key,
        **_account(name, new.account.id if new.account else None),
        "requester_name": storable(new.requester.name) if new.requester else None,
        "requester_address": storable(new.requester.address) if new.requester else None,
        "subject": storable(new.subject),
        "text_digest": new.text_digest,
        "vouched": storable(new.vouched),
        "not_vouched": storable(new.not_vouched),
        "digest": "",  # of what is kept, so after the people
        "requested_at": time_text(new.requested_at),
        "held": "",
        "look_at": time_text(stamp.at),
    }


def _account(name: str, account_id: int | None) -> dict[str, object]:
    return {
        "account_id": account_id,
        "account_name": storable(name),
        "account_folded": storable(_folded(name)),
    }


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _add_person(
    tx: Transaction, access_id: int, person: Person, parked: str | None, stamp: Stamp
) -> None:
    state = AccessState.AWAITING_APPROVAL if parked is None else AccessState.PARKED
    values = {
        "access_id": access_id,
        **person_params(person),
        "state": state.value,
        "reason": storable(parked or ""),
        "remedy": "",
        "updated_at": time_text(stamp.at),
    }
    record_id = insert(tx, "access_people", values)
    text = f"asked for: {who(person)}" + (f"; parked: {parked}" if parked is not None else "")
    tell(tx, access_id, step="opened", text=text, stamp=stamp, record_id=record_id)
