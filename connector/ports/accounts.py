"""What the ledger keeps of portal logins and approvals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connector.accounts.model import (
    AccessKind,
    AccessRequest,
    AccessState,
    Approval,
    NewAccess,
    Person,
    Role,
)
from connector.domain.tenant import Named, TicketRef
from connector.ports.records import Intent, Stamp


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """A line of the trail of an access request. `record_id` is None for what concerns all of it."""

    at: datetime
    run: str
    step: str
    text: str
    record_id: int | None = None


@dataclass(frozen=True, slots=True)
class ApprovalToken:
    """A link as the ledger knows it: never the token, only its hash.

    It holds for one point of contact and one content (`digest`). `used_at` is set once it has
    approved or denied, `replaced_at` once a newer one was mailed or the content changed.
    """

    hash: str
    access_id: int
    approver: str
    digest: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    replaced_at: datetime | None = None


class AccessLedger(Protocol):
    """Access requests, their people, approvals, tokens and trail. Every method is one transaction.

    Ids are small whole numbers that people type. Nothing here is ever deleted. What names an id
    or a key that there is not raises `KeyError`, where it does not return None or False.
    """

    @property
    def access_intents(self) -> "AccessIntentBook":
        """The book for what the step `accounts` creates, whose keys are `access ID`."""
        ...

    def open_access(self, new: NewAccess, *, stamp: Stamp) -> AccessRequest:
        """Open an access request, once for its `request_key`; the same again returns what is there.

        Its people begin as awaiting approval, or parked as `new.parked` says. One that names
        nobody is about a person without a name.
        """
        ...

    def access_has_ticket(
        self, request_key: str, account: Named, ticket: TicketRef, *, stamp: Stamp
    ) -> None:
        """Keep account and ticket of an access request that was opened before them."""
        ...

    def access_request(self, access_id: int) -> AccessRequest | None:
        """Return one access request."""
        ...

    def access_of_request(self, request_key: str) -> AccessRequest | None:
        """Return the access request that came with a request."""
        ...

    def access_of_ticket(self, ticket_id: int) -> AccessRequest | None:
        """Return the access request whose ticket it is."""
        ...

    def access_of_record(self, record_id: int) -> AccessRequest | None:
        """Return the access request in which this person is."""
        ...

    def access_to_do(self, *, now: datetime) -> Sequence[AccessRequest]:
        """Return access requests with a ticket whose `look_at` has come, oldest first.

        Also those with anybody approved or awaiting the grant, whatever `look_at` says; None
        without such people means that there is nothing more to do. Opening, deciding, changing a
        person and getting a ticket set `look_at` to that moment.
        """
        ...

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
        ...

    def decide_access(
        self,
        access_id: int,
        approval: Approval,
        *,
        becomes: AccessState | None,
        token_hash: str | None = None,
        stamp: Stamp,
    ) -> bool:
        """Record an approval or denial, once per approver and content; return whether it counts.

        `becomes` moves every record that awaits approval (None: they still await others). Nothing
        is changed, and False returned, when the content is no longer `approval.digest`, when no
        record awaits approval, or when `token_hash` is given and that token is used, replaced or
        expired at `stamp.at`; else it is used up in the same transaction.
        """
        ...

    def set_access_state(
        self,
        record_id: int,
        state: AccessState,
        *,
        expected: Collection[AccessState],
        reason: str = "",
        remedy: str = "",
        contact_id: int | None = None,
        stamp: Stamp,
    ) -> bool:
        """Move one record; False, and nothing changed, unless its state is among `expected`.

        `contact_id` None keeps the one known.
        """
        ...

    def change_person(self, record_id: int, person: Person, *, stamp: Stamp) -> bool:
        """Change whom a record is about while it is not granted; voids approvals and tokens.

        The records of its request await approval anew, also those parked since they were approved;
        `asked_at`, `reminded_at` and `expires_at` are emptied. False, and nothing changed, when it
        is `awaiting_grant` or ended, or already says so. A change of what no approval binds to
        (the phone) voids nothing.
        """
        ...

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
        its `look_at` stays, so that what they did is not overlooked.
        """
        ...

    def issue_token(self, token: ApprovalToken, *, stamp: Stamp) -> None:
        """Keep a new token's hash; the same approver's earlier one for this request is replaced."""
        ...

    def token(self, token_hash: str) -> ApprovalToken | None:
        """Return what is known of a token by its hash."""
        ...

    def tell_access(
        self, access_id: int, *, step: str, text: str, record_id: int | None = None, stamp: Stamp
    ) -> None:
        """Add a line to the trail."""
        ...

    def access_trail(self, access_id: int) -> Sequence[AccessEntry]:
        """Return the trail, oldest first."""
        ...

    def accept_baseline(self, contacts: Mapping[int, str], *, stamp: Stamp) -> int:
        """Accept today's access of these contacts (address by id); return how many are new."""
        ...

    def baseline(self) -> Mapping[int, str]:
        """Return the contacts whose access was accepted by `accounts verify --baseline`."""
        ...


class Grant(Protocol):
    """Does the step of provisioning that the published API of BMS does not offer."""

    def grant(self, contact_id: int, address: str, role: Role) -> None:
        """Give a contact portal access with `address` as user name; harmless when repeated.

        Raises what the gateway's calls raise.
        """
        ...


class IntentBook(Protocol):
    """Where creating calls are kept, so that none is made twice (`pipeline.delivering.once`).

    Satisfied by the ledger for requests that a run has leased, and by
    `AccessIntents` for what the step `accounts` creates, whose keys are `access ID`.
    """

    def intents(self, key: str) -> Mapping[str, Intent]: ...

    def intend(self, key: str, operation: str, *, stamp: Stamp, remark: str = "") -> Intent: ...

    def confirm(
        self, key: str, operation: str, *, result_id: int, ticket: TicketRef | None, stamp: Stamp
    ) -> None: ...

    def refuse(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None: ...

    def withdraw(self, key: str, operation: str, *, reason: str, stamp: Stamp) -> None: ...


class AccessIntentBook(IntentBook, Protocol):
    """The book of all access requests, in which one can see what another has begun."""

    def everybodys(self, operation: str) -> Mapping[str, Intent]:
        """Return the intents of an operation by the keys of the access requests, oldest first."""
        ...
