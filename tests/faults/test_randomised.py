"""Bad times by seeds: a failure names its seed, and `--fault-seed` lives through it again.

`--faults-for 30m` goes on with fresh seeds for that long, several help desks side by side.
"""

import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

from support.faults.randomised import live_through
from support.faults.site import Site

NewSite = Callable[[], AbstractContextManager[Site]]


def test_nothing_comes_of_a_bad_time(fault_seed: int, site: Site) -> None:
    live_through(site, fault_seed)


def test_nothing_comes_of_bad_times_for_as_long_as_wanted(
    fault_seconds: float, new_site: NewSite
) -> None:
    until = time.monotonic() + fault_seconds
    seeds = random.SystemRandom()

    def one_after_the_other() -> None:
        while time.monotonic() < until:
            with new_site() as site:
                live_through(site, seeds.getrandbits(32))

    with ThreadPoolExecutor() as pool:
        desks = [pool.submit(one_after_the_other) for _ in range(os.cpu_count() or 1)]
    for desk in desks:
        desk.result()
