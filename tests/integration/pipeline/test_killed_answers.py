"""A process may be killed at any line of an answer's way; the next run leaves all of it once."""

import pytest
from support.correspondence import arrives, letter, open_ticket, public_notes, ticket_of
from support.desk import Desk, local
from support.endpoints import PATCH
from support.killing import Killed, failing_at

from connector.bms.gateway import BmsGateway
from connector.errors import ExitCode
from connector.ledger.store import SqlLedger
from connector.pipeline.steps import DELIVER, INTAKE, SLA

POINTS: dict[str, tuple[type, str, str, int]] = {
    # name: class, method, when, at which call of it
    "after the plan was kept": (SqlLedger, "keep_result", "after", 1),
    "after the raise was intended": (SqlLedger, "intend", "after", 1),
    "before the priority was set": (BmsGateway, "set_priority", "before", 1),
    "after the priority was set": (BmsGateway, "set_priority", "after", 1),
    "after the priority was confirmed": (SqlLedger, "confirm", "after", 1),
    "after the note was intended": (SqlLedger, "intend", "after", 2),
    "after the note was added": (BmsGateway, "add_client_note", "after", 1),
    "after the note was confirmed": (SqlLedger, "confirm", "after", 2),
    "before its message was known": (SqlLedger, "know_message", "before", 1),
    "before it was settled": (SqlLedger, "settle", "before", 1),
}
CRITICAL, RESPONDED = 40484, 49962


@pytest.mark.parametrize("point", POINTS)
def test_an_emergency_in_an_answer_is_there_once_and_runs_from_the_answer(
    desk: Desk, point: str
) -> None:
    desk.steps = (INTAKE, DELIVER, SLA)
    ticket_id = open_ticket(desk)["Id"]
    desk.sandbox.person.change_status(ticket_id, "Waiting for Customer")
    desk.clock.now = local("17 09:00")
    desk.drop("urgent.eml", letter("URGENT! Re: Printer jam"))
    owner, method, when, nth = POINTS[point]
    with pytest.raises(Killed), failing_at(owner, method, when, nth, Killed()):
        desk.sync()
    desk.pass_by(minutes=5)

    report = desk.sync()

    assert (report.conserved, report.exit_code) == (True, ExitCode.DONE)
    assert report.counts["appended"] == 1
    [note] = public_notes(desk, ticket_id)
    assert note["Details"].startswith("EMERGENCY: ")
    ticket = ticket_of(desk, ticket_id)
    assert (ticket["PriorityId"], ticket["StatusId"]) == (CRITICAL, RESPONDED)
    assert desk.due(ticket_id) == local("17 10:15")
    assert sum("priorityId" in str(body) for body in desk.bodies(PATCH)) in (1, 2)
    again = letter(
        "Re: Printer jam", message_id="answer-2@x.example", answers="answer-1@harbordental.example"
    )
    assert arrives(desk, again).ticket_id == ticket_id
