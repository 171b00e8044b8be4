"""Settings become the access desk of a command or a page: no run, and no run lock."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from connector.ledger.cache import SqlCache
from connector.ledger.store import open_ledger
from connector.loading import Setup
from connector.pipeline.accounts.desk import AccessDesk
from connector.ports import Clock
from connector.wiring.access import access_desk_of
from connector.wiring.clock import utc_now
from connector.wiring.parts import gateway_of


@contextmanager
def open_access_desk(
    setup: Setup, *, who: str = "accounts", clock: Clock = utc_now, create: bool = True
) -> Iterator[AccessDesk]:
    """Yield the desk at which `who` writes to the ledger, in short transactions.

    Raises `ConfigError` for a ledger that cannot be opened. Nothing is asked of BMS yet.
    """
    with open_ledger(setup.config.state, create=create) as ledger:
        cache = SqlCache(ledger.database)
        with closing(gateway_of(setup.config, cache, ledger, clock)) as gateway:
            yield access_desk_of(setup, ledger, gateway, clock, who)
