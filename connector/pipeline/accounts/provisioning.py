"""Provisioning what was approved: the contact, then the grant; each step looks before it acts.

A re-run goes on where an earlier one stopped: the contact is found by its address, and the steps
for the technician stand on the ticket once.
"""

from dataclasses import replace

from connector.accounts.model import AccessRecord, AccessState
from connector.accounts.schedule import HELD_LOOK
from connector.domain.tenant import ContactDraft, ContactEntry
from connector.errors import NameUnresolved, RequestRejected
from connector.pipeline.accounts.case import NOTE, Case
from connector.pipeline.accounts.wording import person_words
from connector.pipeline.delivering.contacts import contact_operation, find_or_create_contact
from connector.pipeline.delivering.once import Once

TRY_AGAIN = "Mend it in BMS; it is tried again every hour. Or withdraw it: accounts withdraw"
STEPS = "grant steps of "


def to_provision(case: Case) -> tuple[AccessRecord, ...]:
    """Return the people who are approved; those whom BMS stopped once an hour."""
    before = case.desk.clock() - HELD_LOOK
    again = (each for each in stopped(case) if not each.updated_at or each.updated_at <= before)
    return (*case.those(AccessState.APPROVED), *again)


def stopped(case: Case) -> tuple[AccessRecord, ...]:
    """Return the people who are approved and whom something in BMS stops."""
    return tuple(each for each in case.request.records if each.is_stopped)


def provision(case: Case, record: AccessRecord) -> bool:
    """Find or create the contact of one person, and let it await the grant; False: it is parked.

    Raises whatever BMS raises that says nothing against this one person.
    """
    try:
        _must_be_an_account(case)
        draft = _draft(case, record)
        contact_id = find_or_create_contact(_who_creates(case, draft), draft)
        _grant(case, record, contact_id)
    except (RequestRejected, NameUnresolved) as refusal:
        case.park(record, refusal.message, TRY_AGAIN)
        return False
    case.desk.ledger.set_access_state(
        record.id,
        AccessState.AWAITING_GRANT,
        expected={AccessState.APPROVED, AccessState.PARKED},
        contact_id=contact_id,
        stamp=case.desk.stamp(),
    )
    return True


def _who_creates(case: Case, draft: ContactDraft) -> Once:
    """Return the access request that creates a contact: whichever began to, while it may not show.

    BMS's search lags, so that a second request for the same person would create it once more.
    """
    operation = contact_operation(draft.address)
    for key, intent in case.desk.intents.everybodys(operation).items():
        is_settling = case.is_settling(intent.last_attempt_at) and intent.refused is None
        if intent.is_unclear or is_settling:
            return replace(case.once, key=key)
    return case.once


def _draft(case: Case, record: AccessRecord) -> ContactDraft:
    person, account = record.person, case.account
    return ContactDraft(
        first_name=person.first_name,
        last_name=person.last_name,
        address=person.address,
        account=account,
        location_id=case.desk.gateway.main_location(account.id),
        phone=person.phone or None,
    )


def _must_be_an_account(case: Case) -> None:
    if case.desk.is_catch_all(case.account):
        raise RequestRejected("nobody is given access on the catch-all account")


def _grant(case: Case, record: AccessRecord, contact_id: int) -> None:
    """Do the grant step, where something else than a technician does it."""
    if case.desk.grant is None:
        return
    found = case.desk.gateway.contacts_with_ids([contact_id])
    if not any(each.has_portal_access for each in found):  # one just created may not show yet
        case.desk.grant.grant(contact_id, record.person.address, record.person.role)


def put_steps_on_ticket(case: Case, contacts: dict[int, ContactEntry]) -> None:
    """Put the steps that a technician has to do onto the ticket, for each person once.

    `contacts` are those of the people who await the grant, by the ids of their records. The note
    is named after the people in it: so the ledger knows who stands on which.
    """
    if case.desk.grant is not None:
        return
    covered: set[int] = set()
    for operation, intent in case.once.book.intents(case.once.key).items():
        if not operation.startswith(f"{NOTE}{STEPS}"):
            continue
        ids = [int(each) for each in operation.removeprefix(f"{NOTE}{STEPS}").split()]
        covered.update(ids)
        if intent.is_unclear:
            _note_steps(case, ids, contacts)
    left = [
        each.id
        for each in case.those(AccessState.AWAITING_GRANT)
        if each.id in contacts and each.id not in covered
    ]
    if left:
        _note_steps(case, left, contacts)


def _note_steps(case: Case, ids: list[int], contacts: dict[int, ContactEntry]) -> None:
    records = [each for each in case.request.records if each.id in ids]
    lines = [
        "Approved: please grant access to the client portal. In BMS, for each of these people:",
        "1. CRM > Contacts > the contact > Edit > Client Portal Access",
        "2. Has Client Portal Access: Yes",
        "3. User Name: the e-mail address; Security Role: as below; Save",
        "",
    ]
    lines += [_person_line(record, contacts.get(record.id)) for record in records]
    lines += [
        "",
        "BMS mails the link for a password, which works for 24 hours. Then add an internal note "
        "that the role is as above: it cannot be read back. The connector sees by itself that "
        "access is there, tells everybody and completes this ticket.",
    ]
    case.note(f"{STEPS}{' '.join(map(str, ids))}", "\n".join(lines))


def _person_line(record: AccessRecord, contact: ContactEntry | None) -> str:
    person = record.person
    line = f"- {person_words(person)}: user name {person.address}, role {person.role}"
    if contact is None:
        return line
    spelt = contact.name.strip()
    if spelt and spelt.casefold() != person.name.casefold():
        line += f" (the contact is called {spelt} in BMS)"
    return line
