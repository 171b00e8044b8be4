"""Starting is cheap: `--version` and `--help` load nothing but click."""

import subprocess
import sys

import pytest

HEAVY = ("requests", "pydantic", "structlog", "ruamel", "dateparser", "holidays", "lxml", "rich")


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_the_first_screen_imports_no_heavy_library(option: str) -> None:
    script = (
        "import sys\n"
        f"sys.argv = ['bms-connector', {option!r}]\n"
        "from connector.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
