"""What a help desk does after trouble: run again, and send on what was parked meanwhile."""

from datetime import timedelta

from support.faults.invariants import everything_once, run_told_the_truth, unsettled
from support.faults.site import SETTLE, Site

RUNS = 12
"""More runs than any trouble of the harness takes; what waits longer is pending for ever."""


def recover(site: Site, *, pause: timedelta = SETTLE + timedelta(minutes=3)) -> None:
    """Run until nothing is pending or parked, then assert that everything is there once."""
    for _ in range(RUNS):
        site.pass_by(pause)
        site.let_leases_run_out()
        ended = site.sync()
        run_told_the_truth(site, ended)
        pending, parked = unsettled(site)
        if parked:
            assert site.command("requests", "release", "--all").code == 0
        elif not pending and ended.code == 0:
            break
        pause *= 2
    assert not [*pending, *parked], f"pending for ever: {pending} {parked}"
    everything_once(site)
