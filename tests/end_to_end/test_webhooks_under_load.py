"""`serve` killed while webhooks pour in: what was answered is there, and nothing is there twice."""

import sqlite3
import threading

from support.hooks import SECRET
from support.serving import Load, serving
from support.submissions import form
from support.waiting import wait_until
from support.workplace import Workplace

HOOK = f"  - {{name: website, type: webhook, form: members, auth: header, secret: {SECRET}}}\n"
MANY = 400
KILLED_AFTER = 100


def test_nothing_that_was_answered_is_lost_when_the_process_is_killed(workplace: Workplace) -> None:
    config = workplace.folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + HOOK, encoding="utf-8")
    payloads = [form(number, subject=f"Keyboard {number}") for number in range(MANY)]
    headers = {"X-Webhook-Secret": SECRET}

    with serving(workplace.folder, workplace.env) as server:
        load = Load(server.address, "/hooks/website", headers)
        sender = threading.Thread(target=load.post, args=(payloads,))
        sender.start()
        wait_until(lambda: len(load.answered) >= KILLED_AFTER)
        server.kill()
        sender.join()
    answered = dict(load.answered)

    recorded = requests_of(workplace)
    assert KILLED_AFTER <= len(answered) < MANY
    assert set(answered.values()) <= recorded.keys()

    with serving(workplace.folder, workplace.env) as server:  # and the vendor sends all again
        again = Load(server.address, "/hooks/website", headers)
        again.post(payloads)

    # What was recorded and not identified when it was killed is found to be the same by a run.
    assert workplace.run("sync", "--only", "intake").code == 0
    assert {number: again.answered[number] for number in answered} == answered
    new = [key for key, state in requests_of(workplace).items() if state != "duplicate"]
    assert sorted(again.answered.values()) == sorted(new)
    assert len(new) == MANY


def test_more_senders_than_threads_are_all_answered_without_a_word(workplace: Workplace) -> None:
    config = workplace.folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + HOOK, encoding="utf-8")
    payloads = [form(number) for number in range(200)]

    with serving(workplace.folder, workplace.env) as server:
        load = Load(server.address, "/hooks/website", {"X-Webhook-Secret": SECRET})
        load.post(payloads, clients=24)
        server.kill()
        assert server.process.stderr is not None
        told = server.process.stderr.read()

    assert len(load.answered) == len(payloads)
    assert told == ""


def requests_of(workplace: Workplace) -> dict[str, str]:
    """Return the requests in the ledger with their states, by key."""
    ledger = sqlite3.connect(workplace.folder / "connector.db")
    try:
        return dict(ledger.execute("SELECT key, state FROM requests").fetchall())
    finally:
        ledger.close()
