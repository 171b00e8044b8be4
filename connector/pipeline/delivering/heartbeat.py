"""Renewing leases while a run lives, where several hosts share the ledger (DESIGN section 9).

A request of ours that takes long is no reason for another host to take it over; a host that died
stops renewing, and one that froze does too.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from connector.errors import ConnectorError
from connector.pipeline.services import Services

log = structlog.get_logger()

BEATS = 3
"""How often a lease is renewed in the time that it lasts: two renewals may fail."""


@contextmanager
def leases_renewed(services: Services) -> Iterator[None]:
    """Renew the leases of the run for as long as the context lasts, where they run out."""
    if not services.ledger.leases_run_out:
        yield
        return
    done = threading.Event()
    seconds = services.lease.total_seconds() / BEATS
    beat = threading.Thread(
        target=_beat, args=(services, seconds, done), name="heartbeat", daemon=True
    )
    beat.start()
    try:
        yield
    finally:
        done.set()


def _beat(services: Services, seconds: float, done: threading.Event) -> None:
    while not done.wait(seconds):
        try:
            services.ledger.renew(holder=services.run, lease=services.lease, now=services.clock())
        except ConnectorError as error:
            log.warning("leases were not renewed", run=services.run, reason=error.message)
        except Exception:
            # Without renewal another host takes over; the fences hold either way.
            log.exception("leases were not renewed", run=services.run)
