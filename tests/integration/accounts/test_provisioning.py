"""Provisioning: every outcome in BMS, reminders, and a crash at every step."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.access_office import ANA_ADDRESS, MARTA_ADDRESS, OWEN_ADDRESS, Office
from support.correspondence import status_of
from support.endpoints import CONTACTS
from support.killing import Killed, failing_at

from connector.accounts.model import AccessState
from connector.bms.gateway import BmsGateway
from connector.errors import ExitCode
from connector.ledger.access_intents import AccessIntents
from connector.ledger.store import SqlLedger


def _for(address: str, name: str = "Ana Lopez") -> str:
    return f"Name: {name}\nEmail: {address}"


def test_a_known_contact_is_used_and_a_technician_reads_its_other_spelling(office: Office) -> None:
    office.arrives(text=_for(OWEN_ADDRESS.upper(), "Owain Price"), verdict="pass")
    assert office.state() is AccessState.AWAITING_GRANT
    assert office.record.contact_id == 30002
    assert office.contacts(OWEN_ADDRESS) == 1
    assert "the contact is called Owen Price in BMS" in office.notes()[-1]


def test_who_has_access_already_is_active_at_once(office: Office) -> None:
    office.desk.sandbox.person.grant_portal_access(OWEN_ADDRESS)
    office.arrives(text=_for(OWEN_ADDRESS, "Owen Price"), verdict="pass")
    assert office.state() is AccessState.ACTIVE
    assert not any("Client Portal Access" in note for note in office.notes())
    assert status_of(office.desk, office.ticket_id) == "Completed"


def test_a_contact_of_another_account_parks_it_until_that_is_mended(office: Office) -> None:
    [luis] = [c for c in office.desk.sandbox.tenant.contacts if c.id == 30004]
    luis.addresses.append(ANA_ADDRESS)
    report = office.arrives(verdict="pass")
    assert report.exit_code is ExitCode.PARTLY
    assert "already a contact of Palmetto Legal LLP" in office.record.reason
    luis.addresses.remove(ANA_ADDRESS)
    office.desk.pass_by(hours=1)
    office.sync()
    assert office.state() is AccessState.AWAITING_GRANT


def test_an_inactive_contact_parks_it_until_it_is_active(office: Office) -> None:
    office.desk.sandbox.person.set_contact_active(OWEN_ADDRESS, is_active=False)
    report = office.arrives(text=_for(OWEN_ADDRESS, "Owen Price"), verdict="pass")
    assert report.exit_code is ExitCode.PARTLY
    assert "inactive contact" in office.record.reason
    assert sum("is parked" in note for note in office.notes()) == 1
    before = len(office.desk.sandbox.exchanges)
    office.desk.pass_by(minutes=30)
    assert office.sync().exit_code is ExitCode.DONE
    assert len(office.desk.sandbox.exchanges) == before
    office.desk.pass_by(minutes=31)
    assert office.sync().exit_code is ExitCode.DONE
    assert len(office.desk.sandbox.exchanges) > before
    office.desk.sandbox.person.set_contact_active(OWEN_ADDRESS)
    office.desk.pass_by(hours=1)
    office.sync()
    assert office.state() is AccessState.AWAITING_GRANT
    assert sum("is parked" in note for note in office.notes()) == 1


def test_a_contact_that_becomes_inactive_before_the_grant_parks_it(office: Office) -> None:
    office.arrives(verdict="pass")
    office.desk.sandbox.person.set_contact_active(ANA_ADDRESS, is_active=False)
    report = office.sync()
    assert report.exit_code is ExitCode.PARTLY
    assert "is not active" in office.record.reason


def test_a_grant_that_stays_undone_is_reminded_of_after_two_days_then_weekly(
    office: Office,
) -> None:
    office.arrives(verdict="pass")
    before = len(office.notes())
    counts = []
    for _ in range(17):
        office.desk.pass_by(days=1)
        office.sync()
        counts.append(len(office.notes()) - before)
    assert counts == [0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3]


def test_one_call_asks_for_all_who_await_the_grant(office: Office) -> None:
    for name in ("one", "two", "three"):
        text = _for(f"{name}@harbordental.example", f"{name.title()} Person")
        office.arrives(f"Please create a BMS account for {name}", text, verdict="pass")
    before = len(office.desk.sandbox.exchanges)
    office.sync()
    [call] = office.desk.sandbox.exchanges[before:]
    assert call.endpoint == CONTACTS


def test_a_contact_that_bms_does_not_show_yet_is_waited_for(office: Office) -> None:
    office.desk.sandbox.behaviour.change({"search_lag_seconds": 60})
    assert office.arrives(verdict="pass").exit_code is ExitCode.DONE
    assert office.state() is AccessState.AWAITING_GRANT
    assert not any("Client Portal Access" in note for note in office.notes())
    office.desk.pass_by(minutes=3)
    assert office.sync().exit_code is ExitCode.DONE
    assert "Client Portal Access" in office.notes()[-1]


def test_two_requests_for_one_person_create_one_contact(office: Office) -> None:
    office.desk.sandbox.behaviour.change({"search_lag_seconds": 60})
    office.arrives(verdict="pass")
    office.arrives(verdict="pass")
    first, second = (request.records[0].contact_id for request in office.requests())
    assert first == second
    assert office.contacts(ANA_ADDRESS) == 1


def test_a_request_waits_while_it_is_unclear_whether_another_created_the_contact(
    office: Office,
) -> None:
    office.desk.sandbox.behaviour.change({"search_lag_seconds": 60})
    place = (BmsGateway, "create_contact", "after", 1)
    _kill(place, lambda: office.arrives(verdict="pass"))
    office.arrives(verdict="pass")
    assert office.contacts(ANA_ADDRESS) == 1
    _goes_on(office)
    assert office.contacts(ANA_ADDRESS) == 1
    states = [request.records[0].state for request in office.requests()]
    assert states == [AccessState.AWAITING_GRANT] * 2


def test_a_contact_that_a_person_made_anew_takes_the_place_of_the_lost_one(
    office: Office,
) -> None:
    office.arrives(verdict="pass")
    [lost] = [c for c in office.desk.sandbox.tenant.contacts if ANA_ADDRESS in c.addresses]
    office.desk.sandbox.tenant.contacts.remove(lost)
    office.desk.pass_by(minutes=3)
    assert office.sync().exit_code is ExitCode.PARTLY
    assert "is gone from BMS" in office.record.reason
    office.desk.sandbox.tenant.contacts.append(replace(lost, id=30900))
    office.desk.pass_by(hours=1)
    office.sync()
    assert (office.state(), office.record.contact_id) == (AccessState.AWAITING_GRANT, 30900)


def test_the_sandbox_grants_by_itself(office: Office) -> None:
    office.more.append("accounts: {grant: sandbox}")
    office.arrives(text=f"{_for(ANA_ADDRESS)}\nRole: External User", verdict="pass")
    assert office.state() is AccessState.ACTIVE
    assert status_of(office.desk, office.ticket_id) == "Completed"


# --- killed anywhere -------------------------------------------------------------------------

Place = tuple[type, str, str, int]
"""Class, method, when, at which call of it."""

POINTS: dict[str, Place] = {
    "before it was opened": (SqlLedger, "open_access", "before", 1),
    "after it was opened": (SqlLedger, "open_access", "after", 1),
    "after it had its ticket": (SqlLedger, "access_has_ticket", "after", 1),
    "after the approval was recorded": (SqlLedger, "decide_access", "after", 1),
    "after the state was approved": (SqlLedger, "decide_access", "after", 2),
    "after the first note was intended": (AccessIntents, "intend", "after", 1),
    "after the first note": (BmsGateway, "add_internal_note", "after", 2),
    "after the first note was confirmed": (AccessIntents, "confirm", "after", 1),
    "after the contact was intended": (AccessIntents, "intend", "after", 2),
    "after the contact was created": (BmsGateway, "create_contact", "after", 1),
    "after the contact was confirmed": (AccessIntents, "confirm", "after", 2),
    "after it awaited the grant": (SqlLedger, "set_access_state", "after", 1),
    "after the steps were on the ticket": (BmsGateway, "add_internal_note", "after", 3),
    "after the steps were confirmed": (AccessIntents, "confirm", "after", 3),
}
AT_THE_END: dict[str, Place] = {
    "after it was active": (SqlLedger, "set_access_state", "after", 1),
    "after the letter was in the outbox": (SqlLedger, "post", "after", 1),
    "after the public note was intended": (AccessIntents, "intend", "after", 1),
    "after the public note": (BmsGateway, "add_client_note", "after", 1),
    "after the status was intended": (AccessIntents, "intend", "after", 2),
    "after the ticket was completed": (BmsGateway, "set_status", "after", 1),
    "before it was left alone": (SqlLedger, "schedule_access", "before", 1),
}


def _kill(place: Place, work: Callable[[], object]) -> None:
    with pytest.raises(Killed), failing_at(*place, Killed()):
        work()


def _goes_on(office: Office) -> None:
    for _ in range(3):
        office.desk.pass_by(minutes=3)
        office.sync()


@pytest.mark.parametrize("point", POINTS)
def test_killed_on_the_way_to_the_grant_nothing_is_made_twice(office: Office, point: str) -> None:
    _kill(POINTS[point], lambda: office.arrives(verdict="pass"))
    _goes_on(office)
    assert office.state() is AccessState.AWAITING_GRANT
    assert office.contacts(ANA_ADDRESS) == 1
    assert len(office.desk.sandbox.tickets) == 1
    assert len(office.notes()) == 3
    assert len(office.request.approvals) == 1


@pytest.mark.parametrize("point", AT_THE_END)
def test_killed_at_the_end_everybody_is_told_once(office: Office, point: str) -> None:
    office.arrives(verdict="pass")
    office.desk.sandbox.person.grant_portal_access(ANA_ADDRESS)
    _kill(AT_THE_END[point], office.sync)
    _goes_on(office)
    assert office.state() is AccessState.ACTIVE
    assert len(office.notes(public=True)) == 1
    assert len(office.mails_to(MARTA_ADDRESS)) == 1
    assert status_of(office.desk, office.ticket_id) == "Completed"


@pytest.mark.parametrize("status", [500, 429])
def test_bms_fails_in_the_middle_and_the_next_run_goes_on(office: Office, status: int) -> None:
    office.desk.sandbox.faults.add(
        "status", "POST /v2/crm/contacts/summary", status=status, after_commit=status == 500
    )
    report = office.arrives(verdict="pass")
    assert report.exit_code is ExitCode.UNREACHABLE
    assert office.state() is AccessState.APPROVED
    _goes_on(office)
    assert office.state() is AccessState.AWAITING_GRANT
    assert office.contacts(ANA_ADDRESS) == 1
