"""Config and mappings together: what a run needs, and every problem of all files at once."""

from dataclasses import dataclass
from pathlib import Path

from connector.config.forms import FormSource
from connector.config.load import config_error, read_config
from connector.config.models import Config
from connector.config.sources import FolderSource
from connector.errors import Problem
from connector.mapping.load import (
    ADD_MISSING,
    Mappings,
    holiday_problems,
    message_problems,
    read_mappings,
)
from connector.yaml_file import read_yaml
from connector.yaml_validation import did_you_mean

DEFAULT_MAPPINGS = "mappings"


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings, and the mapping files that they name."""

    config: Config
    mappings: Mappings


def load_setup(path: Path) -> Setup:
    """Return the settings in `path` with the mappings they name.

    Raises `ConfigError` with every problem of all files; holidays are not looked up, since a
    run that has nothing to do needs none.
    """
    setup, problems = read_setup(path, check_holidays=False)
    if setup is None:
        raise config_error(path, problems)
    return setup


def read_setup(path: Path, *, check_holidays: bool = True) -> tuple[Setup | None, list[Problem]]:
    """Return the settings in `path` with the mappings they name, or every problem of all files.

    Mapping files are read even where the config file is faulty, as far as it names them.
    """
    config, problems = read_config(path)
    folder = config.mappings if config else _mappings_folder(path)
    if folder is None:
        return None, problems
    mappings, wrong = read_mappings(folder)
    problems += [*wrong, *(holiday_problems(folder) if check_holidays else ())]
    if config is None or mappings is None:
        return None, problems
    problems += _unknown_forms(path, config, mappings)
    if check_holidays or config.sends:
        problems += message_problems(folder, mappings.messages)
    return (None if problems else Setup(config, mappings)), problems


def _mappings_folder(path: Path) -> Path | None:
    """Return the folder of mappings that a faulty config file means, as far as it says so."""
    file, _ = read_yaml(path)
    named = file.data.get("mappings", DEFAULT_MAPPINGS) if file else None
    if not isinstance(named, str) or "${" in named:
        return None
    folder = path.absolute().parent / named
    return folder if folder.is_dir() else None


def _unknown_forms(path: Path, config: Config, mappings: Mappings) -> list[Problem]:
    unknown = [
        (place, source.form)
        for place, source in enumerate(config.sources)
        if isinstance(source, FolderSource | FormSource)
        and source.form is not None
        and source.form not in mappings.forms
    ]
    file, problems = read_yaml(path) if unknown else (None, [])
    if file is None:
        return problems
    known = sorted(mappings.forms)
    return [
        file.problem(
            ("sources", place, "form"),
            f"there is no file forms/{form}.yaml in {config.mappings.name}",
            did_you_mean(form, known) if known else ADD_MISSING,
        )
        for place, form in unknown
    ]
