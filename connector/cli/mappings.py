"""`mappings`: trying the mapping files, and the tenant's names to map against."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from connector import samples
from connector.cli.common import (
    DEFAULT_CONFIG,
    Invocation,
    echo_json,
    load_settings,
    pass_invocation,
)
from connector.cli.examples import example_as_json, one_line, run_all_examples
from connector.config.load import load_config
from connector.config.models import DEFAULT_TIMEZONE
from connector.errors import ConnectorError, ExitCode
from connector.mapping.examples import ExampleResult
from connector.mapping.load import Mappings, load_mappings

if TYPE_CHECKING:
    from connector.live.pull import TenantNames

HERE = Path("mappings")


@click.group("mappings")
def command() -> None:
    """Try the mapping files, and see the tenant's names to map against."""


@command.command("test")
@click.option("--live", is_flag=True, help="Ask BMS for its names, to report what is not mapped.")
@click.option("--json", "as_json", is_flag=True, help="Print examples and coverage as JSON.")
@pass_invocation
def test(invocation: Invocation, *, live: bool, as_json: bool) -> None:
    """Run the examples written in the mapping files, and report what is not mapped.

    Works without config.yaml too: then on ./mappings, else on the samples that came with the
    connector. What of BMS is never mapped is told with --live, or when `mappings pull` asked
    lately. Exit code 1 when an example does not come to what it expects.
    """
    if live:
        names: TenantNames | None = _pull(invocation)
    else:
        names = _pulled_lately(invocation)
    mappings, zone = _mappings(invocation)
    results = run_all_examples(mappings, zone)
    coverage = None if names is None else _coverage(mappings, names)
    if as_json:
        examples = [example_as_json(result) for result in results]
        echo_json({"examples": examples, "coverage": coverage})
    else:
        _print_counts(results)
        _print_coverage(coverage)
    failed = [result for result in results if not result.ok]
    for result in failed:
        click.echo(one_line(result), err=True)
    sys.exit(ExitCode.PARTLY if failed else ExitCode.DONE)


@command.command("pull")
@click.option("--json", "as_json", is_flag=True, help="Print the names as one JSON value.")
@pass_invocation
def pull(invocation: Invocation, *, as_json: bool) -> None:
    """Print the tenant's names in the shape of the mapping files, to copy from.

    Nothing is written to BMS, nor into the mapping files.
    """
    from connector.live.fragments import fragments

    names = _pull(invocation)
    if as_json:
        echo_json(names.as_json())
    else:
        click.echo(fragments(names), nl=False)


def _pull(invocation: Invocation) -> "TenantNames":
    from connector.live.pull import keep_names, pull_names
    from connector.wiring.tenant import open_tenant

    with open_tenant(load_settings(invocation, signs_in=True)) as tenant:
        names = pull_names(tenant.bms, tenant.clock())
        keep_names(tenant.cache, names)
    return names


def _pulled_lately(invocation: Invocation) -> "TenantNames | None":
    """Return the names that `mappings pull` left in the ledger, if there are any."""
    from connector.live.pull import kept_names
    from connector.wiring.tenant import open_tenant

    if not _has_config(invocation):
        return None
    config = load_config(invocation.config_file, require_secrets=False)
    try:
        with open_tenant(config, create=False) as tenant:
            return kept_names(tenant.cache, tenant.clock())
    except ConnectorError:
        return None  # the ledger is not for us to read; the examples can be tried all the same


def _coverage(mappings: Mappings, names: "TenantNames") -> dict[str, object]:
    from connector.live.coverage import unmapped_priorities, unmapped_templates

    return {
        "pulled_at": names.pulled_at.isoformat(),
        "priorities_never_mapped": unmapped_priorities(mappings, names.lists["priorities"]),
        "templates_never_mapped": unmapped_templates(mappings, names.templates),
    }


def _print_coverage(coverage: Mapping[str, object] | None) -> None:
    if coverage is None:
        click.echo("coverage: unknown; `bms-connector mappings pull` gets the names of BMS")
        return
    for key in ("priorities_never_mapped", "templates_never_mapped"):
        names = coverage[key]
        shown = ", ".join(names) if isinstance(names, list) and names else "none"
        click.echo(f"coverage: {key.replace('_', ' ')}: {shown}")


def _has_config(invocation: Invocation) -> bool:
    return invocation.config_path is not None or DEFAULT_CONFIG.exists()


def _mappings(invocation: Invocation) -> tuple[Mappings, ZoneInfo]:
    """Return the mappings to try and the help desk's time zone; no secret is needed for it."""
    if _has_config(invocation):
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
