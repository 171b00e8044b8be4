"""Access requests for tests of the ledger."""

from dataclasses import replace
from datetime import timedelta

from support.ledger_samples import NOON, at, recorded, stamp

from connector.accounts.model import (
    AccessKind,
    AccessRequest,
    AccessState,
    Approval,
    Channel,
    NewAccess,
    Person,
)
from connector.domain.mail import Mailbox
from connector.domain.tenant import Named, TicketRef
from connector.ledger.store import SqlLedger
from connector.ports.accounts import ApprovalToken

HARBOR = Named(2001, "Harbor Dental Group")
TICKET = TicketRef(70001, "1001-11172026")
ANA = Person("Ana", "Lopez", "ana.lopez@harbordental.example", "+1 305 555 0100")
BEN = Person("Ben", "Ortiz", "ben.ortiz@harbordental.example")
MARTA = "marta.ruiz@harbordental.example"
DANA = "dana@harbordental.example"


def new_access(key: str = "k1", *people: Person, **changes: object) -> NewAccess:
    """Return what opens an access request for Ana, or for these people."""
    new = NewAccess(
        kind=AccessKind.LOGIN,
        request_key=key,
        account_name=HARBOR.name,
        requested_at=NOON,
        people=people or (ANA,),
        account=HARBOR,
        requester=Mailbox("Marta Ruiz", MARTA),
    )
    return replace(new, **changes)  # type: ignore[arg-type]


def opened(ledger: SqlLedger, key: str = "k1", *people: Person, **changes: object) -> AccessRequest:
    """Record a request and open its access request; its ticket is known."""
    recorded(ledger, key)
    ledger.open_access(new_access(key, *people, **changes), stamp=stamp())
    ledger.access_has_ticket(key, HARBOR, TICKET, stamp=stamp())
    return again(ledger, key)


def again(ledger: SqlLedger, key: str = "k1") -> AccessRequest:
    """Return the access request as the ledger has it now."""
    found = ledger.access_of_request(key)
    assert found is not None
    return found


def approval(request: AccessRequest, approver: str = MARTA, **changes: object) -> Approval:
    """Return what a point of contact says about the request as it is."""
    said = Approval(
        approver=approver,
        approver_name="Marta Ruiz",
        channel=Channel.STAFF,
        approved=True,
        digest=request.digest,
        at=at(5),
        evidence="on the phone",
        recorded_by="onboarding",
    )
    return replace(said, **changes)  # type: ignore[arg-type]


def approved(ledger: SqlLedger, request: AccessRequest, *, minutes: float = 5) -> bool:
    """Record the approval that it takes."""
    return ledger.decide_access(
        request.id,
        approval(request),
        becomes=AccessState.APPROVED,
        stamp=stamp(minutes),
    )


def states(request: AccessRequest) -> list[AccessState]:
    """Return the states of its people."""
    return [record.state for record in request.records]


def token(request: AccessRequest, **changes: object) -> ApprovalToken:
    """Return the link that was mailed to Marta about a request."""
    issued = ApprovalToken(
        hash="h1",
        access_id=request.id,
        approver=MARTA,
        digest=request.digest,
        issued_at=at(1),
        expires_at=at(1) + timedelta(days=14),
    )
    return replace(issued, **changes)  # type: ignore[arg-type]
