"""Settings become what `explain` asks of BMS, for tickets that the ledger does not know."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from connector.bms.gateway import BmsGateway
from connector.ledger.cache import SqlCache
from connector.ledger.store import open_ledger
from connector.loading import Setup
from connector.pipeline.writeback.setup import WriteBack
from connector.wiring.clock import utc_now
from connector.wiring.parts import bms_access, call_budget, rulebook_of
from connector.wiring.sla import write_back_of


@contextmanager
def open_write_back(setup: Setup) -> Iterator[WriteBack]:
    """Yield write-back for a command that only looks: a ledger that is not there is not made."""
    config = setup.config
    book = rulebook_of(config, setup.mappings)
    with open_ledger(config.state, create=False) as ledger:
        cache = SqlCache(ledger.database)
        gateway = BmsGateway(
            bms_access(config), cache=cache, budget=call_budget(config, ledger), clock=utc_now
        )
        with closing(gateway):
            yield write_back_of(config, book, gateway, ledger)
