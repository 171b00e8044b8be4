"""`serve` takes submissions while `sync` works on the same SQLite ledger: no lock is in the way."""

import threading

from support.hooks import SECRET
from support.serving import Load, serving
from support.submissions import form
from support.workplace import Workplace

from connector.errors import ExitCode
from connector.sandbox import Sandbox

HOOK = f"  - {{name: website, type: webhook, form: members, auth: header, secret: {SECRET}}}\n"
MANY = 120


def test_what_is_sent_during_runs_is_taken_and_is_one_ticket_in_one_report(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    config = workplace.folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + HOOK, encoding="utf-8")
    payloads = [form(number, subject=f"Keyboard {number}") for number in range(MANY)]
    reports = []

    with serving(workplace.folder, workplace.env) as server:
        load = Load(server.address, "/hooks/website", {"X-Webhook-Secret": SECRET})
        sender = threading.Thread(target=load.post, args=(payloads,), kwargs={"clients": 2})
        sender.start()
        while sender.is_alive():
            reports.append(workplace.sync())
        sender.join()
    reports.append(workplace.sync())

    assert len(load.answered) == MANY
    assert {report["exit"] for report in reports} == {ExitCode.DONE}
    assert all(report["conserved"] for report in reports)
    told = [each for report in reports for each in report["requests"] if each["ticket_id"]]
    assert sorted(each["key"] for each in told) == sorted(load.answered.values())
    assert len(sandbox.tickets) == MANY
