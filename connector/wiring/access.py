"""Settings become the access desk, at which portal logins and approvals are worked with."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from connector.accounts.eligibility import account_domains
from connector.accounts.model import ApprovalRules, Require
from connector.bms.gateway import BmsGateway
from connector.config.models import Config
from connector.ledger.cache import SqlCache
from connector.ledger.store import SqlLedger, open_ledger
from connector.loading import Setup
from connector.mapping.domains import normal_address
from connector.mapping.load import Mappings
from connector.pipeline.accounts.desk import AccessDesk, AccessSettings
from connector.ports import Clock
from connector.ports.accounts import Grant
from connector.wiring.clock import utc_now
from connector.wiring.parts import gateway_of


@contextmanager
def open_access_desk(
    setup: Setup, *, who: str = "accounts", clock: Clock = utc_now
) -> Iterator[AccessDesk]:
    """Yield the desk of a command or a page, in short transactions: no run, and no run lock.

    `who` is who writes to the ledger. Raises `ConfigError` for a ledger that cannot be opened.
    Nothing is asked of BMS yet.
    """
    with open_ledger(setup.config.state, create=True) as ledger:
        cache = SqlCache(ledger.database)
        with closing(gateway_of(setup.config, cache, ledger, clock)) as gateway:
            yield access_desk_of(setup, ledger, gateway, clock, who)


def access_desk_of(
    setup: Setup, ledger: SqlLedger, gateway: BmsGateway, clock: Clock, run: str
) -> AccessDesk:
    """Return the desk at which `run` writes to the ledger."""
    config = setup.config
    approvals = config.approvals
    settings = AccessSettings(
        url=approvals.url or "",
        waiting_status=approvals.waiting_status,
        approved_status=approvals.approved_status,
        denied_status=approvals.denied_status,
        catch_all_account=config.catch_all.account,
    )
    return AccessDesk(
        ledger=ledger,
        gateway=gateway,
        rules=approval_rules(config, setup.mappings),
        clock=clock,
        run=run,
        intents=ledger.access_intents,
        settings=settings,
        grant=_sandbox_grant(config) if config.accounts.grant == "sandbox" else None,
    )


def _sandbox_grant(config: Config) -> Grant:
    from connector.bms.sandbox_grant import SandboxGrant

    return SandboxGrant(config.bms.base_url)


def approval_rules(config: Config, mappings: Mappings) -> ApprovalRules:
    """Return who may approve."""
    approvals = config.approvals
    return ApprovalRules(
        require=Require(approvals.require),
        named={
            account: frozenset(map(normal_address, addresses))
            for account, addresses in (approvals.named or {}).items()
        },
        self_approval=approvals.self_approval,
        account_domains=account_domains(mappings.clients),
    )
