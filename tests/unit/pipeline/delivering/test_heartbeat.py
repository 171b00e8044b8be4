"""Leases are renewed while a run lives, where they run out."""

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from connector.errors import Unreachable
from connector.pipeline.delivering.heartbeat import leases_renewed

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
LEASE = timedelta(seconds=0.03)
PATIENCE = 10


class Ledger:
    """Counts renewals; the second one fails with `error`."""

    def __init__(self, *, leases_run_out: bool = True, error: Exception | None = None) -> None:
        self.leases_run_out = leases_run_out
        self.error = error
        self.renewals: list[dict[str, object]] = []
        self.beaten = threading.Semaphore(0)

    def renew(self, **how: object) -> None:
        self.renewals.append(how)
        self.beaten.release()
        if self.error and len(self.renewals) == 2:
            raise self.error


def services(ledger: Ledger) -> SimpleNamespace:
    return SimpleNamespace(ledger=ledger, run="run-1", lease=LEASE, clock=lambda: NOON)


@pytest.mark.parametrize("error", [Unreachable("The ledger is out of reach"), ValueError("odd")])
def test_leases_are_renewed_again_and_again_although_one_renewal_fails(error: Exception) -> None:
    ledger = Ledger(error=error)
    with leases_renewed(services(ledger)):  # type: ignore[arg-type]
        for _ in range(4):
            assert ledger.beaten.acquire(timeout=PATIENCE)
    assert ledger.renewals[0] == {"holder": "run-1", "lease": LEASE, "now": NOON}


def test_nothing_is_renewed_once_the_run_is_over() -> None:
    ledger = Ledger()
    with leases_renewed(services(ledger)):  # type: ignore[arg-type]
        assert ledger.beaten.acquire(timeout=PATIENCE)
        before = set(threading.enumerate())
    for thread in before:
        if thread.name == "heartbeat":
            thread.join(PATIENCE)
            assert not thread.is_alive()


def test_where_one_host_works_there_is_nothing_to_renew() -> None:
    before = threading.active_count()
    with leases_renewed(services(Ledger(leases_run_out=False))):  # type: ignore[arg-type]
        assert threading.active_count() == before
