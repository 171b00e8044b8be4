"""`sync --dry-run` says what would be done about access, and does none of it."""

from support.access_office import ANA, ANA_ADDRESS, FOR_ANA, MARTA_ADDRESS, Office
from support.correspondence import OWEN, letter
from support.endpoints import ADD_NOTE

from connector.pipeline.accounts.approving import approve
from connector.pipeline.steps import DELIVER, INTAKE


def _dry(office: Office) -> list[str]:
    before = office.desk.dump()
    calls = len(office.desk.sandbox.exchanges)
    report = office.sync(dry_run=True)
    assert office.desk.dump() == before
    made = [each.endpoint for each in office.desk.sandbox.exchanges[calls:]]
    assert not [each for each in made if not each.startswith("GET")]
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
