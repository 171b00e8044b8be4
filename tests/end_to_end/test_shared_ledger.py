"""One ledger in PostgreSQL: what `sync` does with it, alone and at the same time as another."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support.postgres import Server
from support.submissions import mail
from support.workplace import CONFIG, SCRIPT, Workplace

from connector.sandbox import Sandbox

pytestmark = pytest.mark.service

EACH = 40
DISKS = 5


def host(folder: Path, name: str, sandbox: Sandbox, postgres: Server) -> Workplace:
    """Set up a host with a folder of its own, and the ledger that all hosts share."""
    folder.mkdir()
    env = {"BMS_PASSWORD": sandbox.password, "PG_PASSWORD": postgres.password}
    place = Workplace(folder, env=env)
    assert place.run("init").code == 0
    config = CONFIG.format(
        base_url=sandbox.base_url,
        tenant=sandbox.tenant_name,
        username=sandbox.username,
        search_settle=0,
        workers=4,
    )
    url = postgres.url("ledger", password="${PG_PASSWORD}")
    config = config.replace("sqlite:///connector.db", url).replace("name: drop", f"name: {name}")
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    return place


def references(sandbox: Sandbox) -> Counter[str]:
    """Return how often each request's reference stands in a ticket."""
    details = [ticket["Details"] for ticket in sandbox.tickets]
    return Counter(text.rpartition("Ref: ")[2].split("<")[0] for text in details)


@pytest.fixture
def one(tmp_path: Path, sandbox: Sandbox, postgres: Server, postgres_url: str) -> Workplace:
    return host(tmp_path / "one", "one", sandbox, postgres)


def test_requests_become_tickets_and_the_next_run_finds_them_done(
    one: Workplace, sandbox: Sandbox, postgres: Server
) -> None:
    one.drop_mail("Printer jam")

    first = one.sync()
    again = one.sync()

    assert (first["exit"], first["conserved"], first["counts"]["created"]) == (0, True, 1)
    assert (again["exit"], again["requests"]) == (0, [])
    assert len(sandbox.tickets) == 1
    assert one.names("processed") == ["mail.eml"]
    (listed,) = one.run("requests", "list", "--json").json
    assert listed["ticket_number"] == sandbox.tickets[0]["TicketNumber"]
    assert not list(one.folder.glob("*.db*"))


def test_a_dry_run_makes_no_tables(one: Workplace, sandbox: Sandbox, postgres: Server) -> None:
    url = postgres.create_new()
    config = one.folder / "config.yaml"
    text = config.read_text(encoding="utf-8").replace("/ledger\n", f"/{url.rpartition('/')[2]}\n")
    config.write_text(text, encoding="utf-8")
    one.drop_mail("Printer jam")

    report = one.sync("--dry-run")

    assert (report["exit"], report["counts"]["created"]) == (0, 1)
    assert sandbox.tickets == []
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgres.run(tables, url.rpartition("/")[2]) == [(0,)]


def test_a_server_that_is_down_ends_the_run_with_4_and_loses_nothing(
    one: Workplace, sandbox: Sandbox, postgres: Server
) -> None:
    one.drop_mail("Printer jam")
    postgres.stop()
    try:
        ran = one.run("sync")
    finally:
        postgres.start()

    assert ran.code == 4
    assert "cannot be reached" in ran.err
    assert "Traceback" not in ran.err
    assert postgres.password not in ran.err + ran.out
    assert one.sync()["counts"]["created"] == 1


def sync_together(*places: Workplace) -> list[Any]:
    """Run `sync --json` on several hosts at the same time; return their reports."""
    runs = [
        subprocess.Popen(
            [SCRIPT, "sync", "--json"],
            cwd=place.folder,
            env=place.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for place in places
    ]
    outputs = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0 for _ in runs], outputs
    return [json.loads(out) for out, _ in outputs]


def test_two_hosts_at_once_do_every_request_exactly_once(
    tmp_path: Path, one: Workplace, sandbox: Sandbox, postgres: Server
) -> None:
    two = host(tmp_path / "two", "two", sandbox, postgres)
    for place in (one, two):
        for number in range(EACH):
            name = f"{place.folder.name}-{number}"
            place.drop_mail(f"Printer jam {name}", name=f"{name}.eml", message_id=f"{name}-unique")

    reports = sync_together(one, two)

    assert all(report["conserved"] for report in reports)
    assert [report["counts"]["received"] for report in reports] == [EACH, EACH]
    # Either host may have ended before the other's last request was done.
    for place in (one, two):
        assert place.sync()["counts"]["pending"] == 0
        assert len(place.names("processed")) == EACH
    assert set(references(sandbox).values()) == {1}
    assert len(sandbox.tickets) == 2 * EACH


def test_one_trouble_that_two_hosts_are_told_of_at_once_is_one_ticket(
    tmp_path: Path, one: Workplace, sandbox: Sandbox, postgres: Server
) -> None:
    two = host(tmp_path / "two", "two", sandbox, postgres)
    for place in (one, two):
        for number in range(EACH):
            name = f"{place.folder.name}-{number}"
            content = mail(
                f"PROBLEM: disk {number % DISKS}",
                "It is full.",
                sender="monitoring@securenetmsp.com",
                message_id=f"{name}-unique",
            )
            place.drop(f"{name}.eml", content)

    reports = sync_together(one, two)

    while any(report["counts"]["pending"] for report in reports):
        one.run("requests", "retry", "--all")  # what waited for the other host
        reports = [one.sync(), two.sync()]
    assert sorted(ticket["Title"] for ticket in sandbox.tickets) == [
        f"PROBLEM: disk {number}" for number in range(DISKS)
    ]
    notes = [note for ticket in sandbox.tickets for note in sandbox.notes(ticket["Id"])]
    assert sum("Reported once more" in note["Details"] for note in notes) == 2 * EACH - DISKS
