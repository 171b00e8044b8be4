"""From the mail that asks for a portal login to the ticket that is completed."""

from support.access_office import ANA_ADDRESS, MARTA_ADDRESS, Office
from support.correspondence import status_of

from connector.accounts.model import AccessState
from connector.errors import ExitCode


def test_the_verified_mail_of_a_point_of_contact_becomes_a_login_and_a_completed_ticket(
    office: Office,
) -> None:
    report = office.arrives(verdict="pass")
    assert report.exit_code is ExitCode.DONE, report.problems
    assert office.state() is AccessState.AWAITING_GRANT
    assert office.contacts(ANA_ADDRESS) == 1
    awaits, approved, steps = office.notes()
    assert "awaits the approval" in awaits
    assert "approved by Marta Ruiz" in approved
    assert "by the request itself" in approved
    assert f"user name {ANA_ADDRESS}, role External User" in steps

    office.desk.sandbox.person.grant_portal_access(ANA_ADDRESS, "External User")
    report = office.sync()
    assert report.exit_code is ExitCode.DONE, report.problems
    assert office.state() is AccessState.ACTIVE
    [ready] = office.mails_to(MARTA_ADDRESS)
    assert "can now sign in" in ready
    assert ANA_ADDRESS in ready
    assert "is ready for: Ana Lopez" in office.notes(public=True)[0]
    ticket = office.request.ticket
    assert ticket is not None
    assert status_of(office.desk, ticket.id) == "Completed"

    before = len(office.desk.sandbox.exchanges)
    office.sync()
    assert [each.endpoint for each in office.desk.sandbox.exchanges[before:]] == []
