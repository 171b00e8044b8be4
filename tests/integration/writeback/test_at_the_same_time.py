"""Due dates are written for several tickets at the same time, the important ones first."""

import threading

from support.desk import Desk, local
from support.endpoints import PATCH, WRITE_FIELD
from support.printers import printers

from connector.sandbox.exchange import Exchange

PATIENCE = 4.0


def test_as_many_as_there_are_workers_are_written_at_once_and_each_once(busy: Desk) -> None:
    busy.more = "sla: {since: 2026-11-01}"
    together = threading.Barrier(4, timeout=PATIENCE)

    def wait(exchange: Exchange) -> None:
        if exchange.endpoint in (PATCH, WRITE_FIELD):
            together.wait()

    busy.sandbox.observers.append(wait)
    made = printers(busy, 8)
    report = busy.sla()
    assert (report.exit_code, report.counts["sla_written"]) == (0, 8)
    assert not together.broken
    assert (report.api_calls[PATCH], report.api_calls[WRITE_FIELD]) == (8, 16)
    assert all(busy.due(ticket) for ticket in made)
    assert report.sla is not None
    newest_first = [line.ticket_id for line in report.sla.written]
    assert newest_first == sorted(made, reverse=True)
    busy.sandbox.observers.remove(wait)
    assert busy.sla().counts["sla_written"] == 0


def test_an_emergency_is_begun_first(busy: Desk) -> None:
    busy.more = "sla: {since: 2026-11-01}"
    busy.workers = 1
    printers(busy, 4)
    urgent = busy.sandbox.person.create_ticket("URGENT", opened_at=local("13 09:00"))
    busy.sla()
    written = [each.path for each in busy.sandbox.exchanges if each.endpoint == PATCH]
    assert written[0].endswith(f"/{urgent}")


def test_after_three_failures_in_a_row_over_all_workers_no_more_is_begun(busy: Desk) -> None:
    busy.more = "sla: {since: 2026-11-01}"
    busy.sandbox.faults.add("status", PATCH, status=500, times=None)
    printers(busy, 20)
    report = busy.sla()
    assert report.exit_code == 4
    assert 3 <= report.api_calls[PATCH] <= 6
    assert report.sla is not None
    assert report.sla.waiting == 20
