"""`check --live` in this process, against a sandbox."""

from pathlib import Path

import pytest
from support.live import Office

from connector.sandbox import Sandbox


@pytest.fixture
def office(tmp_path: Path, sandbox: Sandbox) -> Office:
    return Office(tmp_path, sandbox)
