"""The settings as types. `config.example.yaml` documents every one of them; a test holds that.

Paths are made absolute on validation: relative ones start at the folder of the config file,
which the loader hands over as validation context `{"folder": Path}`.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from connector.config.access import AccountSettings, ApprovalSettings
from connector.config.fields import (
    BaseUrl,
    ConfigPath,
    EmailAddress,
    Filled,
    MomentOrDate,
    Secret,
    Settings,
    TimeZone,
    beside_config_file,
    is_loopback,
)
from connector.config.forms import SharedSecret
from connector.config.outgoing import AlertChannel, MailSettings
from connector.config.serve import ServeSettings
from connector.config.sources import AnySource
from connector.domain.tenant import NameOrId
from connector.field_dates import FieldDates
from connector.yaml_validation import refusal

DEFAULT_TIMEZONE = "America/New_York"
SQLITE = "sqlite:///"


def _state(url: str, info: ValidationInfo) -> str:
    if url.startswith("postgresql:"):
        return _postgres(url)
    file = url.removeprefix(SQLITE)
    if file == url or not file or file.endswith("/") or file.startswith(":"):
        remedy = (
            "write sqlite:///connector.db, sqlite:////var/lib/connector.db (four slashes), "
            "or postgresql://USER:${PASSWORD}@HOST/DATABASE"
        )
        raise refusal("must be sqlite:/// and the path of a file, or postgresql://…", remedy)
    return SQLITE + str(beside_config_file(Path(file), info))


def _postgres(url: str) -> str:
    """Refuse what PostgreSQL's library would take apart elsewhere than meant.

    A password with a plain @ or / in it would be read as a part of the host, and told in errors.
    """
    if not re.fullmatch(r"postgresql://([^@/?#\s]+@)?[^@/?#\s]*/[^@/?#\s]+(\?[^@#\s]*)?", url):
        remedy = (
            "write postgresql://USER:${PASSWORD}@HOST/DATABASE; "
            "in the password write %40 for @, %2F for /, %3F for ?, %23 for # and %25 for %"
        )
        raise refusal("is not the address of a PostgreSQL database", remedy)
    return url


CustomFieldDates = Literal["auto", "iso", "iso-local", "iso-date", "us", "us-date", "eu", "eu-date"]


class BmsSettings(Settings):
    """How to reach and sign in to BMS. Times are seconds."""

    base_url: BaseUrl
    tenant: Filled
    username: Filled
    password: Secret
    webhook_secret: SharedSecret | None = None
    timeout: Annotated[float, Field(gt=0, le=120)] = 30.0
    search_settle: Annotated[float, Field(ge=0, le=3600)] = 120.0
    calls_per_hour: Annotated[int, Field(ge=1)] = 1200
    workers: Annotated[int, Field(ge=1, le=16)] = 4
    time_zone: TimeZone = "UTC"
    custom_field_dates: CustomFieldDates = "auto"

    @property
    def field_dates(self) -> FieldDates | None:
        """The format of dates in custom fields; None for the one that `check --live` learnt."""
        return None if self.custom_field_dates == "auto" else FieldDates(self.custom_field_dates)


class NoteTypes(Settings):
    """The note types of BMS that notes of ours get."""

    internal: NameOrId = "Task Notes"
    client: NameOrId = "Client Communication"


class CatchAll(Settings):
    """Where requests go whose client nobody can tell."""

    account: NameOrId
    contact: EmailAddress


class SlaScope(Settings):
    """Which tickets born in BMS get due dates; what is left out here is left alone."""

    include_scheduled: bool = False
    include_recurring: bool = False
    exclude_queues: tuple[NameOrId, ...] | None = None
    exclude_issue_types: tuple[NameOrId, ...] | None = None
    exclude_accounts: tuple[NameOrId, ...] | None = None


class SlaSettings(Settings):
    """How far due dates are written back (DESIGN section 7). `full_sweep` is hours."""

    since: MomentOrDate | None = None
    existing_due_date: Literal["keep", "replace"] = "keep"
    scope: SlaScope = SlaScope()
    full_sweep: Annotated[float, Field(gt=0, le=168)] = 24.0


class Statuses(Settings):
    """The ticket statuses that we set or test, as this tenant calls them."""

    new: NameOrId = "New"
    waiting: NameOrId = "Waiting for Customer"
    responded: NameOrId = "Customer Responded"
    completed: NameOrId = "Completed"
    merged: NameOrId = "Merged"


Interval = Annotated[int, Field(ge=1, le=86400)]


class RunSettings(Settings):
    """How often `run` does each step of a sync, in seconds from the end of one to the next."""

    intake: Interval = 60
    deliver: Interval = 60
    accounts: Interval = 300
    notify: Interval = 60
    sla: Interval = 300

    def intervals(self) -> dict[str, int]:
        """Return the interval of every step, in the order of a sync."""
        return dict(self)


class Limits(Settings):
    """What is still read into memory, in megabytes (10^6 bytes)."""

    request_mb: Annotated[int, Field(ge=1, le=1000)] = 60


MOST_RAW_DAYS = 3650


def _raw_days(value: object) -> object:
    if isinstance(value, int) and value is not True and 1 <= value <= MOST_RAW_DAYS:
        return value
    if value == "forever":
        return value
    remedy = "write raw_days: forever to keep every message"
    raise refusal(f"must be a whole number of days from 1 to {MOST_RAW_DAYS}, or forever", remedy)


class RetentionSettings(Settings):
    """How many days after a request was settled its raw message is kept."""

    raw_days: Annotated[int | Literal["forever"], BeforeValidator(_raw_days)] = 90

    @property
    def raw_kept(self) -> timedelta | None:
        """How long raw messages are kept; None for ever."""
        return None if self.raw_days == "forever" else timedelta(days=self.raw_days)


class Logs(Settings):
    """What stands in the logs."""

    redact_addresses: bool = True


class Config(Settings):
    """`config.yaml`, whole, its paths absolute and its secrets in place."""

    timezone: TimeZone = DEFAULT_TIMEZONE
    bms: BmsSettings
    state: Annotated[str, AfterValidator(_state)]
    lease_seconds: Annotated[float, Field(ge=60, le=3600)] = 300.0
    mappings: ConfigPath
    catch_all: CatchAll
    note_types: NoteTypes = NoteTypes()
    sources: Annotated[tuple[AnySource, ...], Field(min_length=1)]
    mail: MailSettings = MailSettings()
    alerts: tuple[AlertChannel, ...] | None = None
    approvals: ApprovalSettings = ApprovalSettings()
    accounts: AccountSettings = AccountSettings()
    sla: SlaSettings = SlaSettings()
    statuses: Statuses = Statuses()
    run: RunSettings = RunSettings()
    serve: ServeSettings = ServeSettings()
    limits: Limits = Limits()
    retention: RetentionSettings = RetentionSettings()
    logs: Logs = Logs()

    @field_validator("lease_seconds")
    @classmethod
    def _outlasts_a_call(cls, seconds: float, info: ValidationInfo) -> float:
        """A lease is renewed after a third of it, and what is left must outlast a call."""
        bms = info.data.get("bms")
        if isinstance(bms, BmsSettings) and seconds <= 2 * bms.timeout:
            remedy = f"write more than {2 * bms.timeout:g}, which is twice bms.timeout"
            raise refusal("must outlast any call to BMS", remedy)
        return seconds

    @field_validator("alerts")
    @classmethod
    def _can_be_sent(
        cls, alerts: tuple[SecretStr, ...] | None, info: ValidationInfo
    ) -> tuple[SecretStr, ...] | None:
        mail = info.data.get("mail")
        by_mail = any("://" not in channel.get_secret_value() for channel in alerts or ())
        if by_mail and isinstance(mail, MailSettings) and not mail.is_sent:
            raise refusal("names a mail address", "say in `mail` how mail is sent")
        return alerts

    @field_validator("accounts")
    @classmethod
    def _grants_in_a_sandbox(
        cls, accounts: AccountSettings, info: ValidationInfo
    ) -> AccountSettings:
        bms = info.data.get("bms")
        if accounts.grant != "sandbox" or not isinstance(bms, BmsSettings):
            return accounts
        if not is_loopback(urlsplit(bms.base_url).hostname or ""):
            remedy = "write grant: manual; sandbox is only for a sandbox BMS on this machine"
            raise refusal("cannot be sandbox with a BMS that is none", remedy)
        return accounts

    @property
    def sends(self) -> bool:
        """Whether anything is ever sent: mail, or alerts by other channels."""
        return self.mail.is_sent or bool(self.alerts)

    @property
    def zone(self) -> ZoneInfo:
        """The local time zone of the help desk."""
        return ZoneInfo(self.timezone)
