"""The settings as types. `config.example.yaml` documents every one of them; a test holds that.

Paths are made absolute on validation: relative ones start at the folder of the config file,
which the loader hands over as validation context `{"folder": Path}`.
"""

import ipaddress
import re
from datetime import date, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from connector.domain import NameOrId
from connector.field_dates import FieldDates
from connector.local_time import read_moment_or_date

DEFAULT_TIMEZONE = "America/New_York"
SQLITE = "sqlite:///"


def _refusal(message: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("setting", "{message}", {"message": message, "remedy": remedy})


def _beside_config_file(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        from connector.yaml_validation import nearest

        near = nearest(name, sorted(available_timezones()))
        remedy = f"did you mean '{near}'?" if near else "write it like America/New_York"
        raise _refusal(f"'{name}' is not a known time zone", remedy) from None
    return name


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise _refusal("must be an https:// address", "write it like https://api.bms.kaseya.com")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise _refusal("must begin with https://", "plain http:// is only for this machine")
    if parts.username or parts.query or parts.fragment:
        remedy = "user name and password have settings of their own"
        raise _refusal("must be an address and nothing else", remedy)
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _state(url: str, info: ValidationInfo) -> str:
    if url.startswith("postgresql:"):
        return _postgres(url)
    file = url.removeprefix(SQLITE)
    if file == url or not file or file.endswith("/") or file.startswith(":"):
        remedy = (
            "write sqlite:///connector.db, sqlite:////var/lib/connector.db (four slashes), "
            "or postgresql://USER:${PASSWORD}@HOST/DATABASE"
        )
        raise _refusal("must be sqlite:/// and the path of a file, or postgresql://…", remedy)
    return SQLITE + str(_beside_config_file(Path(file), info))


def _postgres(url: str) -> str:
    """Refuse what PostgreSQL's library would take apart elsewhere than meant.

    A password with a plain @ or / in it would be read as a part of the host, and told in errors.
    """
    if not re.fullmatch(r"postgresql://([^@/?#\s]+@)?[^@/?#\s]*/[^@/?#\s]+(\?[^@#\s]*)?", url):
        remedy = (
            "write postgresql://USER:${PASSWORD}@HOST/DATABASE; "
            "in the password write %40 for @, %2F for /, %3F for ?, %23 for # and %25 for %"
        )
        raise _refusal("is not the address of a PostgreSQL database", remedy)
    return url


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
        raise _refusal(f"'{text}' is not an e-mail address", "write it like someone@client.example")
    return text


def _mailbox(text: str) -> str:
    _address(parseaddr(text)[1])
    return text


def _alert_channel(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if "://" not in text:
        _address(text)
        return url
    scheme = urlsplit(text).scheme.lower()
    if scheme == "https" or (scheme == "http" and _is_loopback(urlsplit(text).hostname or "")):
        _webhook(text)
        return url
    if scheme == "http":
        raise _refusal("must begin with https://", "plain http:// is only for this machine")
    return url


def _webhook(text: str) -> None:
    if not urlsplit(text).hostname:
        raise _refusal("is not the address of a webhook", "write it like https://HOST/PATH")


def _source_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        remedy = "use letters, digits, '.', '_' and '-'"
        raise _refusal(f"'{text}' cannot be the name of a source", remedy)
    return text


def _moment_or_date(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return read_moment_or_date(value)
    except ValueError:
        message = f"'{value}' is neither a date nor an ISO 8601 time"
        raise _refusal(message, "write it like 2026-11-01, or 2026-11-01T09:00-05:00") from None


ConfigPath = Annotated[Path, AfterValidator(_beside_config_file)]
EmailAddress = Annotated[str, AfterValidator(_address)]
AlertChannel = Annotated[SecretStr, AfterValidator(_alert_channel)]
"""A mail address, the https:// address of a webhook, or an Apprise URL."""
MomentOrDate = Annotated[datetime | date, BeforeValidator(_moment_or_date)]
Filled = Annotated[str, Field(min_length=1)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
CustomFieldDates = Literal["auto", "iso", "iso-local", "iso-date", "us", "us-date", "eu", "eu-date"]


class Settings(BaseModel):
    """Base of every settings model: frozen, strict about types, no unknown keys."""

    model_config = ConfigDict(
        defer_build=True, extra="forbid", frozen=True, strict=True, hide_input_in_errors=True
    )


Secret = Annotated[SecretStr, Field(min_length=1)]


class OAuthSettings(Settings):
    """OAuth 2.0 by client credentials (RFC 6749 section 4.4); not used without a `token_url`."""

    token_url: Annotated[str, AfterValidator(_base_url)] | None = None
    client_id: Filled | None = None
    client_secret: Secret | None = None
    scope: Filled | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "OAuthSettings":
        if self.is_given and None in (self.client_id, self.client_secret, self.scope):
            raise _refusal("is not whole", "give client_id, client_secret and scope as well")
        return self

    @property
    def is_given(self) -> bool:
        """Whether it is to be used."""
        return self.token_url is not None


class BmsSettings(Settings):
    """How to reach and sign in to BMS. Times are seconds."""

    base_url: Annotated[str, AfterValidator(_base_url)]
    tenant: Filled
    username: Filled
    password: Annotated[SecretStr, Field(min_length=1)]
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


class FolderSource(Settings):
    """A folder into which others rename finished `*.eml` and `*.json` files."""

    name: Annotated[str, AfterValidator(_source_name)]
    type: Literal["folder"]
    path: ConfigPath
    form: str | None = None
    receiver: Filled | None = None
    acknowledge: bool = True


class SmtpSettings(Settings):
    """How mail is sent by SMTP; not at all without a `host`. `timeout` is seconds."""

    host: Filled | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["tls", "starttls", "plain"] = "starttls"
    username: Filled | None = None
    password: Secret | None = None
    oauth: OAuthSettings = OAuthSettings()
    timeout: Annotated[float, Field(gt=0, le=120)] = 30.0

    @model_validator(mode="after")
    def _is_safe(self) -> "SmtpSettings":
        if self.host is None:
            return self
        if self.security == "plain" and not _is_loopback(self.host):
            remedy = "write tls or starttls; plain is only for a mail server on this machine"
            raise _refusal("mail must not be sent in clear", remedy)
        has_secret = self.password is not None or self.oauth.is_given
        if has_secret != (self.username is not None):
            remedy = "give `username` together with `password` or `oauth`, or none of them"
            raise _refusal("signs in with half of what it takes", remedy)
        if self.password is not None and self.oauth.is_given:
            raise _refusal("has a password and oauth", "keep one of them")
        return self

    @property
    def port_or_default(self) -> int:
        """The port, else the usual one of `security` (RFC 8314, RFC 6409)."""
        return self.port or {"tls": 465, "starttls": 587, "plain": 25}[self.security]


class GraphMailSettings(Settings):
    """How mail is sent by Microsoft Graph; not at all without a `mailbox`."""

    mailbox: EmailAddress | None = None
    tenant_id: Filled | None = None
    client_id: Filled | None = None
    client_secret: Secret | None = None
    login_url: Annotated[str, AfterValidator(_base_url)] = "https://login.microsoftonline.com"
    base_url: Annotated[str, AfterValidator(_base_url)] = "https://graph.microsoft.com"

    @model_validator(mode="after")
    def _is_whole(self) -> "GraphMailSettings":
        needed = (self.tenant_id, self.client_id, self.client_secret)
        if self.mailbox is not None and None in needed:
            raise _refusal("is not whole", "give tenant_id, client_id and client_secret as well")
        return self


class MailSettings(Settings):
    """Outgoing mail: by SMTP or by Microsoft Graph, or not at all."""

    sender: Annotated[str, AfterValidator(_mailbox)] | None = Field(default=None, alias="from")
    reply_to: EmailAddress | None = None
    phone: Filled | None = None
    acknowledge_strangers: bool = False
    smtp: SmtpSettings = SmtpSettings()
    graph: GraphMailSettings = GraphMailSettings()

    @model_validator(mode="after")
    def _has_one_way(self) -> "MailSettings":
        if self.smtp.host is not None and self.graph.mailbox is not None:
            raise _refusal("goes by smtp and by graph", "remove smtp.host or graph.mailbox")
        if self.is_sent and self.sender is None:
            raise _refusal("has no `from`", "write from: Help Desk <helpdesk@client.example>")
        return self

    @property
    def is_sent(self) -> bool:
        """Whether mail can be sent."""
        return self.smtp.host is not None or self.graph.mailbox is not None


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
    notify: Interval = 60
    sla: Interval = 300

    def intervals(self) -> dict[str, int]:
        """Return the interval of every step, in the order of a sync."""
        return dict(self)


class Limits(Settings):
    """What is still read into memory, in megabytes (10^6 bytes)."""

    request_mb: Annotated[int, Field(ge=1, le=1000)] = 60


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
    sources: Annotated[tuple[FolderSource, ...], Field(min_length=1)]
    mail: MailSettings = MailSettings()
    alerts: tuple[AlertChannel, ...] | None = None
    sla: SlaSettings = SlaSettings()
    statuses: Statuses = Statuses()
    run: RunSettings = RunSettings()
    limits: Limits = Limits()
    logs: Logs = Logs()

    @field_validator("lease_seconds")
    @classmethod
    def _outlasts_a_call(cls, seconds: float, info: ValidationInfo) -> float:
        """A lease is renewed after a third of it, and what is left must outlast a call."""
        bms = info.data.get("bms")
        if isinstance(bms, BmsSettings) and seconds <= 2 * bms.timeout:
            remedy = f"write more than {2 * bms.timeout:g}, which is twice bms.timeout"
            raise _refusal("must outlast any call to BMS", remedy)
        return seconds

    @field_validator("alerts")
    @classmethod
    def _can_be_sent(
        cls, alerts: tuple[SecretStr, ...] | None, info: ValidationInfo
    ) -> tuple[SecretStr, ...] | None:
        mail = info.data.get("mail")
        by_mail = any("://" not in channel.get_secret_value() for channel in alerts or ())
        if by_mail and isinstance(mail, MailSettings) and not mail.is_sent:
            raise _refusal("names a mail address", "say in `mail` how mail is sent")
        return alerts

    @property
    def sends(self) -> bool:
        """Whether anything is ever sent: mail, or alerts by other channels."""
        return self.mail.is_sent or bool(self.alerts)

    @property
    def zone(self) -> ZoneInfo:
        """The local time zone of the help desk."""
        return ZoneInfo(self.timezone)
