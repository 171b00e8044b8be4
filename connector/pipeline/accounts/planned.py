"""What the step `accounts` would do next, for whoever wants to see it first. Changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from connector.accounts.eligibility import is_complete, may_approve
from connector.accounts.model import AccessKind, AccessRecord, AccessState
from connector.accounts.schedule import next_look
from connector.domain.tenant import ContactEntry, NameOrId
from connector.errors import Action, ConnectorError, action_for
from connector.pipeline.accounts.asking import own_approvals, tell_asked, tell_held
from connector.pipeline.accounts.case import STATUS, Case
from connector.pipeline.accounts.granting import finish, remind
from connector.pipeline.accounts.provisioning import put_steps_on_ticket, to_provision
from connector.pipeline.accounts.telling import tell_decisions
from connector.pipeline.accounts.wording import people_words
from connector.pipeline.dry_run.planned_calls import ADD_NOTE, Call
from connector.pipeline.services import Services
from connector.ports.post import Letter, Limit

CREATE_CONTACT = "POST /v2/crm/contacts/summary"
SET_STATUS = "PATCH /v2/servicedesk/tickets/{ticketId}"


@dataclass(slots=True)
class PlannedAccess:
    """The calls and letters of the step, and what kept it from planning more."""

    calls: list[Call] = field(default_factory=list)
    letters: list[Call] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlannedCase(Case):
    """A case whose notes, statuses and letters are planned instead of made."""

    planned: PlannedAccess

    def note(self, name: str, text: str, *, is_public: bool = False) -> None:
        """Plan a note that does not stand yet."""
        if not self.is_noted(name):
            self.call(ADD_NOTE, {"Details": text, "IsInternal": not is_public})

    def give_status(self, name: NameOrId | None, why: str) -> None:
        """Plan a status that was not given yet."""
        operation, once = f"{STATUS}{why}", self.once
        if name is not None and not once.is_done(operation) and once.refusal(operation) is None:
            self.call(SET_STATUS, {"status": name})

    def post(self, letter: Letter, limits: Sequence[Limit]) -> bool:  # noqa: ARG002 - as `Case`
        """Plan a letter."""
        key, kind = self.request.request_key, letter.kind.value
        self.planned.letters.append({"request": key, "kind": kind, "to": letter.recipient})
        return True

    def tell(self, step: str, text: str, record: AccessRecord | None = None) -> None:
        """Leave the trail as it is."""

    def call(self, call: str, body: Mapping[str, object]) -> None:
        """Plan a call of any other kind."""
        key = self.request.request_key
        self.planned.calls.append({"request": key, "call": call, "body": body})

    def becomes(self, state: AccessState, *records: AccessRecord) -> "PlannedCase":
        """Return the case as it is once these people have come to `state`."""
        ids = {each.id for each in records}
        now = self.desk.clock()
        then = tuple(
            replace(each, state=state, updated_at=now) if each.id in ids else each
            for each in self.request.records
        )
        return replace(self, request=replace(self.request, records=then))


def planned_access(services: Services) -> PlannedAccess:
    """Return what a run would do for every access request that it would look at.

    BMS is read, as a run would. What BMS would have to answer first, such as whether a technician
    has granted access, is taken as it is now.
    """
    planned, desk = PlannedAccess(), services.access
    for request in desk.ledger.access_to_do(now=services.clock()) if desk else ():
        assert desk is not None  # noqa: S101 - else there is no request
        try:
            _plan(PlannedCase(services, desk, request, planned))
        except ConnectorError as error:
            planned.errors.append(error)
            if action_for(error) in (Action.STOP_RUN, Action.END_RUN):
                break
    return planned


def _plan(case: PlannedCase) -> None:
    if case.request.awaits_approval:
        case = _plan_approval(case)
    else:
        tell_decisions(case)
    if case.request.kind is AccessKind.LOGIN:
        _plan_login(case)


def _plan_approval(case: PlannedCase) -> PlannedCase:
    pocs = case.desk.gateway.points_of_contact(case.account.id)
    rules, look = case.desk.rules, next_look(case.request, case.desk.clock())
    awaiting = case.those(AccessState.AWAITING_APPROVAL)
    own = own_approvals(case, pocs)
    case = replace(case, request=replace(case.request, approvals=(*case.request.approvals, *own)))
    if is_complete(case.request, case.request.approvals, pocs, rules):
        case = case.becomes(AccessState.APPROVED, *awaiting)
    tell_decisions(case)
    if not case.request.awaits_approval:
        return case
    if look.expire:
        case = case.becomes(AccessState.EXPIRED, *awaiting)
        tell_decisions(case)
        return case
    eligible = [p for p in pocs if may_approve(p, case.request, rules, case.account) is None]
    if not eligible:
        tell_held(case, pocs)
    elif look.ask or look.remind:
        tell_asked(case, eligible, look)
    return case


def _plan_login(case: PlannedCase) -> None:
    """Plan contacts, the steps for a technician, and the end where access is there already."""
    case, contacts = _with_contacts(case)
    waiting = case.those(AccessState.AWAITING_GRANT)
    granted = [r for r in waiting if r.id in contacts and contacts[r.id].has_portal_access]
    case = case.becomes(AccessState.ACTIVE, *granted)
    left = {number: each for number, each in contacts.items() if not each.has_portal_access}
    put_steps_on_ticket(case, left)
    remind(case)
    finish(case)


def _with_contacts(case: PlannedCase) -> tuple[PlannedCase, dict[int, ContactEntry]]:
    """Return the case once everybody has a contact, and the contacts by record."""
    waiting = case.those(AccessState.AWAITING_GRANT)
    ids = {each.contact_id: each.id for each in waiting if each.contact_id is not None}
    known = case.desk.gateway.contacts_with_ids(sorted(ids)) if ids else ()
    contacts = {ids[each.id]: each for each in known}
    for record in to_provision(case):
        found = case.desk.gateway.contacts_everywhere(record.person.address)
        if any(e.account_id != case.account.id or not e.is_active for e in found):
            case.call(ADD_NOTE, {"Details": f"parked: {people_words([record])}"})
            continue
        contacts[record.id] = found[0] if found else _created(case, record)
        case = case.becomes(AccessState.AWAITING_GRANT, record)
    return case, contacts


def _created(case: PlannedCase, record: AccessRecord) -> ContactEntry:
    person, account = record.person, case.account
    body = {
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "AccountId": account.id,
        "EmailAddress": person.address,
    }
    case.call(CREATE_CONTACT, body)
    return ContactEntry(0, account.id, account.name, is_active=True, name=person.name)
