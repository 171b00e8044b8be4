"""`check`: everything wrong with config and mappings, at once, without going anywhere."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from connector.cli.common import Invocation, echo_json, pass_invocation
from connector.config.load import config_error
from connector.config.models import FolderSource
from connector.errors import Problem
from connector.setup import Setup, read_setup
from connector.yaml_file import shown


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON value.")
@pass_invocation
def command(invocation: Invocation, *, as_json: bool) -> None:
    """Validate config.yaml and the mapping files, offline.

    Every error of all files is listed at once, with file, line and what to do, and the exit
    code is 2. Warnings are listed too, and change nothing.
    """
    path = invocation.config_file
    setup, problems = read_setup(path)
    warnings = [] if setup is None or problems else list(_warnings(path, setup))
    checked = [] if setup is None or problems else list(_checked(path, setup))
    if as_json:
        echo_json(_as_json(problems, warnings, checked))
    else:
        for line in checked:
            click.echo(f"ok: {line}")
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    if problems:
        raise config_error(path, problems)


def _checked(path: Path, setup: Setup) -> Iterator[str]:
    """Yield what is in order, one line each."""
    config, mappings = setup.config, setup.mappings
    sources = ", ".join(source.name for source in config.sources)
    yield f"{shown(path)}: time zone {config.timezone}, sources {sources}"
    yield f"{shown(mappings.folder)}: {len(mappings.templates.rules)} template rules"
    yield f"{shown(mappings.folder)}: {len(mappings.clients.clients)} clients"
    yield f"{shown(mappings.folder)}: forms {', '.join(mappings.forms) or 'none'}"


def _warnings(path: Path, setup: Setup) -> Iterator[Problem]:
    """Yield what keeps nothing from starting, and is most likely not meant."""
    for place, source in enumerate(setup.config.sources):
        yield from _folder_warnings(path, place, source)
    yield from _unknown_sources(setup)
    yield from _failing_examples(setup)


def _folder_warnings(path: Path, place: int, source: FolderSource) -> Iterator[Problem]:
    if not source.path.is_dir():
        message = f"there is no folder {shown(source.path)}"
        remedy = "create it: until then nothing can come in there"
        yield Problem(shown(path), None, f"sources[{place}].path", message, remedy)


def _unknown_sources(setup: Setup) -> Iterator[Problem]:
    known = {source.name for source in setup.config.sources}
    file = shown(setup.mappings.folder / "templates.yaml")
    for place, rule in enumerate(setup.mappings.templates.rules):
        for name in rule.match.sources:
            if name not in known:
                message = f"rule '{rule.name}' looks for source '{name}', which is not configured"
                remedy = f"sources are: {', '.join(sorted(known))}"
                yield Problem(file, None, f"rules[{place}].match.sources", message, remedy)


def _failing_examples(setup: Setup) -> Iterator[Problem]:
    from connector.cli.examples import run_all_examples

    results = run_all_examples(setup.mappings, setup.config.zone)
    failed = sum(1 for result in results if not result.ok)
    if failed:
        message = f"{failed} of {len(results)} examples do not come to what they expect"
        remedy = "run `bms-connector mappings test`"
        yield Problem(shown(setup.mappings.folder), None, "examples", message, remedy)


def _as_json(
    problems: list[Problem], warnings: list[Problem], checked: list[str]
) -> dict[str, object]:
    return {
        "ok": not problems,
        "problems": [asdict(problem) for problem in problems],
        "warnings": [asdict(warning) for warning in warnings],
        "checked": checked,
    }
