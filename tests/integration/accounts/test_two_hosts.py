"""Two hosts with one PostgreSQL ledger: the step `accounts` is one host's at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.access_office import ANA_ADDRESS, MARTA_ADDRESS, Office, access_office
from support.correspondence import OWEN, status_of
from support.post import Mailbox

from connector.accounts.model import AccessState
from connector.ledger.store import open_ledger
from connector.pipeline.accounts.approving import TokenState, decide_by_token
from connector.pipeline.report import RunReport
from connector.pipeline.steps import ACCOUNTS
from connector.wiring.access import open_access_desk
from connector.wiring.run import open_run

HOSTS = 3

pytestmark = pytest.mark.service


@pytest.fixture
def shared(tmp_path: Path, mailbox: Mailbox, postgres_url: str) -> Iterator[tuple[Office, str]]:
    """Yield a help desk whose ledger others use too, and the address of that ledger."""
    with open_ledger(postgres_url, create=True), access_office(tmp_path, mailbox) as office:
        office.desk.state = postgres_url
        yield office, postgres_url


def _at_once(office: Office) -> list[RunReport]:
    setup = office.setup()

    def host(_number: int) -> RunReport:
        with open_run(setup, dry_run=False, clock=office.desk.clock) as run:
            return run((ACCOUNTS,))

    with ThreadPoolExecutor(HOSTS) as pool:
        return list(pool.map(host, range(HOSTS)))


def test_hosts_at_the_same_time_do_every_step_once(shared: tuple[Office, str]) -> None:
    office, url = shared
    with open_ledger(url, create=False) as ledger:
        office.desk.steps = ("intake", "deliver")
        office.arrives(verdict="pass")
        for _ in range(3):
            _at_once(office)
        [request] = ledger.listed_access()
        assert request.ticket is not None
        assert request.records[0].state is AccessState.AWAITING_GRANT
        assert office.contacts(ANA_ADDRESS) == 1
        assert len(office.desk.sandbox.notes(request.ticket.id)) == 3
        office.desk.sandbox.person.grant_portal_access(ANA_ADDRESS)
        for _ in range(2):
            _at_once(office)
        [request] = ledger.listed_access()
        assert request.records[0].state is AccessState.ACTIVE
        assert len(office.desk.sandbox.notes(request.ticket.id)) == 4
        assert status_of(office.desk, request.ticket.id) == "Completed"
        office.sync("notify")
        assert len(office.mails_to(MARTA_ADDRESS)) == 1


def test_a_link_that_is_confirmed_twice_at_once_decides_once(shared: tuple[Office, str]) -> None:
    office, url = shared
    office.arrives(sender=OWEN)
    [token] = office.tokens(MARTA_ADDRESS)

    setup = office.setup()

    def confirm(approve: bool) -> TokenState:
        with open_access_desk(setup, who="page", clock=office.desk.clock) as desk:
            return decide_by_token(desk, token, approve=approve, reason="no").state

    with ThreadPoolExecutor(HOSTS) as pool:
        states = list(pool.map(confirm, [True, False, True]))
    assert set(states) == {TokenState.USED}
    with open_ledger(url, create=False) as ledger:
        [request] = ledger.listed_access()
    [approval] = request.approvals
    expected = AccessState.APPROVED if approval.approved else AccessState.DENIED
    assert request.records[0].state is expected
