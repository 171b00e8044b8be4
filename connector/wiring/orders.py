"""Settings become what `accounts request` and `accounts import` plan and record with."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass

from connector.errors import RunLocked
from connector.ledger.cache import SqlCache
from connector.ledger.run_lock import RunLock
from connector.ledger.store import SqlLedger, open_ledger
from connector.loading import Setup
from connector.pipeline.accounts.order_plan import OrderPlanner
from connector.pipeline.accounts.ordering import OrderBook
from connector.wiring.clock import utc_now
from connector.wiring.parts import gateway_of, new_key

ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """Where orders are planned, and where they are recorded."""

    planner: OrderPlanner
    book: OrderBook


@contextmanager
def open_orders(
    setup: Setup,
    *,
    command: str,
    recorded_by: str,
    dry_run: bool,
    progress: Callable[[str], None],
) -> Iterator[OrderDesk]:
    """Yield where orders are taken; nobody else takes any meanwhile, runs go on.

    `recorded_by` is who runs the command. A dry run only looks: it needs no lock, and makes no
    ledger.

    What is ordered already is looked up before anything is recorded, so two at the same time
    could order the same person twice. Raises `RunLocked` for whoever comes second.
    """
    config = setup.config
    with (
        open_ledger(config.state, create=not dry_run) as ledger,
        nullcontext() if dry_run else _alone(ledger, command),
        closing(gateway_of(config, SqlCache(ledger.database), ledger, utc_now)) as gateway,
    ):
        planner = OrderPlanner(gateway, ledger, config.catch_all.account, progress)
        yield OrderDesk(planner, OrderBook(ledger, utc_now, new_key, recorded_by))


@contextmanager
def _alone(ledger: SqlLedger, command: str) -> Iterator[None]:
    path = ledger.database.lock_path
    own = path.with_name(f"{path.name}.{ORDERS}") if path else None
    with ledger.exclusive(ORDERS) as is_ours:
        if not is_ours:
            raise RunLocked(
                "Somebody else records orders of portal logins on this ledger just now",
                "Wait for that to end, then do it again: what is ordered by then is left out",
            )
        with RunLock(own).held(command=command, now=utc_now()):
            yield
