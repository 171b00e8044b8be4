"""Settings become what the status page, /healthz, /metrics and the approval pages look at."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from connector.accounts.content import text_digest_of
from connector.accounts.model import AccessRequest
from connector.bms.gateway import BmsGateway
from connector.ledger.store import SqlLedger
from connector.loading import Setup
from connector.pipeline.rulebook import is_called
from connector.ports import Clock
from connector.web.due_board import DueBoard
from connector.web.hosted_form import SOURCE as HOSTED_FORM
from connector.web.operations import Operations
from connector.wiring.parts import call_budget, reader_of, rulebook_of
from connector.wiring.sla import write_back_of


def operations_of(setup: Setup, ledger: SqlLedger, gateway: BmsGateway, clock: Clock) -> Operations:
    """Return what the pages about running look at; they begin to be served now."""
    config = setup.config
    rulebook = rulebook_of(config, setup.mappings)
    reach = write_back_of(config, rulebook, gateway, ledger).reach
    budget = call_budget(config, ledger)
    password = config.serve.status_password
    return Operations(
        ledger=ledger,
        overview=ledger,
        access=ledger,
        spent=lambda: budget.spent(now=clock()),
        calls_per_hour=config.bms.calls_per_hour,
        sources=[source.name for source in config.sources] + [HOSTED_FORM] * config.serve.form,
        due=DueBoard(
            gateway,
            ledger,
            is_new=partial(is_called, name=config.statuses.new),
            leaves_out=lambda ticket: reach.leaves_out(ticket) is not None,
            clock=clock,
        ),
        clock=clock,
        started_at=clock(),
        unhealthy_after=timedelta(minutes=config.serve.unhealthy_after),
        password=password.get_secret_value() if password else "",
        login_header=config.serve.login_header or "",
    )


def text_of(setup: Setup, ledger: SqlLedger) -> Callable[[AccessRequest], str]:
    """Return what reads the words of who asked for access, just those that a link binds to."""
    reader = reader_of(setup.config, setup.mappings)

    def read(wanted: AccessRequest) -> str:
        record = ledger.get(wanted.request_key)
        if record is None:
            return ""
        try:
            raw = ledger.raw(record.key)
        except KeyError:  # erased
            return ""
        asked = reader.read(
            record.kind,
            raw,
            record.form,
            source=record.source,
            received_at=record.received_at,
        )
        return asked.text if text_digest_of(asked.text) == wanted.text_digest else ""

    return read
