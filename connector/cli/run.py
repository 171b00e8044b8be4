"""`run`: the scheduler."""

from functools import partial

import click

from connector.cli.common import Invocation, load_run_setup, pass_invocation


@click.command("run")
@pass_invocation
def command(invocation: Invocation) -> None:
    """Do the steps of `sync` at the intervals of the section `run`, until told to stop.

    SIGTERM or Ctrl-C ends it within seconds: the requests at work are finished or handed back, and
    the rest waits for the next start. One line per step is logged on stderr. The settings are
    read once, at the start. A mailbox whose server offers IDLE is looked at as soon as mail
    comes.

    Exit codes: 0 told to stop; 2 configuration is wrong; 5 another run is under way.
    """
    import structlog

    from connector.pipeline.timetable import Timetable
    from connector.stop_signal import StopSignal
    from connector.wiring.clock import utc_now
    from connector.wiring.parts import Stopping
    from connector.wiring.run import open_run

    setup = load_run_setup(invocation)
    intervals = setup.config.run.intervals()
    with StopSignal() as stop:
        timetable = Timetable(intervals, stop=stop, clock=utc_now)
        stopping = Stopping("run", timetable.should_stop, stop.breakable)
        with open_run(setup, dry_run=False, stopping=stopping) as run:
            structlog.get_logger().info(
                "started", **{f"{k}_every": s for k, s in intervals.items()}
            )
            timetable.keep(run, partial(run.wait_for_news, stop))
