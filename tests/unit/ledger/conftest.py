"""A ledger of each kind: every test of this folder that asks for one is run on both."""

from collections.abc import Iterator

import pytest

from connector.ledger.store import SqlLedger, open_ledger


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """Where an empty ledger is, as the setting `state` says it."""
    if request.param == "sqlite":
        return "sqlite:///:memory:"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[SqlLedger]:
    with open_ledger(ledger_url, create=True) as opened:
        yield opened
