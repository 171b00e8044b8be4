"""A workplace set up by the installed script, against a sandbox in this process."""

from pathlib import Path

import pytest
from support.workplace import CONFIG, Workplace

from connector.sandbox import Sandbox


@pytest.fixture
def workplace(tmp_path: Path, sandbox: Sandbox) -> Workplace:
    """What a user has after `init` and an edit of config.yaml."""
    place = Workplace(tmp_path, env={"BMS_PASSWORD": sandbox.password})
    assert place.run("init").code == 0
    write_config(place, sandbox)
    return place


def write_config(
    place: Workplace, sandbox: Sandbox, *, search_settle: int = 120, workers: int = 4
) -> None:
    config = CONFIG.format(
        base_url=sandbox.base_url,
        tenant=sandbox.tenant_name,
        username=sandbox.username,
        search_settle=search_settle,
        workers=workers,
    )
    (place.folder / "config.yaml").write_text(config, encoding="utf-8")
