"""Settings become concrete objects here, and only here."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from connector.bms.access import BmsAccess
from connector.bms.auth import TOKEN
from connector.bms.gateway import BmsGateway
from connector.config.models import Config
from connector.config.source_base import MailSource
from connector.domain import OwnAddresses, Request, RequestKind
from connector.field_dates import FieldDates
from connector.ledger.budget import SqlCallBudget
from connector.ledger.cache import ReadThroughCache, SqlCache
from connector.ledger.run_lock import RunLock
from connector.ledger.store import SqlLedger, open_ledger
from connector.live.learnt import learnt_dates
from connector.mapping.clients import own_addresses
from connector.mapping.domains import normal_address
from connector.mapping.load import Mappings
from connector.mapping.models import FormFile
from connector.pipeline.drift import Drift
from connector.pipeline.preview import Preview
from connector.pipeline.report import RunReport
from connector.pipeline.rulebook import Rulebook, TicketStatuses
from connector.pipeline.run import run_once
from connector.pipeline.services import Services
from connector.ports import Cache, Clock, Identified, Ledger, Source, Stamp
from connector.ports.accounts import AccessLedger
from connector.ports.post import Outbox
from connector.ports.stopping import Breakable, Stop
from connector.ports.watch import WatchLedger
from connector.setup import Setup
from connector.sign_in.refusals import REFUSAL
from connector.sign_in.tokens import TOKENS
from connector.sla.targets import SlaPolicy
from connector.wiring_access import access_desk_of
from connector.wiring_post import post_office
from connector.wiring_sla import write_back_of
from connector.wiring_sources import (
    SourceParts,
    chosen_sources,
    close_all,
    imported_before,
    linked_files_of,
    sources_of,
    wait_for_news,
)


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A ledger, its lock and the sources, held open for one run after another."""

    run: Callable[[Sequence[str]], RunReport]
    sources: Sequence[Source]

    def __call__(self, steps: Sequence[str]) -> RunReport:
        """Do one run of these steps."""
        return self.run(steps)

    def wait_for_news(self, stop: Stop, seconds: float) -> bool:
        """Wait so long, or until a source has something new; return whether it has."""
        return wait_for_news(self.sources, stop, seconds)


KEY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that a person reading a key aloud would mistake for another."""


def utc_now() -> datetime:
    """Return the present moment; the only clock of the program."""
    return datetime.now(UTC)


def new_key() -> str:
    """Return a fresh request key that nobody can guess: 12 letters and digits, 59 bits."""
    return "".join(secrets.choice(KEY_LETTERS) for _ in range(12))


@dataclass(frozen=True, slots=True)
class Stopping:
    """Which command runs, and how it learns that it should stop (`Services.should_stop`).

    `breakable` surrounds every wait of the main thread for BMS (`ports.stopping.Stop`).
    """

    command: str = "sync"
    should_stop: Callable[[], bool] = lambda: False
    breakable: Breakable = nullcontext


NEVER = Stopping()


@dataclass(frozen=True, slots=True)
class MappedReader:
    """`ports.Reader` over the sources and mapping files of this help desk."""

    forms: Mapping[str, FormFile]
    receivers: Mapping[str, str]
    """By source: the host whose Authentication-Results are trusted."""
    own: OwnAddresses

    def identify(self, kind: RequestKind, raw: bytes, form: str | None) -> Identified:
        """Return the identity of an item, without parsing all of it."""
        from connector.intake.reading import identify_arrival

        return identify_arrival(kind, raw, form, self.forms)

    def read(
        self, kind: RequestKind, raw: bytes, form: str | None, *, source: str, received_at: datetime
    ) -> Request:
        """Parse an item into a request."""
        from connector.intake.reading import MailSource, read_request

        mail_source = MailSource(self.receivers.get(source), self.own)
        return read_request(kind, raw, form, self.forms, source, received_at, mail_source)


@dataclass(frozen=True, slots=True)
class People:
    """The ledger as commands for people use it."""

    ledger: Ledger
    watch: WatchLedger
    outbox: Outbox
    access: AccessLedger
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
        yield People(ledger, ledger, ledger, ledger, config.zone)


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
    config, mappings = setup.config, setup.mappings
    rulebook = rulebook_of(config, mappings)
    chosen = chosen_sources(config, source_name)
    with (
        open_ledger(config.state, create=not dry_run) as ledger,
        _run_lock(ledger, stopping.command, clock(), dry_run=dry_run),
        ExitStack() as at_end,
    ):
        cache: Cache = SqlCache(ledger.database)
        if dry_run:
            cache = ReadThroughCache(cache, keep={TOKEN, REFUSAL, TOKENS})
        parts = SourceParts(
            ledger, cache, clock, config.zone, keeps=not dry_run, breakable=stopping.breakable
        )
        sources = sources_of(chosen, parts)
        at_end.callback(close_all, sources)
        imported = imported_before(chosen, parts)

        def run(steps: Sequence[str]) -> RunReport:
            book = _with_learnt_dates(rulebook, config, cache, clock())
            with closing(gateway_of(config, cache, ledger, clock, stopping)) as gateway:
                name = f"{clock():%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
                services = Services(
                    run=name,
                    ledger=ledger,
                    gateway=gateway,
                    sources=sources,
                    of_sources=None if source_name is None else [source_name],
                    reader=reader_of(config, mappings),
                    rulebook=book,
                    clock=clock,
                    new_key=new_key,
                    api_calls=lambda: gateway.calls,
                    max_request_bytes=config.limits.request_mb * 1_000_000,
                    search_settle=timedelta(seconds=config.bms.search_settle),
                    drift=Drift(cache, clock),
                    write_back=write_back_of(config, book, gateway, ledger, recompute=recompute),
                    progress=progress,
                    should_stop=stopping.should_stop,
                    breakable=stopping.breakable,
                    workers=config.bms.workers,
                    post=post_office(config, mappings, ledger, cache, clock, imported),
                    files=linked_files_of(config),
                    lease=timedelta(seconds=config.lease_seconds),
                    access=access_desk_of(setup, ledger, gateway, clock, name),
                )
                return Preview(services).run(steps) if dry_run else run_once(services, steps)

        yield OpenRun(run, sources)


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


def reader_of(config: Config, mappings: Mappings) -> MappedReader:
    """Return what reads raw bytes by these settings."""
    receivers = {
        source.name: source.receiver
        for source in config.sources
        if isinstance(source, MailSource) and source.receiver
    }
    own = own_addresses(mappings.clients)
    # An alert that comes back must never be taken for an emergency, and alert again.
    sender = normal_address(parseaddr(config.mail.sender or "")[1])
    own = replace(own, addresses=own.addresses | ({sender} if sender else frozenset()))
    return MappedReader(mappings.forms, receivers, own)


def rulebook_of(config: Config, mappings: Mappings) -> Rulebook:
    """Return the rules of the help desk."""
    return Rulebook(
        priorities=mappings.priorities,
        templates=mappings.templates,
        clients=mappings.clients,
        policy=SlaPolicy(mappings.sla, config.zone),
        zone=config.zone,
        catch_all_account=config.catch_all.account,
        catch_all_contact=config.catch_all.contact,
        field_dates=config.bms.field_dates or FieldDates.ISO,
        machine=mappings.machine,
        statuses=TicketStatuses(
            waiting=config.statuses.waiting,
            responded=config.statuses.responded,
            completed=config.statuses.completed,
            merged=config.statuses.merged,
        ),
    )


def gateway_of(
    config: Config, cache: Cache, ledger: SqlLedger, clock: Clock, stopping: Stopping = NEVER
) -> BmsGateway:
    """Return BMS as these settings reach it."""
    return BmsGateway(
        bms_access(config),
        cache=cache,
        budget=call_budget(config, ledger),
        clock=clock,
        note_type=config.note_types.internal,
        client_note_type=config.note_types.client,
        breakable=stopping.breakable,
    )


def bms_access(config: Config) -> BmsAccess:
    """Return where BMS is and who we are there."""
    bms = config.bms
    return BmsAccess(
        base_url=bms.base_url,
        tenant=bms.tenant,
        username=bms.username,
        password=bms.password.get_secret_value(),
        timeout=bms.timeout,
        time_zone=ZoneInfo(bms.time_zone),
    )


def call_budget(config: Config, ledger: SqlLedger) -> SqlCallBudget:
    """Return the hourly budget of calls, shared by all who share the ledger."""
    return SqlCallBudget(ledger.database, calls_per_hour=config.bms.calls_per_hour)
