"""What the documents tell people to run or to read exists, and their units are well formed."""

import configparser
import re
from itertools import takewhile
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli import COMMANDS, group
from connector.config.models import Config

ROOT = Path(__file__).parents[2]
RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
CALL = r"(?<!-u )bms-connector((?: --?[\w-]+(?: \S+)?| [a-z]+| KEY)+)"
CALLS = sorted(set(re.findall(CALL, TEXT)))
UNITS = re.findall(r"```ini\n(.*?)```", RUNNING, re.DOTALL)
GLOBAL = re.compile(r" --(?:config|log-format) \S+")


def words_of(call: str) -> list[str]:
    """Return the command and its options, without the global ones and their values."""
    return GLOBAL.sub("", call).split()


@pytest.mark.parametrize("call", CALLS)
def test_every_call_in_the_documents_is_one_that_the_program_knows(call: str) -> None:
    words = [word for word in words_of(call) if word != "KEY"]
    commands = list(takewhile(lambda word: not word.startswith("-"), words))
    assert commands, call
    assert commands[0] in COMMANDS
    shown = CliRunner().invoke(group, [*commands, "--help"])
    assert shown.exit_code == 0, shown.output
    for option in words:
        if option.startswith("-"):
            assert option in shown.output


def test_the_documents_hold_a_call_of_each_way_to_run() -> None:
    assert {words_of(call)[0] for call in CALLS} >= {"run", "sync", "requests"}


@pytest.mark.parametrize("unit", UNITS, ids=["service", "oneshot", "timer"])
def test_every_unit_is_well_formed(unit: str) -> None:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit)
    assert set(parser.sections()) <= {"Unit", "Service", "Timer", "Install"}


def test_the_service_is_hardened_and_gives_enough_time_to_stop() -> None:
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "TimeoutStopSec=30"):
        assert line in UNITS[0]
    assert "LoadCredential=bms_password:" in UNITS[0]


@pytest.mark.parametrize(
    "setting", sorted(set(re.findall(r"`(bms|run|serve|sla|statuses)\.(?!py`)(\w+)`", TEXT)))
)
def test_every_setting_that_the_documents_name_exists(setting: tuple[str, str]) -> None:
    section, name = setting
    model = Config.model_fields[section].annotation
    assert model is not None
    assert name in model.model_fields


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_leads_to_every_document() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = [f"docs/{path.name}" for path in (ROOT / "docs").iterdir()]
    assert [page for page in pages if f"]({page})" not in readme] == []
