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
