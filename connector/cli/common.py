"""What every command shares: the global options, and how results are printed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # `--version` and `--help` load nothing of this
    from connector.config.models import Config

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


def load_settings(invocation: Invocation, *, require_secrets: bool = False) -> "Config":
    """Read the configuration and set up logging by it.

    Secrets are required of commands that sign in somewhere. Raises `ConfigError` with every
    problem of the file.
    """
    from connector.config.load import load_config
    from connector.logs import configure_logs

    config = load_config(invocation.config_file, require_secrets=require_secrets)
    configure_logs(
        log_format=invocation.log_format,
        level=invocation.log_level,
        redact_addresses=config.logs.redact_addresses,
    )
    return config
