"""What every command shares: the global options, and how results are printed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # `--version` and `--help` load nothing of this
    from connector.config.models import Config
    from connector.loading import Setup

DEFAULT_CONFIG = Path("config.yaml")


@dataclass(frozen=True, slots=True)
class Invocation:
    """The global options of one call. `config_path` is None when the default applies."""

    config_path: Path | None
    log_format: str | None
    log_level: str

    @property
    def config_file(self) -> Path:
        """The configuration file to read."""
        return self.config_path or DEFAULT_CONFIG


pass_invocation = click.make_pass_decorator(Invocation)


def echo_json(value: object) -> None:
    """Print one JSON value to stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def load_settings(invocation: Invocation, *, signs_in: bool = False) -> "Config":
    """Read the configuration and set up logging by it; only who signs in needs the secrets.

    Raises `ConfigError` with every problem of the file.
    """
    from connector.config.load import load_config

    config = load_config(invocation.config_file, require_secrets=signs_in)
    _configure_logs(invocation, config)
    return config


@contextmanager
def at_once(undone: str) -> Iterator[None]:
    """Make a spent call budget a failure within it: unlike a run, a command has no later run.

    `undone` says what did not happen.
    """
    from connector.errors import BudgetSpent, RetryLater

    try:
        yield
    except BudgetSpent as spent:
        raise RetryLater(
            f"{spent.message}; {undone}",
            "Do it again then, or raise bms.calls_per_hour",
            not_before=spent.not_before,
        ) from None


def local_of(config: "Config") -> Callable[[datetime], datetime]:
    """Return what turns a moment into the help desk's local time."""
    zone = config.zone
    return lambda moment: moment.astimezone(zone)


def load_run_setup(invocation: Invocation) -> "Setup":
    """Read configuration and mappings, for a run, and set up logging by them.

    Raises `ConfigError` with every problem of all files.
    """
    from connector.loading import load_setup

    setup = load_setup(invocation.config_file)
    _configure_logs(invocation, setup.config)
    return setup


def _configure_logs(invocation: Invocation, config: "Config") -> None:
    from connector.logs import configure_logs

    configure_logs(
        log_format=invocation.log_format,
        level=invocation.log_level,
        redact_addresses=config.logs.redact_addresses,
    )
