"""`mappings`: trying the mapping files."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from connector import samples
from connector.cli.common import DEFAULT_CONFIG, Invocation, echo_json, pass_invocation
from connector.cli.examples import example_as_json, one_line, run_all_examples
from connector.config.load import load_config
from connector.config.models import DEFAULT_TIMEZONE
from connector.errors import ExitCode
from connector.mapping.examples import ExampleResult
from connector.mapping.load import Mappings, load_mappings

HERE = Path("mappings")


@click.group("mappings")
def command() -> None:
    """Try the mapping files on the examples written in them."""


@command.command("test")
@click.option("--json", "as_json", is_flag=True, help="Print every example as one JSON value.")
@pass_invocation
def test(invocation: Invocation, *, as_json: bool) -> None:
    """Run the examples written in the mapping files.

    Works without config.yaml too: then on ./mappings, else on the samples that came with the
    connector. Exit code 1 when an example does not come to what it expects.
    """
    results = run_all_examples(*_mappings(invocation))
    if as_json:
        echo_json([example_as_json(result) for result in results])
    else:
        _print_counts(results)
    failed = [result for result in results if not result.ok]
    for result in failed:
        click.echo(one_line(result), err=True)
    sys.exit(ExitCode.PARTLY if failed else ExitCode.DONE)


def _mappings(invocation: Invocation) -> tuple[Mappings, ZoneInfo]:
    """Return the mappings to try and the help desk's time zone; no secret is needed for it."""
    if invocation.config_path is not None or DEFAULT_CONFIG.exists():
        config = load_config(invocation.config_file, require_secrets=False)
        return load_mappings(config.mappings), config.zone
    folder = HERE if HERE.is_dir() else samples.mappings_dir()
    place = f"{HERE} here" if folder is HERE else "the samples that came with the connector"
    click.echo(f"There is no {DEFAULT_CONFIG} here: trying {place}.", err=True)
    return load_mappings(folder), ZoneInfo(DEFAULT_TIMEZONE)


def _print_counts(results: Sequence[ExampleResult]) -> None:
    for file, count in Counter(result.file for result in results).items():
        failed = sum(1 for result in results if result.file == file and not result.ok)
        click.echo(f"{file}: {count} examples, {failed or 'none'} failed")
    if not results:
        click.echo("There are no examples in the mapping files.")
