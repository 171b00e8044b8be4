"""What goes wrong ends well: nothing lost, nothing twice, the exit code tells."""

import fcntl
import json
import os
import socket
from pathlib import Path

import pytest
from support.endpoints import CREATE
from support.workplace import Workplace

from connector.sandbox import Sandbox

from .conftest import write_config

UPLOAD = "POST /v2/system/attachments/{moduleId}/{objectId}"


def test_while_bms_is_down_the_request_waits_and_the_next_run_goes_on(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("Printer jam")
    config = workplace.folder / "config.yaml"
    working = config.read_text()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    config.write_text(working.replace(sandbox.base_url, f"http://127.0.0.1:{port}"))

    report = workplace.sync()

    assert report["exit"] == 4
    assert report["conserved"] is True
    assert report["counts"]["pending"] == 1
    config.write_text(working)
    again = workplace.sync()
    assert again["exit"] == 0
    assert (again["counts"]["carried"], again["counts"]["received"]) == (1, 0)
    assert len(sandbox.tickets) == 1
    assert workplace.names("processed") == ["mail.eml"]


def test_wrong_credentials_stop_the_run_and_park_nothing(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("Printer jam")
    good, workplace.env["BMS_PASSWORD"] = workplace.env["BMS_PASSWORD"], "wrong-one"

    report = workplace.sync()

    assert report["exit"] == 3
    assert report["counts"]["pending"] == 1
    assert "wrong-one" not in json.dumps(report)
    signed_in = sandbox.calls["POST /v2/security/authenticate"]
    assert workplace.sync()["exit"] == 3
    assert sandbox.calls["POST /v2/security/authenticate"] == signed_in
    workplace.env["BMS_PASSWORD"] = good
    assert workplace.sync()["counts"]["created"] == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop", "after_commit": True},
        {"kind": "truncate"},
        {"kind": "no_id"},
        {"kind": "status", "status": 500, "after_commit": True},
        {"kind": "status", "status": 502, "body": "html"},
        {"kind": "drop"},
    ],
    ids=lambda fault: " ".join(f"{key}={value}" for key, value in fault.items()),
)
def test_after_an_unclear_creation_there_is_exactly_one_ticket(
    workplace: Workplace, sandbox: Sandbox, fault: dict[str, object]
) -> None:
    write_config(workplace, sandbox, search_settle=0)
    options = {key: value for key, value in fault.items() if key != "kind"}
    sandbox.faults.add(str(fault["kind"]), CREATE, **options)
    workplace.drop_mail("Printer jam")

    first = workplace.sync()
    second = workplace.sync()

    assert (first["exit"], first["counts"]["pending"]) == (4, 1)
    assert (second["exit"], second["counts"]["created"]) == (0, 1)
    assert len(sandbox.tickets) == 1
    assert second["requests"][0]["ticket_id"] == sandbox.tickets[0]["Id"]


def test_the_search_after_an_unclear_creation_waits_for_bms_to_settle(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    sandbox.faults.add("drop", CREATE, after_commit=True)
    workplace.drop_mail("Printer jam")
    assert workplace.sync()["exit"] == 4
    calls = sandbox.calls.copy()

    report = workplace.sync("--only", "intake", "--only", "deliver")

    assert (report["exit"], report["counts"]["pending"]) == (0, 1)
    assert sandbox.calls == calls
    write_config(workplace, sandbox, search_settle=0)
    assert workplace.run("requests", "retry", "--all").code == 0
    assert workplace.sync()["counts"]["created"] == 1
    assert len(sandbox.tickets) == 1


@pytest.mark.parametrize("fault", [{"after_commit": True}, {}], ids=["uploaded", "not uploaded"])
def test_an_unclear_upload_leaves_one_ticket_with_one_attachment(
    workplace: Workplace, sandbox: Sandbox, fault: dict[str, bool]
) -> None:
    write_config(workplace, sandbox, search_settle=0)
    sandbox.faults.add("drop", UPLOAD, **fault)
    workplace.drop("form.json", form_with_file())

    first, second = workplace.sync(), workplace.sync()

    assert (first["exit"], second["exit"]) == (4, 0)
    (ticket,) = sandbox.tickets
    assert len(sandbox.attachments(ticket["Id"])) == 1


def form_with_file() -> dict[str, object]:
    file = {"name": "a.txt", "type": "text/plain", "data": "aGVsbG8="}
    return {
        "id": "7",
        "email": "luis@palmettolegal.example",
        "subject": "Hello",
        "attachments": [file],
    }


def test_refused_custom_fields_do_not_cost_the_ticket(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    sandbox.faults.add("refuse_field", CREATE, field="CustomFieldsData", times=None)
    workplace.drop_mail("Printer jam")

    report = workplace.sync()

    assert report["exit"] == 0
    assert sandbox.calls[CREATE] == 2
    (ticket,) = sandbox.tickets
    assert ticket["ContactName"] == "Marta Ruiz"
    (note,) = sandbox.notes(ticket["Id"])
    assert "custom fields" in note["Details"]


def test_a_refused_ticket_is_tried_on_plain_defaults(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    sandbox.faults.add("refuse_field", CREATE, field="ContactId", times=None)
    workplace.drop_mail("Printer jam")

    report = workplace.sync()

    assert report["exit"] == 0
    (ticket,) = sandbox.tickets
    assert ticket.get("ContactId") is None
    assert "marta.ruiz@harbordental.example" in ticket["Details"]


def test_a_request_that_bms_will_not_have_is_parked_with_its_words_and_can_be_released(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    refusal = {"status": 400, "message": "The moon is in the wrong phase", "times": None}
    sandbox.faults.add("status", CREATE, **refusal)
    workplace.drop_mail("Printer jam", name="first.eml")

    report = workplace.sync()

    assert (report["exit"], report["counts"]["parked"]) == (1, 1)
    assert workplace.names("parked") == ["first.eml"]
    (parked,) = workplace.run("requests", "list", "--state", "parked", "--json").json
    assert "The moon is in the wrong phase" in parked["reason"]
    sandbox.faults.clear()
    assert workplace.run("requests", "release", parked["key"]).code == 0
    after = workplace.sync()
    assert (after["exit"], after["counts"]["created"], after["counts"]["carried"]) == (0, 1, 1)
    assert len(sandbox.tickets) == 1
    assert workplace.names("processed") == ["first.eml"]
    assert workplace.names("parked") == []


def test_one_bad_request_does_not_stop_the_next(workplace: Workplace, sandbox: Sandbox) -> None:
    workplace.drop("1.eml", b"")
    workplace.drop("2.json", "{not json")
    workplace.drop_mail("Printer jam", name="3.eml")

    report = workplace.sync()

    assert report["exit"] == 1
    assert report["conserved"] is True
    assert (report["counts"]["parked"], report["counts"]["created"]) == (2, 1)


def test_a_second_run_is_refused_while_one_holds_the_lock(workplace: Workplace) -> None:
    workplace.sync()
    lock = workplace.folder / "connector.db.lock"
    descriptor = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        ran = workplace.run("sync", "--json")
    finally:
        os.close(descriptor)

    assert ran.code == 5
    assert "run is under way" in ran.err
    assert workplace.sync()["exit"] == 0


def test_a_config_with_ten_errors_shows_ten(workplace: Workplace) -> None:
    bad = Path(__file__).parents[1] / "fixtures" / "config" / "ten-errors.yaml"
    (workplace.folder / "config.yaml").write_bytes(bad.read_bytes())

    ran = workplace.run("sync")

    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert len([line for line in ran.err.splitlines() if line.startswith("config.yaml:")]) == 10


def test_throttling_waits_and_loses_nothing(workplace: Workplace, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", CREATE, status=429)
    workplace.drop_mail("Printer jam")

    report = workplace.sync()

    assert (report["exit"], report["counts"]["pending"]) == (4, 1)
    assert workplace.sync()["counts"]["created"] == 1
    assert len(sandbox.tickets) == 1


def test_an_endpoint_is_left_alone_for_as_long_as_bms_asks(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    sandbox.faults.add("status", CREATE, status=429, retry_after="600")
    workplace.drop_mail("Printer jam", name="1.eml")
    workplace.sync()
    workplace.drop_mail("Printer jam", name="2.eml")

    report = workplace.sync()

    assert (report["exit"], report["counts"]["pending"]) == (4, 2)
    assert sandbox.calls[CREATE] == 1


def test_an_expired_token_is_renewed_in_the_middle(workplace: Workplace, sandbox: Sandbox) -> None:
    sandbox.faults.add("expire_tokens", CREATE)
    workplace.drop_mail("Printer jam")

    assert workplace.sync()["exit"] == 0
    assert len(sandbox.tickets) == 1


def test_the_call_budget_ends_a_run_cleanly(workplace: Workplace, sandbox: Sandbox) -> None:
    config = workplace.folder / "config.yaml"
    config.write_text(config.read_text().replace("  timeout: 5", "  calls_per_hour: 10"))
    for number in range(12):
        workplace.drop_mail("Printer jam", name=f"{number}.eml")
    workplace.drop_mail("URGENT: smoke", name="z.eml")

    report = workplace.sync()

    assert report["exit"] == 0
    assert report["conserved"] is True
    assert report["counts"]["created"] == 9
    assert report["counts"]["pending"] == 4
    assert "URGENT: smoke" in [ticket["Title"] for ticket in sandbox.tickets]
    assert "calls of this hour" in report["err"]
