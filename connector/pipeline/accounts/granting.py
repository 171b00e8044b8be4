"""Verifying grants by `HasClientPortalAccess`, reminding, and the end: everybody is told."""

from collections.abc import Mapping
from datetime import timedelta

from connector.accounts.model import AccessRecord, AccessState
from connector.domain.tenant import ContactEntry
from connector.mapping.domains import normal_address
from connector.pipeline.accounts.case import Case
from connector.pipeline.accounts.letters import Addressee, requester_on_record, tell_ready
from connector.pipeline.accounts.provisioning import TRY_AGAIN, put_steps_on_ticket
from connector.pipeline.accounts.wording import ids_words, people_words

UNDONE_AFTER = timedelta(days=2)
UNDONE_AGAIN = timedelta(days=7)

Contacts = Mapping[int, ContactEntry]
"""Contacts as BMS has them this moment, by id."""


def take_in_grants(case: Case, contacts: Contacts) -> Case:
    """Let those who have portal access by now be active, and tell a technician of the others."""
    by_record: dict[int, ContactEntry] = {}
    for record in case.those(AccessState.AWAITING_GRANT):
        contact = contacts.get(record.contact_id or 0)
        if contact is None and record.updated_at and case.is_settling(record.updated_at):
            continue  # the next run sees it
        wrong = _what_is_wrong(case, record, contact)
        if contact is None or wrong is not None:
            case.park(record, wrong or "its contact is not known", TRY_AGAIN)
        elif contact.has_portal_access:
            _activate(case, record)
        else:
            by_record[record.id] = contact
    case = case.again()
    if case.those(AccessState.AWAITING_GRANT):
        put_steps_on_ticket(case, by_record)
        remind(case)
    return case


def _what_is_wrong(case: Case, record: AccessRecord, contact: ContactEntry | None) -> str | None:
    if contact is None:
        return f"contact {record.contact_id} is gone from BMS"
    if contact.account_id != case.account.id:
        return f"contact {contact.id} belongs to {contact.account_name} by now"
    if not contact.is_active:
        return f"contact {contact.id} is not active"
    return None


def _activate(case: Case, record: AccessRecord) -> None:
    case.desk.ledger.set_access_state(
        record.id,
        AccessState.ACTIVE,
        expected={AccessState.AWAITING_GRANT},
        stamp=case.desk.stamp(),
    )


def remind(case: Case) -> None:
    """Remind of grants that stay undone: after two days, then every week."""
    waiting = case.those(AccessState.AWAITING_GRANT)
    since = min((each.updated_at for each in waiting if each.updated_at), default=None)
    if since is None or case.desk.clock() - since < UNDONE_AFTER:
        return
    count = (case.desk.clock() - since - UNDONE_AFTER) // UNDONE_AGAIN
    case.note(
        f"grant undone {since.isoformat()} {count}",
        f"Access request {ids_words(waiting)} was approved, and access to the client portal is "
        f"still to be granted: {people_words(waiting)}. The steps are in an earlier note.",
    )


def finish(case: Case) -> None:
    """Tell requester and approvers, and complete the ticket, once everybody has their access."""
    active = case.those(AccessState.ACTIVE)
    if case.request.is_open or not active:
        return
    if not case.is_noted("ready"):
        tell_ready(case, active, _whom(case))
        text = f"Access to the client portal is ready for: {people_words(active)}."
        case.note("ready", text, is_public=True)
    case.give_status(case.services.rulebook.statuses.completed, "completed")


def _whom(case: Case) -> list[Addressee]:
    """Return requester and approvers, each once, at their addresses on record."""
    counting = (a for a in case.request.approvals if a.counts_for(case.request.digest))
    approvers = {normal_address(each.approver) for each in counting if each.approved}
    pocs = case.desk.gateway.points_of_contact(case.account.id)
    found = [Addressee.of(poc) for poc in pocs if normal_address(poc.address) in approvers]
    whom = {normal_address(each.address): each for each in [*requester_on_record(case), *found]}
    return list(whom.values())
