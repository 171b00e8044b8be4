"""The document that the vendor publishes."""

import pytest
from support.bms_contract import Contract


@pytest.fixture(scope="module")
def contract() -> Contract:
    found = Contract.from_environment()
    assert found is not None
    return found
