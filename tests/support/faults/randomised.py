"""Randomised runs: a seed decides what arrives, what goes wrong, and how long nothing happens."""

import random
from datetime import timedelta

from support.faults.invariants import run_told_the_truth
from support.faults.recovery import recover
from support.faults.site import Site
from support.faults.troubles import (
    ANYWHERE,
    LATE,
    ON_SQLITE,
    Trouble,
    clock_jumps,
    search_lags,
)
from support.faults.workload import mixed, without_conversations

ROUNDS = (2, 5)
"""How many troubled runs a seed makes, at least and at most."""

WORST = 3
"""Kinds of trouble in one run, at most."""


def live_through(site: Site, seed: int) -> None:
    """Let a help desk have a bad time that `seed` decides, and assert that nothing came of it."""
    rng = random.Random(seed)
    site.tally.seeds.append(seed)
    site.timeout = LATE / 2
    site.workers = rng.choice((1, 4))
    site.write_config()
    troubles = _troubles(site, rng)
    story: list[str] = []
    try:
        for batch in range(rng.randint(*ROUNDS)):
            if batch < 2 or rng.random() < 0.3:
                items = mixed(batch)
                site.drop(without_conversations(items) if clock_jumps in troubles else items)
            _bad_run(site, rng, troubles, story)
            site.pass_by(timedelta(seconds=rng.choice((0, 30, 130, 700, 4000))))
        _calm_down(site)
        story.append("calm")
        recover(site)
    except AssertionError as error:
        told = "\n".join(story)
        error.add_note(f"again: pytest tests/faults --fault-seed {seed}\n{told}")
        raise


def _bad_run(site: Site, rng: random.Random, troubles: list[Trouble], story: list[str]) -> None:
    kinds = rng.sample(troubles, rng.randint(1, WORST))
    conditions = site.under()
    for trouble in kinds:
        conditions = trouble(site, rng, conditions)
        site.tally.faults[trouble.__name__] += 1
    story.append(f"{conditions} {site.sandbox.faults.all}")
    ended = site.sync(conditions)
    story.append(f"-> {ended.code} {ended.err}{ended.points[-1:]}")
    if not ended.was_killed:
        jumped = conditions.jump.seconds if conditions.jump else 0
        believed = site.world.now + timedelta(seconds=jumped)
        run_told_the_truth(site, ended, believed=believed)


def _troubles(site: Site, rng: random.Random) -> list[Trouble]:
    """Return what may go wrong: a wrong clock or a lagging search, not both (`test_clock.py`).

    A clock that goes back while mails are taken in turns the order of conversations.
    """
    left_out = rng.choice((clock_jumps, search_lags))
    is_sqlite = site.state.startswith("sqlite")
    everything = [*ANYWHERE, *(ON_SQLITE if is_sqlite else ())]
    return [trouble for trouble in everything if trouble is not left_out]


def _calm_down(site: Site) -> None:
    """Take all trouble away, but for the request whose custom fields BMS never takes."""
    site.sandbox.behaviour.search_lag_seconds = 0.0
    site.sandbox.faults.clear()
    site.mailbox.calm_down()
    site.webhook.statuses.clear()
    site.refuse_custom_fields()
