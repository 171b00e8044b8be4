"""An access request is opened in the ledger once its ticket stands, and tied to it."""

from connector.accounts.content import text_digest_of
from connector.accounts.model import AccessKind, AccessRequest, AccessState, NewAccess, Person
from connector.accounts.people_text import PersonRead, missing_in, people_in
from connector.accounts.vouching import vouched_by
from connector.domain.plan import Plan
from connector.domain.request import Request
from connector.domain.tenant import TicketRef
from connector.mapping.render import one_line
from connector.pipeline.accounts.wording import ids_words, people_words
from connector.pipeline.services import Services

KINDS = {"login": AccessKind.LOGIN, "access": AccessKind.OTHER}
ON_CATCH_ALL = "on the catch-all account nobody can approve it"
ASK_ON_ACCOUNT = (
    "Once it is clear whose request it is, ask for it with: bms-connector accounts request"
)
SAY_WHO = "The requester answers on the ticket with lines like Name: First Last, Email: a@b.example"


def open_for(services: Services, request: Request, plan: Plan) -> str:
    """Open the access request of a ticket that was just made, once; return what its note says.

    Empty when the request asks for no access. One that a command opened before gets its ticket.
    """
    desk, record = services.access, services.ledger.get(plan.key)
    if desk is None or plan.approval is None or record is None or record.ticket_id is None:
        return ""
    stamp, account = services.stamp(), plan.draft.account
    desk.ledger.open_access(new_access(services, request, plan), stamp=stamp)
    ticket = TicketRef(record.ticket_id, record.ticket_number or "")
    desk.ledger.access_has_ticket(plan.key, account, ticket, stamp=stamp)
    opened = desk.ledger.access_of_request(plan.key)
    return opened_words(opened, request) if opened else ""


def new_access(services: Services, request: Request, plan: Plan) -> NewAccess:
    """Return the access request that a ticket is about."""
    account, desk = plan.draft.account, services.access
    kind = KINDS[plan.approval or "access"]
    read = people_read(request)
    if kind is AccessKind.OTHER:
        read = read[:1]  # its approval is about the words of the request, whomever they name
    vouching = vouched_by(request)
    is_nobodys = desk is not None and desk.is_catch_all(account)
    parked = {each.person.address: ON_CATCH_ALL for each in read} if is_nobodys else {}
    if kind is AccessKind.LOGIN and not is_nobodys:
        parked = {p.address: missing_words(p) for p in (e.person for e in read) if missing_words(p)}
    order = request.order
    return NewAccess(
        kind=kind,
        request_key=plan.key,
        account_name=account.name,
        account=account,
        requested_at=request.received_at,
        people=tuple(each.person for each in read),
        requester=order.requested_by if order else request.sender,
        subject=one_line(request.subject) if kind is AccessKind.OTHER else "",
        text_digest=text_digest_of(request.text) if kind is AccessKind.OTHER else "",
        vouched=vouching.vouched,
        not_vouched=vouching.not_vouched,
        parked=parked,
    )


def people_read(request: Request) -> tuple[PersonRead, ...]:
    """Return whom a request asks access for; an order says it itself."""
    if request.order is not None:
        return tuple(PersonRead(person) for person in request.order.people)
    return people_in(request)


def missing_words(person: Person) -> str:
    """Return what nobody said of a person and a login needs, as a sentence; empty: nothing."""
    missing = missing_in(person)
    whom = one_line(person.name)
    about = f" of {whom}" if whom else ""
    return f"the request does not say {' and '.join(missing)}{about}" if missing else ""


def opened_words(access: AccessRequest, request: Request) -> str:
    """Return what a technician reads of an access request in the first note on its ticket."""
    remarks = [remark for each in people_read(request) for remark in each.remarks]
    lines = [*_awaiting_words(access), *_parked_words(access), *remarks]
    return "\n".join(lines)


def _awaiting_words(access: AccessRequest) -> list[str]:
    waiting = [r for r in access.records if r.state is AccessState.AWAITING_APPROVAL]
    if not waiting:
        return []
    return [
        f"Access request {ids_words(waiting)} awaits the approval of the client's point of "
        f"contact; nothing is granted before: {people_words(waiting)}."
    ]


def _parked_words(access: AccessRequest) -> list[str]:
    parked = (each for each in access.records if each.state is AccessState.PARKED)
    return [
        f"Access request {each.id} is parked: {each.reason}. "
        f"{ASK_ON_ACCOUNT if each.reason == ON_CATCH_ALL else SAY_WHO}."
        for each in parked
    ]


def planned_words(request: Request, plan: Plan) -> str:
    """Return what `opened_words` will say, of an access request that has no number yet."""
    if plan.approval is None:
        return ""
    people: list[Person] = [each.person for each in people_read(request)]
    named = ", ".join(filter(None, (one_line(each.name) or each.address for each in people)))
    return f"This access request awaits the approval of the client's point of contact: {named}."
