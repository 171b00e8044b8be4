"""What the step `accounts` would do next, for whoever wants to see it first. Changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connector.accounts.eligibility import approved_by_itself, may_approve
from connector.accounts.model import AccessKind, AccessState, Channel
from connector.accounts.schedule import next_look
from connector.errors import Action, ConnectorError, action_for
from connector.pipeline.accounts.case import Case
from connector.pipeline.accounts.letters import can_link
from connector.pipeline.accounts.provisioning import to_provision
from connector.pipeline.accounts.wording import people_words
from connector.pipeline.services import Services
from connector.ports.post import PostKind

Call = Mapping[str, object]

ADD_NOTE = "POST /v2/servicedesk/tickets/{ticketId}/notes"
CREATE_CONTACT = "POST /v2/crm/contacts/summary"
COMPLETE = "PATCH /v2/servicedesk/tickets/{ticketId}"


@dataclass(slots=True)
class PlannedAccess:
    """The calls and letters of the step, and what kept it from planning more."""

    calls: list[Call] = field(default_factory=list)
    letters: list[Call] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)


def planned_access(services: Services) -> PlannedAccess:
    """Return the next thing to do for every access request that a run would look at.

    BMS is read, as a run would; what follows from that next thing is the run's to see.
    """
    planned, desk = PlannedAccess(), services.access
    for request in desk.ledger.access_to_do(now=services.clock()) if desk else ():
        assert desk is not None  # noqa: S101 - else there is no request
        try:
            _plan(Case(services, desk, request), planned)
        except ConnectorError as error:
            planned.errors.append(error)
            if action_for(error) in (Action.STOP_RUN, Action.END_RUN):
                break
    return planned


def _plan(case: Case, planned: PlannedAccess) -> None:
    if case.request.awaits_approval:
        _plan_approval(case, planned)
    if case.request.kind is not AccessKind.LOGIN:
        return
    planned.calls += _contacts_to_create(case)
    planned.calls += _grants_to_tell(case)


def _plan_approval(case: Case, planned: PlannedAccess) -> None:
    pocs = case.desk.gateway.points_of_contact(case.account.id)
    rules, look = case.desk.rules, next_look(case.request, case.desk.clock())
    if case.rounds() == 0 and isinstance(approved_by_itself(case.request, pocs, rules), tuple):
        planned.calls.append(_note(case, f"approved, {Channel.REQUEST}"))
        return
    eligible = [p for p in pocs if may_approve(p, case.request, rules, case.account) is None]
    if look.expire:
        planned.calls.append(_note(case, "expired"))
    elif not eligible:
        planned.calls.append(_note(case, "held: nobody may approve it"))
    elif look.ask or look.remind:
        planned.calls.append(_note(case, "reminded" if look.remind else "asked for approval"))
        whom = eligible if can_link(case) else []
        planned.letters += [_letter(case, poc.address) for poc in whom]


def _contacts_to_create(case: Case) -> Iterator[Call]:
    for record in to_provision(case):
        if not case.desk.gateway.contacts_everywhere(record.person.address):
            body = {
                "FirstName": record.person.first_name,
                "LastName": record.person.last_name,
                "AccountId": case.account.id,
                "EmailAddress": record.person.address,
            }
            yield _call(case, CREATE_CONTACT, body)


def _grants_to_tell(case: Case) -> Iterator[Call]:
    waiting = case.those(AccessState.AWAITING_GRANT)
    ids = [record.contact_id for record in waiting if record.contact_id is not None]
    if not ids:
        return
    found = case.desk.gateway.contacts_with_ids(ids)
    granted = {each.id for each in found if each.has_portal_access}
    if granted >= set(ids) and not to_provision(case):
        yield _note(case, "ready")
        yield _call(case, COMPLETE, {"status": case.services.rulebook.statuses.completed})


def _note(case: Case, what: str) -> Call:
    words = f"access request of {people_words(case.request.records)}: {what}"
    return _call(case, ADD_NOTE, {"Details": words})


def _call(case: Case, call: str, body: Mapping[str, object]) -> Call:
    return {"request": case.request.request_key, "call": call, "body": body}


def _letter(case: Case, address: str) -> Call:
    return {"request": case.request.request_key, "kind": PostKind.NOTICE.value, "to": address}
