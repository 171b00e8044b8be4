from datetime import UTC, datetime

import pytest


@pytest.fixture
def received() -> datetime:
    return datetime(2026, 11, 20, 14, 12, tzinfo=UTC)
