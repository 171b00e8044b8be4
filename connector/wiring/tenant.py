"""Settings become what `check --live` and `mappings pull` work with; no run needs any of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from connector.bms.inspection import BmsInspection
from connector.config.models import Config
from connector.ledger.budget import SqlCallBudget
from connector.ledger.cache import SqlCache
from connector.ledger.store import open_ledger
from connector.live.check import LiveCheck
from connector.live.learnt import keep_learnt_dates, learnt_dates
from connector.live.outgoing import mail_findings
from connector.live.probe import WriteProbe
from connector.live.probe_fields import FieldProbe
from connector.loading import Setup
from connector.ports import Cache, Clock
from connector.ports.mailboxes import FormWatch, Mailbox
from connector.wiring.clock import utc_now
from connector.wiring.parts import bms_access, call_budget
from connector.wiring.post import mail_sign_in
from connector.wiring.sources import SourceParts, close_all, mailboxes_of, polled_forms_of


@dataclass(frozen=True, slots=True)
class TenantAccess:
    """The tenant as people look at it, and what our own ledger adds to it."""

    bms: BmsInspection
    cache: Cache
    budget: SqlCallBudget
    clock: Clock
    mailboxes: Sequence[Mailbox]
    last_received: Callable[[str], datetime | None]
    forms: Sequence[FormWatch]


@contextmanager
def open_tenant(
    config: Config, *, create: bool = True, clock: Clock = utc_now
) -> Iterator[TenantAccess]:
    """Yield the tenant for a command that is no run.

    The ledger keeps what runs use as well: token, refused credentials, calls made, names, and
    what was learnt. Without `create`, one that does not exist yet is left so.
    """
    with open_ledger(config.state, create=create) as ledger:
        cache, budget = SqlCache(ledger.database), call_budget(config, ledger)
        bms = BmsInspection(
            bms_access(config),
            cache=cache,
            budget=budget,
            clock=clock,
            note_type=config.note_types.internal,
        )
        parts = SourceParts(ledger, cache, clock, config.zone, keeps=False)
        mailboxes, forms = mailboxes_of(config, parts), polled_forms_of(config, parts)
        try:
            yield TenantAccess(bms, cache, budget, clock, mailboxes, ledger.last_received, forms)
        finally:
            close_all([*mailboxes, *forms])


def live_check(setup: Setup, tenant: TenantAccess, *, probe_write: bool) -> LiveCheck:
    """Return the check of these settings against the tenant."""
    probe = _write_probe(setup, tenant) if probe_write else None
    return LiveCheck(
        setup=setup,
        bms=tenant.bms,
        spent=lambda: tenant.budget.spent(now=tenant.clock()),
        keep_field_dates=lambda learnt: keep_learnt_dates(tenant.cache, learnt, tenant.clock()),
        mailboxes=tenant.mailboxes,
        forms=tenant.forms,
        clock=tenant.clock,
        last_received=tenant.last_received,
        probe=probe,
        outgoing=lambda: mail_findings(*mail_sign_in(setup.config, tenant.cache, tenant.clock)),
    )


def _write_probe(setup: Setup, tenant: TenantAccess) -> WriteProbe:
    configured, cache, clock = setup.config.bms.field_dates, tenant.cache, tenant.clock
    fields = FieldProbe(
        bms=tenant.bms,
        clock=clock,
        zone=setup.config.zone,
        configured=configured,
        in_use=lambda: configured or learnt_dates(cache, clock()),
        keep=lambda learnt: keep_learnt_dates(cache, learnt, clock()),
    )
    return WriteProbe(setup, tenant.bms, clock, time.sleep, fields)
