"""Settings become the web side: what the pages of `serve` work with."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from ipaddress import ip_network

from connector.config.models import Config
from connector.errors import ConfigError
from connector.ledger.cache import SqlCache
from connector.ledger.store import SqlLedger, open_ledger
from connector.loading import Setup
from connector.ports import Clock
from connector.web.hosted_form import MAPPING, HostedForm, form_templates
from connector.web.site import Site
from connector.web.submissions import WEB, SubmissionBook
from connector.wiring.access import access_desk_of
from connector.wiring.clock import utc_now
from connector.wiring.hooks import hooks_of
from connector.wiring.operations import operations_of, text_of
from connector.wiring.parts import desk_name, gateway_of, new_key, reader_of


@contextmanager
def open_site(setup: Setup, *, clock: Clock = utc_now) -> Iterator[Site]:
    """Yield the web side on the ledger, for as long as it is served: no run, and no run lock.

    Raises `ConfigError` for a ledger that cannot be opened, and for a form that nobody could read.
    """
    config = setup.config
    with (
        open_ledger(config.state, create=True) as ledger,
        closing(gateway_of(config, SqlCache(ledger.database), ledger, clock)) as gateway,
    ):
        yield replace(
            site_of(setup, ledger, clock),
            desk=access_desk_of(setup, ledger, gateway, clock, WEB),
            text_of=text_of(setup, ledger),
            operations=operations_of(setup, ledger, gateway, clock),
        )


def site_of(setup: Setup, ledger: SqlLedger, clock: Clock) -> Site:
    """Return what the pages work with."""
    config = setup.config
    return Site(
        name=desk_name(config),
        phone=config.mail.phone or "",
        zone=config.zone,
        clock=clock,
        secret_key=_secret_key(config),
        record=submission_book(setup, ledger, clock).record,
        max_request_bytes=config.limits.request_mb * 1_000_000,
        trusted_proxies=[ip_network(each) for each in config.serve.trusted_proxies or ()],
        form=_hosted_form(setup) if config.serve.form else None,
        hooks=hooks_of(config, setup.mappings, ledger, clock),
    )


def submission_book(setup: Setup, ledger: SqlLedger, clock: Clock) -> SubmissionBook:
    """Return where submissions over the web are recorded."""
    return SubmissionBook(
        ledger=ledger,
        reader=reader_of(setup.config, setup.mappings),
        clock=clock,
        new_key=new_key,
        emergency=setup.mappings.priorities.emergency,
    )


def _hosted_form(setup: Setup) -> HostedForm:
    if MAPPING not in setup.mappings.forms:
        raise ConfigError(
            f"the hosted form needs mappings/forms/{MAPPING}.yaml, which is not there",
            "`bms-connector init` adds it; or write serve.form: false",
        )
    return HostedForm(
        templates=form_templates(setup.mappings.templates),
        acknowledges=setup.config.mail.is_sent,
    )


def _secret_key(config: Config) -> bytes:
    """Return what signs cookies and forms; without a setting, one that ends with the process."""
    if config.serve.secret_key is None:
        return secrets.token_bytes(32)
    return config.serve.secret_key.get_secret_value().encode()
