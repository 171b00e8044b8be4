from collections.abc import Iterator

import pytest
from support.bms import Bms, mocked_bms


@pytest.fixture
def bms() -> Iterator[Bms]:
    with mocked_bms() as mocked:
        yield mocked.signed_in()


@pytest.fixture
def signed_out() -> Iterator[Bms]:
    with mocked_bms() as mocked:
        yield mocked


@pytest.fixture
def crm(bms: Bms) -> Bms:
    """BMS with the account 2001, and 2002 that is no longer active."""
    harbor = {"id": 2001, "name": "Harbor Dental Group", "isActive": True}
    gone = {"Id": 2002, "AccountName": "Gone Ltd", "IsActive": False}
    bms.answer("GET", "/v2/crm/accounts/lookup", [harbor])
    bms.answer("GET", "/v2/crm/accounts/summary/2002", json=gone)
    return bms
