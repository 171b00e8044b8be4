"""Due dates for tickets born in BMS, by the installed script: write, plan, explain."""

from datetime import UTC, datetime

import pytest
from support.workplace import Workplace

from connector.sandbox import Sandbox

OPENED = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)


@pytest.fixture
def ticket(workplace: Workplace, sandbox: Sandbox) -> str:
    """An urgent ticket of the client portal; the number. Write-back reaches back to it."""
    config = workplace.folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}sla:\n  since: 2026-11-01\n", encoding="utf-8")
    sandbox.person.create_portal_ticket("URGENT: no phones", opened_at=OPENED)
    [made] = sandbox.tickets
    return str(made["TicketNumber"])


def test_a_dry_run_tells_what_would_be_written_and_why(workplace: Workplace, ticket: str) -> None:
    ran = workplace.run("sync", "--only", "sla", "--dry-run")
    assert ran.code == 0, ran.err
    assert ticket in ran.out
    assert "16 Nov 11:15" in ran.out
    assert f"would call PATCH /v2/servicedesk/tickets/{{ticketId}} for {ticket}:" in ran.out
    assert "1 sla_written" in ran.out


def test_a_run_reports_what_it_wrote(workplace: Workplace, sandbox: Sandbox, ticket: str) -> None:
    report = workplace.sync("--only", "sla")
    assert (report["exit"], report["counts"]["sla_written"]) == (0, 1)
    [line] = report["sla"]["written"]
    assert (line["ticket_number"], line["old"], line["new"]) == (
        ticket,
        None,
        "2026-11-16T11:15:00-05:00",
    )
    assert sandbox.tickets[0]["DueDate"] == "2026-11-16T16:15:00Z"
    again = workplace.sync("--only", "sla")
    assert again["counts"]["sla_written"] == 0
    assert again["api_calls"] == {"GET /v2/servicedesk/tickets": 1}


def test_a_run_that_bms_refused_does_not_say_that_there_was_nothing_to_do(
    workplace: Workplace, sandbox: Sandbox, ticket: str
) -> None:
    sandbox.behaviour.change({"patch_ignores": ["*"]})
    ran = workplace.run("sync", "--only", "sla")
    assert ran.code == 3, ran.out
    assert "nothing to do" not in ran.out


def test_a_sync_without_only_writes_due_dates_too(workplace: Workplace, ticket: str) -> None:
    assert workplace.sync()["counts"]["sla_written"] == 1


@pytest.mark.parametrize("by", ["number", "--id"])
def test_a_ticket_born_in_bms_is_explained_from_the_ledger(
    workplace: Workplace, sandbox: Sandbox, ticket: str, by: str
) -> None:
    workplace.sync("--only", "sla")
    args = [ticket] if by == "number" else [str(sandbox.tickets[0]["Id"]), "--id"]

    ran = workplace.run("explain", *args, "--json")

    [story] = ran.json
    assert story["ticket_number"] == ticket
    assert (story["in_ledger"], story["born_in_bms"]) == (True, True)
    assert story["due"]["remote_response"] == "2026-11-16T10:15:00-05:00"
    assert "“urgent”" in story["reason"]
    assert [line["step"] for line in story["journal"]][:2] == ["first seen", "written"]
    people = workplace.run("explain", *args)
    assert "Emergency" in people.out
    assert "client, template and priority were chosen there" in people.out
    assert "[DueDate]: none → 2026-11-16T11:15-05:00" in people.out


def test_a_ticket_that_the_ledger_does_not_know_is_read_from_bms_and_reckoned(
    workplace: Workplace, sandbox: Sandbox, ticket: str
) -> None:
    ran = workplace.run("explain", ticket)
    assert ran.code == 0, ran.err
    assert "not in the ledger" in ran.out
    assert "11:15" in ran.out
    assert not [call for call in sandbox.calls if call.startswith(("PATCH", "PUT"))]
    [story] = workplace.run("explain", ticket, "--json").json
    assert (story["in_ledger"], story["left_out"]) == (False, None)


def test_a_ticket_out_of_reach_is_explained_as_left_out(
    workplace: Workplace, sandbox: Sandbox, ticket: str
) -> None:
    sandbox.person.complete(sandbox.tickets[0]["Id"])
    assert "it is Completed" in workplace.run("explain", ticket).out


@pytest.mark.parametrize(
    "args", [["--recompute"], ["--recompute", "--only", "intake", "--only", "sla"]], ids=str
)
def test_recompute_is_only_for_the_step_sla(workplace: Workplace, args: list[str]) -> None:
    ran = workplace.run("sync", *args)
    assert ran.code == 2
    assert "--only sla" in ran.err
