"""`demo`: the whole job on this machine, with nothing configured."""

from pathlib import Path

import click

from connector.cli.common import Invocation, pass_invocation


@click.command("demo")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the ledger, the files and the settings in DIR.",
)
@pass_invocation
def command(invocation: Invocation, *, keep: Path | None) -> None:
    """Feed sample e-mails and form submissions through the real pipeline into a sandbox BMS.

    One of them asks for a portal login, which is approved, made and verified.
    """
    from connector.cli.accounts_show import print_access
    from connector.cli.render import print_report
    from connector.demo import run_demo
    from connector.errors import ExitCode
    from connector.logs import configure_logs
    from connector.wiring.people import open_ledger_for_people

    configure_logs(
        log_format=invocation.log_format, level=invocation.log_level, redact_addresses=True
    )
    with run_demo(keep) as demo:
        print_report(demo.report)
        click.echo("\nOne of the mails asks for a portal login. Its trail, from there on:\n")
        with open_ledger_for_people(demo.setup.config) as people:
            print_access(people, demo.login)
    if keep:
        click.echo(
            f"\nkept in {keep}: look around with `bms-connector --config {keep}/config.yaml …`"
        )
    raise SystemExit(ExitCode.PARTLY if demo.login.is_open else demo.report.exit_code)
