"""Help desks whose processes are killed and troubled, and the tally of what was done to them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import pytest
from support.faults.site import Site, open_site
from support.faults.tally import PROPERTY, Tally
from support.postgres import Server

NewSite = Callable[[], AbstractContextManager[Site]]

SEEDS = range(12)
SHARED_SEEDS = range(100, 105)
"""The bad times of an ordinary run of the tests, on SQLite and on PostgreSQL."""

SECONDS = {"s": 1, "m": 60, "h": 3600}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    wanted = metafunc.config.getoption("--fault-seed")
    for name, seeds in (("fault_seed", SEEDS), ("shared_fault_seed", SHARED_SEEDS)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, seeds if wanted is None else [wanted])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--faults-for") is not None:
        return
    long = [item for item in items if "fault_seconds" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture
def fault_seconds(request: pytest.FixtureRequest) -> float:
    """How long `--faults-for` asks to go on."""
    wanted: str = request.config.getoption("--faults-for")
    return float(wanted[:-1]) * SECONDS[wanted[-1]]


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """What this test does to its help desks; told in the summary."""
    counted = Tally()
    yield counted
    request.node.user_properties.append((PROPERTY, counted.as_json()))


@pytest.fixture
def new_site(tmp_path: Path, tally: Tally) -> NewSite:
    """Open a fresh help desk on SQLite, as often as wanted, also by several threads."""
    return _sites(tmp_path, tally, lambda: "")


@pytest.fixture
def new_shared_site(tmp_path: Path, tally: Tally, postgres: Server) -> NewSite:
    """Open a fresh help desk on PostgreSQL, as often as wanted, one after the other."""
    return _sites(tmp_path, tally, postgres.empty_ledger)


def _sites(folder: Path, tally: Tally, new_state: Callable[[], str]) -> NewSite:
    numbers = count(1)

    @contextmanager
    def opened() -> Iterator[Site]:
        place = folder / f"site-{next(numbers)}"
        with open_site(place, state=new_state()) as site:
            try:
                yield site
            finally:
                site.tally.scenarios += 1
                tally.add(site.tally)
        shutil.rmtree(place)  # not after a failure: it is there to be looked at

    return opened


@pytest.fixture
def site(new_site: NewSite) -> Iterator[Site]:
    """One fresh help desk on SQLite."""
    with new_site() as opened:
        yield opened


@pytest.fixture
def shared_site(new_shared_site: NewSite) -> Iterator[Site]:
    """One fresh help desk on PostgreSQL."""
    with new_shared_site() as opened:
        yield opened
