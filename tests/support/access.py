"""Access requests, points of contact and approvals as tests want them."""

from datetime import UTC, datetime
from typing import Any

from connector.accounts.content import digest_of
from connector.accounts.model import (
    AccessKind,
    AccessRecord,
    AccessRequest,
    AccessState,
    Approval,
    ApprovalRules,
    Channel,
    Person,
)
from connector.domain.tenant import Contact, Named

HARBOR = Named(2001, "Harbor Dental Group")
PALMETTO = Named(2002, "Palmetto Legal LLP")
NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
ANA = Person("Ana", "Lopez", "ana.lopez@harbordental.example")
LUIS = Person("Luis", "Perez", "luis.perez@harbordental.example")
RULES = ApprovalRules(
    account_domains={
        HARBOR.name: frozenset({"harbordental.example"}),
        PALMETTO.name: frozenset({"palmetto.example", "legal.harbordental.example"}),
    }
)


def poc(
    name: str = "Marta Ruiz",
    address: str = "marta.ruiz@harbordental.example",
    *,
    account: Named = HARBOR,
    is_poc: bool = True,
) -> Contact:
    """Return a point of contact as BMS has it."""
    return Contact(len(address) + 30_000, name, address, account, 2101, is_poc=is_poc)


MARTA = poc()
PETER = poc("Peter Holm", "peter.holm@harbordental.example")


def access(
    *people: Person,
    state: AccessState = AccessState.AWAITING_APPROVAL,
    kind: AccessKind = AccessKind.LOGIN,
    **values: Any,
) -> AccessRequest:
    """Return an access request of Harbor Dental for these people (Ana, where none is given)."""
    people = people or (ANA,)
    records = tuple(
        AccessRecord(number, 1, person, state) for number, person in enumerate(people, 1)
    )
    given: dict[str, Any] = {
        "account": HARBOR,
        "digest": digest_of(kind, HARBOR.name, people),
        **values,
    }
    return AccessRequest(1, kind, "k7m2p9q4r8s3", HARBOR.name, NOW, records, **given)


def approval_of(contact: Contact, request: AccessRequest, **values: Any) -> Approval:
    """Return the approval of what is asked for at present."""
    given: dict[str, Any] = {
        "channel": Channel.STAFF,
        "approved": True,
        "digest": request.digest,
        **values,
    }
    return Approval(contact.address, contact.name, at=NOW, **given)
