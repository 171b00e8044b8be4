"""A sandbox for every test that asks for one, and the vendor's contract over all of them.

Where BMS_OPENAPI names the vendor's document, every exchange of every sandbox in this process
is held against it, and a test during which it was broken fails. A test marked
`breaks_contract` sends wrong requests on purpose; its answers are still checked.

`--fault-seed` and `--faults-for` are for `tests/faults`; what was done there is summed up at the
end.
"""

import gc
import logging
from collections.abc import Iterator

import pytest
import structlog
from support.bms_contract import Contract, Watch
from support.faults.tally import PROPERTY, Tally
from support.postgres import Server, running_server
from support.sandbox import RawClient

from connector.sandbox import Sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults", "the fault harness (tests/faults)")
    group.addoption("--fault-seed", type=int, metavar="N", help="live through this seed only")
    group.addoption(
        "--faults-for", metavar="TIME", help="go on with fresh seeds for so long: 90s, 30m, 2h"
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    total = Tally()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY and report.when == "teardown":
                    total.add(Tally.from_json(value))
    if total.runs:
        terminalreporter.section("faults")
        for line in total.lines(with_points=config.getoption("--faults-for") is not None):
            terminalreporter.line(line)


@pytest.fixture(scope="session", autouse=True)
def contract_watch() -> Iterator[Watch | None]:
    """Observe every sandbox of this process, where the vendor's document is at hand."""
    contract = Contract.from_environment()
    if contract is None:
        yield None
        return
    watch = Watch(contract)
    original = Sandbox.__init__

    def watched(self: Sandbox, **options: object) -> None:
        original(self, **options)
        self.observers.append(watch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "__init__", watched)
        yield watch


@pytest.fixture(autouse=True)
def _every_exchange_keeps_the_contract(
    request: pytest.FixtureRequest, contract_watch: Watch | None
) -> Iterator[None]:
    if contract_watch is None:
        yield
        return
    contract_watch.requests_too = request.node.get_closest_marker("breaks_contract") is None
    yield
    problems = contract_watch.take()
    assert not problems, "\n".join(["the vendor's contract was broken:", *problems])


@pytest.fixture(autouse=True)
def _what_a_command_froze_is_looked_through_again() -> Iterator[None]:
    """Let garbage of a `sync` within this process be found: left open files are warnings."""
    yield
    gc.unfreeze()


@pytest.fixture
def no_logs() -> Iterator[None]:
    """Drop log lines: showing those of 2,000 mails takes longer than taking them in."""
    wrapper = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=wrapper, cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL server."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """The address of an empty ledger in PostgreSQL."""
    return postgres.empty_ledger()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A running sandbox on the reference tenant."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[RawClient]:
    """Plain requests to `sandbox`, signed in."""
    with RawClient(sandbox) as signed_in:
        yield signed_in
