"""The README's two commands are the ones that are run, and its commands exist."""

import re
from pathlib import Path

from connector.cli import COMMANDS
from connector.errors import ExitCode

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(?:sh)?\n(.*?)```", README, re.DOTALL)


def test_the_first_two_commands_run_the_demo_and_the_tests() -> None:
    demo, tests = (block.strip() for block in BLOCKS[:2])
    assert demo.endswith("bms-connector demo")
    assert tests.endswith("-m pytest")
    assert "\n" not in demo + tests


def test_ci_runs_the_very_test_command_of_the_readme() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert BLOCKS[1].strip() in run.splitlines()


def test_every_command_in_the_readme_exists_and_every_command_is_in_it() -> None:
    named = set(re.findall(r"bms-connector (?:--\S+ \S+ )?([a-z]+)", README))
    assert named == set(COMMANDS)


def test_every_exit_code_is_in_the_readme() -> None:
    for code in ExitCode:
        assert re.search(rf"^\| {int(code)} \| ", README, re.MULTILINE), code


def test_the_constraints_name_versions_and_no_addresses() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.+!]+", line) for line in lines)
