"""`sync`: one run."""

import sys
from typing import TYPE_CHECKING

import click

from connector.cli.collector import loading
from connector.cli.common import Invocation, echo_json, load_run_setup, pass_invocation
from connector.pipeline.steps import STEPS

if TYPE_CHECKING:  # loaded with all the rest, below
    from connector.pipeline.report import RunReport

STOPPED = "stopped as asked: what is not done waits for the next run"


@click.command("sync")
@click.option("--dry-run", is_flag=True, help="Plan and print every BMS call; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON value.")
@click.option(
    "--only",
    "steps",
    multiple=True,
    type=click.Choice(STEPS),
    help="Do only this step (repeatable).",
)
@click.option("--source", "source_name", metavar="NAME", help="Look at this source only.")
@click.option(
    "--recompute",
    is_flag=True,
    help="With --only sla: reckon every open ticket's due dates anew, by the present sla.yaml.",
)
@pass_invocation
def command(
    invocation: Invocation,
    *,
    dry_run: bool,
    as_json: bool,
    steps: tuple[str, ...],
    source_name: str | None,
    recompute: bool,
) -> None:
    """Do one run: what clients sent becomes tickets in BMS, and tickets get their due dates.

    SIGTERM or Ctrl-C ends it within seconds: the request at work is finished or handed back, and
    the rest waits for the next run. A second one ends it at once.

    Exit codes: 0 done or nothing to do; 1 something was parked or failed and is listed;
    2 configuration is wrong; 3 BMS refused us; 4 a service could not be reached, the next run
    goes on; 5 another run is under way.
    """
    if recompute and set(steps) != {"sla"}:
        raise click.UsageError("--recompute goes with --only sla, and with no other step")
    with loading():
        from connector.cli.progress import run_progress
        from connector.cli.render import print_report
        from connector.stop_signal import StopSignal
        from connector.wiring.parts import Stopping
        from connector.wiring.run import open_run

    with StopSignal() as stop, run_progress() as progress:
        with loading():
            setup = load_run_setup(invocation)
        with open_run(
            setup,
            dry_run=dry_run,
            source_name=source_name,
            progress=progress,
            stopping=Stopping("sync", stop.asked, stop.breakable),
            recompute=recompute,
        ) as run:
            report: RunReport = run(steps or STEPS)
        if stop.asked():
            report.notices.append(STOPPED)
    if as_json:
        echo_json(report.as_json())
    else:
        print_report(report)
    for line in [*report.notices, *report.problems]:
        click.echo(line, err=True)
    sys.exit(report.exit_code)
