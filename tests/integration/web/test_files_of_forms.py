"""Files that a webhook names by their addresses: fetched at delivery, never in the hook."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.desk import Desk
from support.file_host import FileHost, running_file_host
from support.hooks import vendor_of, webhook
from support.submissions import form

from connector.domain.request import Outcome
from connector.pipeline.deciding.linked_files import PATIENCE


@pytest.fixture
def host() -> Iterator[FileHost]:
    with running_file_host() as running:
        yield running


@pytest.fixture(autouse=True)
def _allowed(desk: Desk, host: FileHost) -> None:
    webhook(desk, files_from=[host.place])


def send(desk: Desk, *urls: str, **fields: Any) -> None:
    with vendor_of(desk) as vendor:
        assert vendor.post(form(attachments=list(urls), **fields)).status_code == 200


def files(desk: Desk) -> dict[str, bytes]:
    [ticket] = desk.sandbox.tickets
    return {
        each["OriginalFileName"]: each["Content"] for each in desk.sandbox.attachments(ticket["Id"])
    }


def test_a_file_is_fetched_when_the_ticket_is_made(desk: Desk, host: FileHost) -> None:
    send(desk, host.has("/u/page%201.png", b"png"))
    assert host.calls == []

    desk.sync()

    assert files(desk) == {"page 1.png": b"png"}


def test_what_is_gone_for_good_is_named_in_a_note(desk: Desk, host: FileHost) -> None:
    gone = host.url + "/gone.png"
    send(desk, gone)

    [line] = desk.sync().requests

    assert line.outcome is Outcome.CREATED
    [note] = desk.sandbox.notes(line.ticket_id)
    assert gone in note["Details"]


def test_what_may_come_is_waited_for_and_then_the_ticket_is_made(
    desk: Desk, host: FileHost
) -> None:
    send(desk, host.has("/a.png", b"", status=503))

    outcomes = []
    for _ in range(PATIENCE + 1):
        [line] = desk.sync().requests
        outcomes.append(line.outcome)
        desk.pass_by(hours=1)

    assert outcomes == [Outcome.PENDING] * PATIENCE + [Outcome.CREATED]
    assert files(desk) == {}


def test_what_came_meanwhile_is_attached(desk: Desk, host: FileHost) -> None:
    send(desk, host.has("/a.png", b"", status=503))
    desk.sync()
    host.has("/a.png", b"png")

    desk.sync()

    assert files(desk) == {"a.png": b"png"}


def test_an_emergency_waits_for_no_file(desk: Desk, host: FileHost) -> None:
    send(desk, host.has("/a.png", b"", status=503), emergency=True)

    [line] = desk.sync().requests

    assert line.outcome is Outcome.CREATED
