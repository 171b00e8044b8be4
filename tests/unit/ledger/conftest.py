"""A ledger in memory."""

from collections.abc import Iterator

import pytest

from connector.ledger.store import SqlLedger, open_ledger


@pytest.fixture
def ledger() -> Iterator[SqlLedger]:
    with open_ledger("sqlite:///:memory:", create=False) as opened:
        yield opened
