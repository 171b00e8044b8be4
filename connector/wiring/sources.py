"""Sources: settings become concrete objects here."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from connector.config.forms import FormSource, GravityFormsSource, WebhookSource
from connector.config.models import Config
from connector.config.source_base import EVERYTHING
from connector.config.sources import AnySource, FolderSource, GraphSource, ImapSource
from connector.errors import ConfigError
from connector.intake.sources.drop_folder import DropFolder
from connector.intake.sources.mail_start import MailStart
from connector.intake.sources.pushed import Pushed
from connector.ledger.source_memory import SqlSourceMemory
from connector.local_time import at_local, to_utc
from connector.ports import Cache, Clock, Closing, Listening, Source, SourceMemory
from connector.ports.files import FileFetcher
from connector.ports.mailboxes import FormWatch, Mailbox
from connector.ports.stopping import Stop
from connector.ports.watch import WatchLedger
from connector.sign_in.refusals import Refusals
from connector.sign_in.tokens import Tokens
from connector.wiring.tokens import graph_tokens, oauth2_tokens, plain

LONGEST_LISTENING = 1500.0
"""Seconds: RFC 2177 wants IDLE begun anew within 29 minutes."""


@dataclass(frozen=True, slots=True)
class SourceParts:
    """What sources are built with. With `keeps` false (a dry run) they leave nothing behind."""

    ledger: WatchLedger
    cache: Cache
    clock: Clock
    zone: ZoneInfo
    keeps: bool = True
    breakable: Callable[[], AbstractContextManager[None]] = nullcontext

    def memory(self, source: str) -> SourceMemory:
        """Return what a source remembers."""
        return SqlSourceMemory(source, self.ledger, self.cache, self.clock, keeps=self.keeps)


def chosen_sources(config: Config, only: str | None) -> list[AnySource]:
    """Return the settings of all sources, or of the one of that name.

    The hosted form has none, and can be named all the same. Raises `ConfigError` when there is no
    such source.
    """
    if only is not None and config.serve.form:
        from connector.web.hosted_form import SOURCE as HOSTED_FORM

        if only == HOSTED_FORM:
            return []
    chosen = [source for source in config.sources if only in (None, source.name)]
    if not chosen:
        names = ", ".join(source.name for source in config.sources)
        raise ConfigError(f"there is no source {only!r}", f"config.yaml has: {names}")
    return chosen


def sources_of(chosen: Iterable[AnySource], parts: SourceParts) -> list[Source]:
    """Return the sources of these settings; nothing is connected to yet."""
    return [_source(settings, parts) for settings in chosen]


def mailboxes_of(config: Config, parts: SourceParts) -> list[Mailbox]:
    """Return the sources that are mailboxes, to be looked at."""
    return [
        _mailbox(settings, parts)
        for settings in config.sources
        if isinstance(settings, ImapSource | GraphSource)
    ]


def imported_before(chosen: Iterable[AnySource], parts: SourceParts) -> dict[str, datetime]:
    """Return the first sync of each mailbox that imports older mail by `since`.

    It is cut to its second, as servers tell the receipt.
    """
    now = parts.clock()
    return {
        each.name: parts.memory(each.name).first_look(now).replace(microsecond=0)
        for each in chosen
        if isinstance(each, ImapSource | GraphSource | GravityFormsSource)
        and each.since is not None
    }


def linked_files_of(config: Config) -> FileFetcher:
    """Return what fetches files that form submissions name by their addresses."""
    from connector.intake.forms.linked_files import LinkedFiles

    hosts = {
        each.name: each.files_from or () for each in config.sources if isinstance(each, FormSource)
    }
    return LinkedFiles(hosts, config.limits.request_mb * 1_000_000)


def close_all(sources: Iterable[object]) -> None:
    """Close the connections that sources hold."""
    for source in sources:
        if isinstance(source, Closing):
            source.close()


def wait_for_news(sources: Sequence[Source], stop: Stop, seconds: float) -> bool:
    """Wait so long, or until a source that can listen has something new; return whether so."""
    listening = [source for source in sources if isinstance(source, Listening)]
    sockets = [socket for source in listening if (socket := source.listen()) is not None]
    if not any(source.has_news for source in listening):
        stop.wait(min(seconds, LONGEST_LISTENING) if sockets else seconds, sockets)
    heard = [source.heard() for source in listening]
    return any(heard)


def _source(settings: AnySource, parts: SourceParts) -> Source:
    if isinstance(settings, FolderSource):
        return DropFolder(settings.name, settings.path, settings.form)
    if isinstance(settings, WebhookSource):
        return Pushed(settings.name)
    if isinstance(settings, GravityFormsSource):
        return _gravity_forms(settings, parts)
    return _mailbox(settings, parts)


def _gravity_forms(settings: GravityFormsSource, parts: SourceParts) -> "PolledForm":
    from connector.intake.sources.gravity_client import GravityClient
    from connector.intake.sources.gravity_forms import GravityForms

    client = GravityClient(
        source=settings.name,
        base_url=settings.base_url,
        key=settings.key,
        secret=settings.secret.get_secret_value(),
        form_id=settings.form_id,
        refusals=Refusals(parts.cache, parts.clock),
        breakable=parts.breakable,
    )
    return GravityForms(
        client,
        form=settings.form,
        interval=timedelta(seconds=settings.interval),
        start=_start(settings.since, parts.zone),
        memory=parts.memory(settings.name),
        clock=parts.clock,
    )


def _mailbox(settings: ImapSource | GraphSource, parts: SourceParts) -> "_MailSource":
    if isinstance(settings, GraphSource):
        return _graph(settings, parts)
    return _imap(settings, parts)


def polled_forms_of(config: Config, parts: SourceParts) -> list["PolledForm"]:
    """Return the sources that are polled forms, to be looked at."""
    return [
        _gravity_forms(settings, parts)
        for settings in config.sources
        if isinstance(settings, GravityFormsSource)
    ]


class PolledForm(Source, FormWatch, Protocol):
    """A source that is a form to be polled."""


class _MailSource(Source, Mailbox, Protocol):
    """A source that is a mailbox."""


def _imap(settings: ImapSource, parts: SourceParts) -> "_MailSource":
    from connector.intake.sources.imap_access import ImapAccess
    from connector.intake.sources.imap_source import ImapMailbox

    return ImapMailbox(
        ImapAccess(
            source=settings.name,
            host=settings.host,
            port=settings.port_number,
            security=settings.security,
            username=settings.username,
            password=plain(settings.password),
            tokens=_imap_tokens(settings, parts),
            refusals=Refusals(parts.cache, parts.clock),
            ca_file=settings.ca_file,
        ),
        folder=settings.folder,
        processed_folder=settings.processed_folder,
        start=_start(settings.since, parts.zone),
        memory=parts.memory(settings.name),
        clock=parts.clock,
        breakable=parts.breakable,
    )


def _imap_tokens(settings: ImapSource, parts: SourceParts) -> Tokens | None:
    if not settings.oauth2.is_given:
        return None
    return oauth2_tokens(_owner(settings), settings.oauth2, parts.cache, parts.clock)


def _owner(settings: ImapSource | GraphSource) -> str:
    return f"Source '{settings.name}'"


def _graph(settings: GraphSource, parts: SourceParts) -> "_MailSource":
    from connector.intake.sources.graph_client import GraphClient
    from connector.intake.sources.graph_source import GraphMailbox

    memory = parts.memory(settings.name)
    client = GraphClient(
        source=settings.name,
        base_url=settings.base_url,
        mailbox=settings.mailbox,
        tokens=graph_tokens(_owner(settings), settings, parts.cache, parts.clock),
        memory=memory,
        clock=parts.clock,
        breakable=parts.breakable,
    )
    return GraphMailbox(
        client,
        folder=settings.folder,
        processed_folder=settings.processed_folder,
        start=_start(settings.since, parts.zone),
        memory=memory,
        clock=parts.clock,
    )


def _start(since: datetime | date | str | None, zone: ZoneInfo) -> MailStart:
    """Return where a mailbox starts: a date is that day's start in the help desk's zone."""
    if since == EVERYTHING:
        return MailStart(everything=True)
    if isinstance(since, datetime):
        return MailStart(to_utc(since, zone))
    if isinstance(since, date):
        return MailStart(at_local(datetime.combine(since, time()), zone))
    return MailStart()
