"""`accounts`, from the command line to its exit code, in this process, against a sandbox."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from support.workplace import CONFIG, Ran

from connector.cli import main
from connector.sandbox import Sandbox

Run = Callable[..., Ran]

APART = """\
accounts: {grant: manual}
"""


@pytest.fixture(autouse=True)
def _logs_end_with_the_command() -> Iterator[None]:
    """A command sets up the logs of its process, and this process goes on after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def run(
    tmp_path: Path,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """The command line, run in a folder as `init` leaves it, at a sandbox."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BMS_PASSWORD", sandbox.password)
    monkeypatch.delenv("BMS_CONNECTOR_CONFIG", raising=False)

    def call(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["bms-connector", *arguments])
        capsys.readouterr()
        code: str | int | None = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        shown = capsys.readouterr()
        assert "internal error" not in shown.err, shown.err
        return Ran(int(code or 0), shown.out, shown.err)

    assert call("init").code == 0
    settings = CONFIG.format(
        base_url=sandbox.base_url,
        tenant=sandbox.tenant_name,
        username=sandbox.username,
        search_settle=120,
        workers=1,
    )
    (tmp_path / "config.yaml").write_text(settings + APART, encoding="utf-8")
    return call
