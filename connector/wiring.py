"""Settings become concrete objects here, and only here."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from connector.bms.access import BmsAccess
from connector.bms.auth import REFUSAL, TOKEN
from connector.bms.gateway import BmsGateway
from connector.config.models import Config
from connector.domain import Request, RequestKind
from connector.errors import ConfigError
from connector.ledger.budget import SqlCallBudget
from connector.ledger.cache import ReadThroughCache, SqlCache
from connector.ledger.run_lock import RunLock
from connector.ledger.store import SqlLedger, open_ledger
from connector.mapping.load import Mappings
from connector.mapping.models import FormFile
from connector.pipeline.preview import Preview
from connector.pipeline.report import RunReport
from connector.pipeline.rulebook import Rulebook
from connector.pipeline.run import run_once
from connector.pipeline.services import Services
from connector.ports import Cache, Clock, Identified, Ledger, Source, Stamp
from connector.setup import Setup
from connector.sla.targets import SlaPolicy

Run = Callable[[Sequence[str]], RunReport]

KEY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that a person reading a key aloud would mistake for another."""


def utc_now() -> datetime:
    """Return the present moment; the only clock of the program."""
    return datetime.now(UTC)


def new_key() -> str:
    """Return a fresh request key that nobody can guess: 12 letters and digits, 59 bits."""
    return "".join(secrets.choice(KEY_LETTERS) for _ in range(12))


@dataclass(frozen=True, slots=True)
class FormReader:
    """`ports.Reader` over the form mappings of this help desk."""

    forms: Mapping[str, FormFile]

    def identify(self, kind: RequestKind, raw: bytes, form: str | None) -> Identified:
        """Return the identity of an item, without parsing all of it."""
        from connector.intake.reading import identify_arrival

        return identify_arrival(kind, raw, form, self.forms)

    def read(
        self, kind: RequestKind, raw: bytes, form: str | None, *, source: str, received_at: datetime
    ) -> Request:
        """Parse an item into a request."""
        from connector.intake.reading import read_request

        return read_request(kind, raw, form, self.forms, source=source, received_at=received_at)


@dataclass(frozen=True, slots=True)
class People:
    """The ledger as commands for people use it."""

    ledger: Ledger
    zone: ZoneInfo

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the help desk's time zone."""
        return moment.astimezone(self.zone)

    def stamp(self, who: str) -> Stamp:
        """Return a stamp for what a person does now."""
        return Stamp(run=who, at=utc_now())


@contextmanager
def open_ledger_for_people(config: Config) -> Iterator[People]:
    """Open the ledger for a command that is no run: short transactions, no run lock."""
    with open_ledger(config.state, create=True) as ledger:
        yield People(ledger, config.zone)


@contextmanager
def open_run(
    setup: Setup,
    *,
    dry_run: bool,
    source_name: str | None = None,
    progress: Callable[[str], None] = lambda _step: None,
    clock: Clock = utc_now,
) -> Iterator[Run]:
    """Yield the function that does one run (or only plans it) with these settings.

    Raises `ConfigError` or `RunLocked` before anything is started.
    """
    config, mappings = setup.config, setup.mappings
    rulebook = _rulebook(config, mappings)
    sources = _sources(config, source_name)
    with (
        open_ledger(config.state, create=not dry_run) as ledger,
        _run_lock(ledger, clock(), dry_run=dry_run),
    ):
        cache: Cache = SqlCache(ledger.database)
        if dry_run:
            cache = ReadThroughCache(cache, keep={TOKEN, REFUSAL})
        gateway = _gateway(config, cache, ledger, clock)
        services = Services(
            run=f"{clock():%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}",
            ledger=ledger,
            gateway=gateway,
            sources=sources,
            of_sources=None if source_name is None else [source_name],
            reader=FormReader(mappings.forms),
            rulebook=rulebook,
            clock=clock,
            new_key=new_key,
            api_calls=lambda: gateway.calls,
            max_request_bytes=config.limits.request_mb * 1_000_000,
            search_settle=timedelta(seconds=config.bms.search_settle),
            progress=progress,
        )
        yield Preview(services).run if dry_run else partial(run_once, services)


def _run_lock(ledger: SqlLedger, now: datetime, *, dry_run: bool) -> AbstractContextManager[None]:
    if dry_run:
        return nullcontext()
    return RunLock(ledger.database.lock_path).held(command="sync", now=now)


def _rulebook(config: Config, mappings: Mappings) -> Rulebook:
    return Rulebook(
        priorities=mappings.priorities,
        templates=mappings.templates,
        clients=mappings.clients,
        policy=SlaPolicy(mappings.sla, config.zone),
        zone=config.zone,
        catch_all_account=config.catch_all.account,
        catch_all_contact=config.catch_all.contact,
    )


def _sources(config: Config, only: str | None) -> list[Source]:
    from connector.intake.drop_folder import DropFolder

    chosen = [source for source in config.sources if only in (None, source.name)]
    if not chosen:
        names = ", ".join(source.name for source in config.sources)
        raise ConfigError(f"there is no source {only!r}", f"config.yaml has: {names}")
    return [DropFolder(source.name, source.path, source.form) for source in chosen]


def _gateway(config: Config, cache: Cache, ledger: SqlLedger, clock: Clock) -> BmsGateway:
    bms = config.bms
    access = BmsAccess(
        base_url=bms.base_url,
        tenant=bms.tenant,
        username=bms.username,
        password=bms.password.get_secret_value(),
        timeout=bms.timeout,
        time_zone=ZoneInfo(bms.time_zone),
    )
    budget = SqlCallBudget(ledger.database, calls_per_hour=bms.calls_per_hour)
    return BmsGateway(
        access, cache=cache, budget=budget, clock=clock, note_type=config.note_types.internal
    )
