"""Settings become a run: the ledger, its lock, the sources, and what the pipeline works with."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connector.bms.auth import TOKEN
from connector.bms.gateway import BmsGateway
from connector.config.models import Config
from connector.ledger.cache import ReadThroughCache, SqlCache
from connector.ledger.run_lock import RunLock
from connector.ledger.store import SqlLedger, open_ledger
from connector.live.learnt import learnt_dates
from connector.loading import Setup
from connector.pipeline.drift import Drift
from connector.pipeline.report import RunReport
from connector.pipeline.retention import RawRetention
from connector.pipeline.rulebook import Rulebook
from connector.pipeline.run import run_once
from connector.pipeline.services import Services
from connector.ports import Cache, Clock, Source
from connector.ports.stopping import Stop
from connector.sign_in.refusals import REFUSAL
from connector.sign_in.tokens import TOKENS
from connector.wiring.access import access_desk_of
from connector.wiring.clock import utc_now
from connector.wiring.parts import NEVER, Stopping, gateway_of, new_key, reader_of, rulebook_of
from connector.wiring.sla import write_back_of
from connector.wiring.sources import (
    SourceParts,
    chosen_sources,
    close_all,
    imported_before,
    linked_files_of,
    sources_of,
    wait_for_news,
)

if TYPE_CHECKING:
    from connector.pipeline.post.office import PostOffice


@dataclass(frozen=True, slots=True)
class _Options:
    """What a command asks of its runs; as `open_run` takes them."""

    dry_run: bool
    source_name: str | None
    progress: Callable[[str], None]
    clock: Clock
    stopping: Stopping
    recompute: bool


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A ledger, its lock and the sources, held open for one run after another.

    `imported` is what `wiring.sources.imported_before` returns.
    """

    setup: Setup
    rulebook: Rulebook
    ledger: SqlLedger
    cache: Cache
    sources: Sequence[Source]
    imported: Mapping[str, datetime]
    options: _Options

    def __call__(self, steps: Sequence[str]) -> RunReport:
        """Do one run of these steps, or only plan it."""
        config, clock, stopping = self.setup.config, self.options.clock, self.options.stopping
        with closing(gateway_of(config, self.cache, self.ledger, clock, stopping)) as gateway:
            services = self._services(gateway)
            return _preview(services, steps) if self.options.dry_run else run_once(services, steps)

    def wait_for_news(self, stop: Stop, seconds: float) -> bool:
        """Wait so long, or until a source has something new; return whether it has."""
        return wait_for_news(self.sources, stop, seconds)

    def _services(self, gateway: BmsGateway) -> Services:
        setup, config, ledger, cache = self.setup, self.setup.config, self.ledger, self.cache
        options, clock, stopping = self.options, self.options.clock, self.options.stopping
        book = _with_learnt_dates(self.rulebook, config, cache, clock())
        name = f"{clock():%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        return Services(
            run=name,
            ledger=ledger,
            gateway=gateway,
            sources=self.sources,
            of_sources=None if options.source_name is None else [options.source_name],
            reader=reader_of(config, setup.mappings),
            rulebook=book,
            clock=clock,
            new_key=new_key,
            api_calls=lambda: gateway.calls,
            max_request_bytes=config.limits.request_mb * 1_000_000,
            search_settle=timedelta(seconds=config.bms.search_settle),
            drift=Drift(cache, clock),
            write_back=write_back_of(config, book, gateway, ledger, recompute=options.recompute),
            progress=options.progress,
            should_stop=stopping.should_stop,
            breakable=stopping.breakable,
            workers=config.bms.workers,
            post=_post_office(setup, ledger, cache, clock, self.imported),
            files=linked_files_of(config),
            lease=timedelta(seconds=config.lease_seconds),
            access=access_desk_of(setup, ledger, gateway, clock, name),
            retention=RawRetention(ledger, config.retention.raw_kept),
        )


@contextmanager
def open_run(
    setup: Setup,
    *,
    dry_run: bool,
    source_name: str | None = None,
    progress: Callable[[str], None] = lambda _step: None,
    clock: Clock = utc_now,
    stopping: Stopping = NEVER,
    recompute: bool = False,
) -> Iterator[OpenRun]:
    """Yield the function that does a run (or only plans it) with these settings.

    The run lock is held for as long as the context lasts, however many runs are done. Raises
    `ConfigError` or `RunLocked` before anything is started.
    """
    config = setup.config
    options = _Options(dry_run, source_name, progress, clock, stopping, recompute)
    rulebook = rulebook_of(config, setup.mappings)
    chosen = chosen_sources(config, source_name)
    with (
        open_ledger(config.state, create=not dry_run) as ledger,
        _run_lock(ledger, stopping.command, clock(), dry_run=dry_run),
        ExitStack() as at_end,
    ):
        cache = _cache_of(ledger, dry_run=dry_run)
        parts = SourceParts(
            ledger, cache, clock, config.zone, keeps=not dry_run, breakable=stopping.breakable
        )
        sources = sources_of(chosen, parts)
        at_end.callback(close_all, sources)
        imported = imported_before(chosen, parts)
        yield OpenRun(setup, rulebook, ledger, cache, sources, imported, options)


def _cache_of(ledger: SqlLedger, *, dry_run: bool) -> Cache:
    cache = SqlCache(ledger.database)
    return ReadThroughCache(cache, keep={TOKEN, REFUSAL, TOKENS}) if dry_run else cache


def _post_office(
    setup: Setup, ledger: SqlLedger, cache: Cache, clock: Clock, imported: Mapping[str, datetime]
) -> "PostOffice | None":
    """Return what a run sends with; None where nothing is ever sent."""
    if not setup.config.sends:
        return None
    from connector.wiring.post import post_office

    return post_office(setup.config, setup.mappings, ledger, cache, clock, imported)


def _preview(services: Services, steps: Sequence[str]) -> RunReport:
    from connector.pipeline.dry_run.preview import Preview

    return Preview(services).run(steps)


def _with_learnt_dates(rulebook: Rulebook, config: Config, cache: Cache, now: datetime) -> Rulebook:
    if config.bms.field_dates is not None:
        return rulebook
    return replace(rulebook, field_dates=learnt_dates(cache, now))


def _run_lock(
    ledger: SqlLedger, command: str, now: datetime, *, dry_run: bool
) -> AbstractContextManager[None]:
    if dry_run:
        return nullcontext()
    return RunLock(ledger.database.lock_path).held(command=command, now=now)
