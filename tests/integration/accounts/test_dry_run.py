"""`sync --dry-run` says what would be done about access, and does none of it."""

from collections.abc import Callable

import pytest
from support.access_office import ANA, ANA_ADDRESS, FOR_ANA, MARTA_ADDRESS, Office
from support.correspondence import OWEN, letter
from support.endpoints import ADD_NOTE

from connector.pipeline.accounts.approving import approve, deny, withdraw
from connector.pipeline.steps import DELIVER, INTAKE


def _written(office: Office, since: int) -> list[str]:
    """Return the calls since an earlier one that write, sign-ins left aside."""
    made = (each.endpoint for each in office.desk.sandbox.exchanges[since:])
    return [each for each in made if not each.startswith(("GET", "POST /v2/security/"))]


def _dry(office: Office) -> list[str]:
    before = office.desk.dump()
    calls = len(office.desk.sandbox.exchanges)
    report = office.sync(dry_run=True)
    assert office.desk.dump() == before
    assert not _written(office, calls)
    return [str(call["call"]) for call in report.planned_calls]


def test_a_new_request_plans_the_note_that_it_awaits_approval(office: Office) -> None:
    content = letter(FOR_ANA, ANA, sender=OWEN, answers=None)
    office.desk.drop("mail.eml", content)
    report = office.sync(dry_run=True)
    [note] = [call for call in report.planned_calls if call["call"] == ADD_NOTE]
    assert "awaits the approval" in str(note["body"])


def test_it_names_whom_it_would_ask(office: Office) -> None:
    office.desk.steps = (INTAKE, DELIVER)
    office.arrives(sender=OWEN)
    office.desk.steps = (*office.desk.steps, "accounts", "notify")
    assert _dry(office) == [ADD_NOTE]
    report = office.sync(dry_run=True)
    assert [each["to"] for each in report.planned_letters] == [MARTA_ADDRESS]


def test_it_names_the_contact_that_it_would_create(office: Office) -> None:
    office.arrives(sender=OWEN)
    with office.open() as desk:
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="phone", recorded_by="Tom")
    assert "POST /v2/crm/contacts/summary" in _dry(office)
    assert office.contacts(ANA_ADDRESS) == 0


def test_it_sees_that_access_is_there(office: Office) -> None:
    office.arrives(verdict="pass")
    office.desk.sandbox.person.grant_portal_access(ANA_ADDRESS)
    assert _dry(office) == [ADD_NOTE, "PATCH /v2/servicedesk/tickets/{ticketId}"]


def _approved(office: Office) -> None:
    office.arrives(sender=OWEN)
    with office.open() as desk:
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="phone", recorded_by="Tom")


def _denied(office: Office) -> None:
    office.arrives(sender=OWEN)
    with office.open() as desk:
        deny(desk, office.record.id, reason="he left", recorded_by="Tom")


def _withdrawn(office: Office) -> None:
    office.arrives(sender=OWEN)
    with office.open() as desk:
        withdraw(desk, office.record.id, reason="asked twice", recorded_by="Tom")


def _by_itself(office: Office) -> None:
    office.desk.steps = (INTAKE, DELIVER)
    office.arrives(verdict="pass")
    office.desk.steps = (*office.desk.steps, "accounts", "notify")


def _by_itself_of_several(office: Office) -> None:
    office.approvals.append("require: all")
    office.desk.sandbox.person.set_poc("owen.price@harbordental.example")
    _by_itself(office)


def _not_asked_yet(office: Office) -> None:
    office.desk.steps = (INTAKE, DELIVER)
    office.arrives(sender=OWEN)
    office.desk.steps = (*office.desk.steps, "accounts", "notify")


def _held(office: Office) -> None:
    office.desk.sandbox.person.set_poc(MARTA_ADDRESS, is_poc=False)
    _not_asked_yet(office)


def _held_for_long(office: Office) -> None:
    _held(office)
    office.sync()
    office.desk.pass_by(hours=2)


def _to_remind(office: Office) -> None:
    office.arrives(sender=OWEN)
    office.desk.pass_by(days=2, minutes=1)


def _expired(office: Office) -> None:
    _to_remind(office)
    office.sync()
    office.desk.pass_by(days=12)


def _undone(office: Office) -> None:
    office.arrives(verdict="pass")
    office.desk.pass_by(days=3)


def _granted(office: Office) -> None:
    _approved(office)
    office.sync()
    office.desk.sandbox.person.grant_portal_access(ANA_ADDRESS)


def _had_access_before(office: Office) -> None:
    text = "Name: Owen Price\nEmail: owen.price@harbordental.example"
    office.desk.sandbox.person.grant_portal_access("owen.price@harbordental.example")
    office.desk.steps = (INTAKE, DELIVER)
    office.arrives(text=text, verdict="pass")
    office.desk.steps = (*office.desk.steps, "accounts", "notify")


def _other_approved(office: Office) -> None:
    office.approvals += ["approved_status: In Progress", "waiting_status: Waiting for Customer"]
    office.arrives("Access request", "Please give Owen access to the payroll", sender=OWEN)
    with office.open() as desk:
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="phone", recorded_by="Tom")


@pytest.mark.parametrize(
    "come_to",
    [
        _approved,
        _denied,
        _withdrawn,
        _by_itself,
        _by_itself_of_several,
        _not_asked_yet,
        _held,
        _held_for_long,
        _to_remind,
        _expired,
        _undone,
        _granted,
        _had_access_before,
        _other_approved,
    ],
)
def test_it_plans_every_writing_call_and_letter_of_the_run_after_it(
    office: Office, come_to: Callable[[Office], None]
) -> None:
    come_to(office)
    planned = _dry(office)
    letters = [each["to"] for each in office.sync(dry_run=True).planned_letters]
    calls, mails = len(office.desk.sandbox.exchanges), len(office.mailbox.mails)
    office.sync()
    assert planned == _written(office, calls)
    assert letters == [mail["To"] for mail in office.mailbox.mails[mails:]]
