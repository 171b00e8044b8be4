"""Starting is cheap: `--version` loads click alone, and no validator is built before its use."""

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
    assert complaint_of(script) == ""


def test_a_run_builds_no_validator_of_what_bms_answers_or_gets_before_it_is_used() -> None:
    script = (
        "import gc, sys\n"
        "import connector.wiring.run\n"
        "from pydantic import BaseModel, TypeAdapter\n"
        "def below(cls):\n"
        "    return [cls, *(deep for sub in cls.__subclasses__() for deep in below(sub))]\n"
        "models = [m for m in below(BaseModel) if m.__module__.startswith('connector.bms.')]\n"
        "built = [m.__qualname__ for m in models if m.__pydantic_complete__]\n"
        "adapters = [a for a in gc.get_objects() if isinstance(a, TypeAdapter)]\n"
        "built += [repr(a) for a in adapters if a.pydantic_complete]\n"
        "assert len(models) > 20 and adapters\n"
        "sys.exit(f'built {built}' if built else 0)\n"
    )
    assert complaint_of(script) == ""


def complaint_of(script: str) -> str:
    """Run a script in an interpreter of its own; return what it ended with."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    return done.stderr
