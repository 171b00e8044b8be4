"""`check`: everything wrong with config and mappings, and with `--live` the tenant too."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from email.utils import parseaddr
from pathlib import Path

import click

from connector.cli.common import Invocation, echo_json, load_settings, pass_invocation
from connector.config.fields import HOSTED_FORM
from connector.config.forms import FormSource, GravityFormsSource
from connector.config.load import config_error
from connector.config.sources import FolderSource
from connector.errors import ExitCode, Problem
from connector.live.findings import Finding, Level, worst_exit_code
from connector.loading import Setup, read_setup
from connector.yaml_file import shown


@click.command("check")
@click.option("--live", is_flag=True, help="Also sign in to BMS and look whether all will work.")
@click.option(
    "--probe-write",
    is_flag=True,
    help="With --live: also create, patch, read and delete one test ticket.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON value.")
@pass_invocation
def command(invocation: Invocation, *, live: bool, probe_write: bool, as_json: bool) -> None:
    """Validate config.yaml and the mapping files, offline unless --live is given.

    Every error of all files is listed at once, with file, line and what to do, and the exit
    code is 2. Warnings are listed too, and change nothing.

    With --live, one line per finding tells how BMS fits these settings, and what to do. Nothing
    is written to BMS without --probe-write. Exit code 1 when something will not work, 3 when
    BMS refused us, 4 when it could not be reached.
    """
    if probe_write and not live:
        raise click.UsageError("--probe-write goes with --live")
    path = invocation.config_file
    setup, problems = read_setup(path)
    if setup is not None:
        problems = [*problems, *_channel_problems(path, setup)]
    warnings = [] if setup is None or problems else list(_warnings(path, setup))
    checked = [] if setup is None or problems else list(_checked(path, setup))
    if not as_json:
        for line in checked:
            click.echo(f"ok: {line}")
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    findings: list[Finding] = []
    if live and setup is not None and not problems:
        findings = _look(invocation, setup, probe_write=probe_write, quiet=as_json)
    if as_json:
        told = _as_json(problems, warnings, checked)
        echo_json(_with_findings(told, findings) if live else told)
    if problems:
        raise config_error(path, problems)
    sys.exit(worst_exit_code(findings))


def _look(invocation: Invocation, setup: Setup, *, probe_write: bool, quiet: bool) -> list[Finding]:
    """Return what BMS has to say, printing each finding as it comes unless `quiet`."""
    from connector.wiring.tenant import live_check, open_tenant

    config = load_settings(invocation, signs_in=True)
    findings = []
    with open_tenant(config) as tenant:
        check = live_check(replace(setup, config=config), tenant, probe_write=probe_write)
        for finding in check.findings():
            findings.append(finding)
            if not quiet:
                click.echo(str(finding))
    if not quiet:
        counts = Counter(finding.level for finding in findings)
        told = ", ".join(f"{counts[level]} {level}" for level in Level)
        click.echo(f"{len(findings)} findings: {told}", err=True)
    return findings


def _with_findings(told: dict[str, object], findings: list[Finding]) -> dict[str, object]:
    is_good = not told["problems"] and worst_exit_code(findings) is ExitCode.DONE
    return {**told, "ok": is_good, "findings": [finding.as_json() for finding in findings]}


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
        if isinstance(source, FolderSource):
            yield from _folder_warnings(path, place, source)
    yield from _outgoing_warnings(path, setup)
    yield from _access_warnings(path, setup)
    yield from _shared_forms(path, setup)
    yield from _unknown_sources(setup)
    yield from _failing_examples(setup)


def _folder_warnings(path: Path, place: int, source: FolderSource) -> Iterator[Problem]:
    if not source.path.is_dir():
        message = f"there is no folder {shown(source.path)}"
        remedy = "create it: until then nothing can come in there"
        yield Problem(shown(path), None, f"sources[{place}].path", message, remedy)


def _channel_problems(path: Path, setup: Setup) -> Iterator[Problem]:
    from connector.wiring.post import channel_problems

    for place, error in channel_problems(setup.config):
        yield Problem(shown(path), None, f"alerts[{place}]", error.message, error.remedy)


def _outgoing_warnings(path: Path, setup: Setup) -> Iterator[Problem]:
    """Our own mail that comes back must be known for ours, or it would become a ticket."""
    sender = parseaddr(setup.config.mail.sender or "")[1].lower()
    if sender and sender not in setup.mappings.clients.own_addresses:
        message = f"{sender} is none of own_addresses in clients.yaml"
        yield Problem(shown(path), None, "mail.from", message, "add it there")


def _access_warnings(path: Path, setup: Setup) -> Iterator[Problem]:
    """Mappings from before portal logins would make ordinary tickets of them, without a word."""
    if all(rule.approval != "login" for rule in setup.mappings.templates.rules):
        message = "no rule says `approval: login`: who asks for a portal login gets a mere ticket"
        remedy = "add it to your rules for BMS accounts; docs/accounts.md tells the rest"
        yield Problem(shown(setup.mappings.folder / "templates.yaml"), None, "", message, remedy)
    if setup.config.approvals.url and not setup.config.mail.is_sent:
        message = "links to approve by are mailed, and there is no section `mail`"
        yield Problem(shown(path), None, "approvals.url", message, "add one, or leave this out")


def _shared_forms(path: Path, setup: Setup) -> Iterator[Problem]:
    """Many vendors number each form from 1, so the second form's entries would be duplicates."""
    origins: dict[str, str] = {}
    for place, source in enumerate(setup.config.sources):
        if not isinstance(source, FormSource):
            continue
        origin = source.base_url if isinstance(source, GravityFormsSource) else source.name
        if origins.setdefault(f"{source.type} {source.form}", origin) == origin:
            continue
        message = f"another source reads form '{source.form}' too: equal ids are one submission"
        remedy = "let each form have a mapping file of its own, under its own name"
        yield Problem(shown(path), None, f"sources[{place}].form", message, remedy)


def _unknown_sources(setup: Setup) -> Iterator[Problem]:
    known = {source.name for source in setup.config.sources}
    if setup.config.serve.form:
        known.add(HOSTED_FORM)
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
