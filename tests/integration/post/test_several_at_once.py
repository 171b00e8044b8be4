"""Several processes at one outbox: each letter leaves once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from support.ledger_samples import identified

from connector.ledger.store import open_ledger
from connector.ports import Stamp
from connector.ports.post import Letter, PostKind

NOW = datetime(2026, 3, 2, 12, 1, tzinfo=UTC)
LETTERS = 40
RUNS = 4


def letter(number: int) -> Letter:
    return Letter(
        unique_key=f"alert {number}",
        kind=PostKind.ALERT,
        request_key="request",
        channel="mail",
        recipient="desk@desk.example",
        content={"subject": "Hello"},
        message_id=f"<{number}@desk.example>",
        expires_at=NOW + timedelta(hours=1),
    )


def send_everything(url: str, run: str) -> list[str]:
    """Put every letter into the outbox, then claim and send until nothing is left."""
    sent = []
    stamp = Stamp(run, NOW)
    with open_ledger(url, create=True) as ledger:
        for number in range(LETTERS):
            ledger.post(letter(number), (), stamp=stamp)
        lease = timedelta(minutes=10)
        while posted := ledger.claim_post(
            stamp=stamp, lease=lease, kinds=(PostKind.ALERT,), besides=()
        ):
            ledger.begin_post(posted.id, stamp=stamp)
            sent.append(posted.letter.unique_key)
            ledger.post_sent(posted.id, stamp=stamp)
    return sent


@pytest.mark.service
def test_each_letter_is_put_there_and_sent_once(postgres_url: str) -> None:
    with open_ledger(postgres_url, create=True) as ledger:
        identified(ledger, "request")
    with ThreadPoolExecutor(RUNS) as pool:
        runs = [pool.submit(send_everything, postgres_url, f"run-{n}") for n in range(RUNS)]
        sent = [key for run in runs for key in run.result()]
    assert sorted(sent) == sorted(f"alert {number}" for number in range(LETTERS))
