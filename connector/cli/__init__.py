"""The command line: parse, call, print, exit. Commands are imported only when they run."""

import importlib
import sys
from pathlib import Path

import click

from connector import __version__
from connector.cli.common import Invocation

COMMANDS = {
    "demo": "the whole job on this machine, with nothing configured",
    "init": "write config.yaml and mappings/ here from the samples",
    "check": "validate config and mappings; with --live against BMS",
    "sync": "one run: what clients sent becomes tickets in BMS",
    "run": "the scheduler: `sync` at intervals, until it is told to stop",
    "serve": "the web side: online form, webhooks, approvals, status page",
    "requests": "what became of every request, for people",
    "ledger": "its backup, its check, and its move to PostgreSQL",
    "accounts": "portal logins: asked for, approved, provisioned, verified",
    "report": "volumes, sources, SLA kept and missed, with charts on one page",
    "explain": "why a ticket has this client, template, priority and due dates",
    "sla": "due dates for a moment, and the calendar behind them",
    "mappings": "try the mapping files; print the tenant's names to map against",
    "sandbox": "a BMS to play with, on this machine",
}
"""Every command with its one line of help: listing them imports none of them."""


class LazyGroup(click.Group):
    """A group whose commands live in `connector.cli.<name>` as `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"connector.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BMS_CONNECTOR_CONFIG",
    help="The configuration file.  [default: $BMS_CONNECTOR_CONFIG, else ./config.yaml]",
)
@click.option("--log-format", type=click.Choice(["console", "json"]), help="How logs look.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="What is logged, on stderr.  [default: warning; run and serve: info]",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def group(
    ctx: click.Context, config_path: Path | None, log_format: str | None, log_level: str | None
) -> None:
    """Turn what clients send into complete Kaseya BMS tickets with SLA due dates."""
    lasts = ctx.invoked_subcommand in ("run", "serve")
    level = log_level or ("info" if lasts else "warning")
    ctx.obj = Invocation(config_path=config_path, log_format=log_format, log_level=level)


def main() -> None:
    """Run the command line; every error is one line and an exit code, never a traceback."""
    from connector.errors import ConfigError, ConnectorError, ExitCode, exit_code_for

    try:
        group(prog_name="bms-connector")
    except ConnectorError as error:
        if isinstance(error, ConfigError):
            for problem in error.problems:
                click.echo(str(problem), err=True)
        click.echo(f"bms-connector: {error}", err=True)
        sys.exit(exit_code_for(error))
    except Exception as error:
        _show_traceback_on_demand()
        hint = "Please report it; `BMS_CONNECTOR_TRACEBACK=1` shows where it happened"
        click.echo(f"bms-connector: internal error: {error!r}. {hint}", err=True)
        sys.exit(ExitCode.PARTLY)


def _show_traceback_on_demand() -> None:
    import os
    import traceback

    if os.environ.get("BMS_CONNECTOR_TRACEBACK"):
        traceback.print_exc()
