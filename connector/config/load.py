"""Loading `config.yaml`: every problem at once, or settings that work."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from connector.config.distinct import clashes
from connector.config.models import Config
from connector.config.secrets import References
from connector.errors import ConfigError, Problem
from connector.yaml_file import read_yaml, shown
from connector.yaml_validation import validate


def load_config(
    path: Path,
    *,
    environment: Mapping[str, str] = os.environ,
    require_secrets: bool = True,
) -> Config:
    """Return the settings in `path`; raise `ConfigError` with every problem found.

    Without `require_secrets`, references that lead nowhere stay as written: for commands that
    never sign in anywhere.
    """
    config, problems = read_config(path, environment=environment, require_secrets=require_secrets)
    if config is None:
        raise config_error(path, problems)
    return config


def read_config(
    path: Path,
    *,
    environment: Mapping[str, str] = os.environ,
    require_secrets: bool = True,
) -> tuple[Config | None, list[Problem]]:
    """Return the settings in `path` as `load_config` does, or None and every problem found."""
    if not path.exists():
        return None, [_no_config(path)]
    file, problems = read_yaml(path)
    if file is None:
        return None, problems
    folder = path.absolute().parent
    references = References(file, folder, environment)
    config, wrong = validate(file, Config, data=references.resolved(), context={"folder": folder})
    unresolved = {place for place, _ in references.problems}
    if require_secrets:
        problems += [problem for _, problem in references.problems]
    problems += [problem for place, problem in wrong if place not in unresolved]
    problems += clashes(file, folder)
    return (None if problems else config), in_file_order(problems)


def config_error(path: Path, problems: Iterable[Problem]) -> ConfigError:
    """Return the error that carries all problems found with `path` and what belongs to it."""
    found = tuple(problems)
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    return ConfigError(f"{shown(path)} has {count}; nothing was started", problems=found)


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems of one file from its top to its end."""
    return sorted(problems, key=lambda problem: problem.line or 0)


def _no_config(path: Path) -> Problem:
    here = path.parent == Path()
    message = f"there is no {path.name} here" if here else f"there is no file {path}"
    remedy = "run `bms-connector init`, or name another file with --config"
    return Problem(shown(path), None, "", message, remedy)
