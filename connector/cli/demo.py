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
    """Feed sample e-mails and form submissions through the real pipeline into a sandbox BMS."""
    from connector.cli.render import print_report
    from connector.demo import run_demo
    from connector.logs import configure_logs

    configure_logs(
        log_format=invocation.log_format, level=invocation.log_level, redact_addresses=True
    )
    report = run_demo(keep)
    print_report(report)
    if keep:
        click.echo(
            f"kept in {keep}: look around with `bms-connector --config {keep}/config.yaml …`"
        )
    raise SystemExit(report.exit_code)
