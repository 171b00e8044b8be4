"""Kinds of values that several settings share, and the base of every settings model."""

import ipaddress
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
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
)

from connector.local_time import read_moment_or_date
from connector.yaml_validation import refusal


def beside_config_file(path: Path, info: ValidationInfo) -> Path:
    """Return a path that begins at the folder of the config file."""
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path


def time_zone(name: str) -> str:
    """Return the name of a time zone that exists."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        from connector.yaml_validation import nearest

        near = nearest(name, sorted(available_timezones()))
        remedy = f"did you mean '{near}'?" if near else "write it like America/New_York"
        raise refusal(f"'{name}' is not a known time zone", remedy) from None
    return name


def base_url(url: str) -> str:
    """Return an address that may carry secrets: https, or this very machine."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise refusal("must be an https:// address", "write it like https://api.bms.kaseya.com")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise refusal("must begin with https://", "plain http:// is only for this machine")
    if parts.username or parts.query or parts.fragment:
        remedy = "user name and password have settings of their own"
        raise refusal("must be an address and nothing else", remedy)
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(text: str) -> str:
    """Return an e-mail address."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
        raise refusal(f"'{text}' is not an e-mail address", "write it like someone@client.example")
    return text


HOSTED_FORM = "hosted-form"
RESERVED = frozenset({"accounts", HOSTED_FORM})
"""Names under which the ledger keeps requests of no configured source.

That is orders of portal logins, and what is sent in the hosted form.
"""


def source_name(text: str) -> str:
    """Return a name that may stand in reports, keys and paths."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        remedy = "use letters, digits, '.', '_' and '-'"
        raise refusal(f"'{text}' cannot be the name of a source", remedy)
    if text.casefold() in RESERVED:
        raise refusal(f"'{text}' is what the connector itself records under", "name it otherwise")
    return text


def moment_or_date(value: object) -> object:
    """Return what an ISO 8601 text stands for; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return read_moment_or_date(value)
    except ValueError:
        message = f"'{value}' is neither a date nor an ISO 8601 time"
        raise refusal(message, "write it like 2026-11-01, or 2026-11-01T09:00-05:00") from None


ConfigPath = Annotated[Path, AfterValidator(beside_config_file)]
EmailAddress = Annotated[str, AfterValidator(address)]
MomentOrDate = Annotated[datetime | date, BeforeValidator(moment_or_date)]
Filled = Annotated[str, Field(min_length=1)]
TimeZone = Annotated[str, AfterValidator(time_zone)]
BaseUrl = Annotated[str, AfterValidator(base_url)]
SourceName = Annotated[str, AfterValidator(source_name)]
Secret = Annotated[SecretStr, Field(min_length=1)]


class Settings(BaseModel):
    """Base of every settings model: frozen, strict about types, no unknown keys."""

    model_config = ConfigDict(
        defer_build=True, extra="forbid", frozen=True, strict=True, hide_input_in_errors=True
    )
