"""A process killed in the middle loses nothing that it committed, and keeps nothing else."""

import pytest
from support.ledger_workers import Start, go, line_of

from connector.ledger.store import open_ledger

pytestmark = pytest.mark.parametrize(
    "ledger_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.service)], indirect=True
)


def test_a_request_recorded_before_a_kill_is_found_unidentified(
    ledger_url: str, start: Start
) -> None:
    worker = start("crash", "k1")
    go(worker)
    assert line_of(worker) == "recorded"
    worker.kill()
    worker.wait()
    with open_ledger(ledger_url, create=False) as ledger:
        assert ledger.unidentified(None) == ["k1"]
        assert ledger.raw("k1") == b"raw"
