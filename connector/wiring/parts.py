"""Settings become the parts that several commands share: BMS, the rules, the reader."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from connector.bms.access import BmsAccess
from connector.bms.gateway import BmsGateway
from connector.config.models import Config
from connector.config.source_base import MailSource
from connector.domain.mail import OwnAddresses
from connector.domain.request import Request, RequestKind
from connector.field_dates import FieldDates
from connector.ledger.budget import SqlCallBudget
from connector.ledger.store import SqlLedger
from connector.mapping.clients import own_addresses
from connector.mapping.domains import normal_address
from connector.mapping.load import Mappings
from connector.mapping.models import FormFile
from connector.pipeline.rulebook import Rulebook, TicketStatuses
from connector.ports import Cache, Clock, Identified
from connector.ports.stopping import Breakable
from connector.sla.policy import SlaPolicy

KEY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that a person reading a key aloud would mistake for another."""


NAMELESS = "Help desk"


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


def desk_name(config: Config) -> str:
    """Return what the help desk is called where it shows itself: as in its mails."""
    return parseaddr(config.mail.sender or "")[0] or NAMELESS


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
