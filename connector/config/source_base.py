"""What the settings of all sources share."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator

from connector.config.fields import Filled, Settings, SourceName, moment_or_date

EVERYTHING = "all"


def _since(value: object) -> object:
    return value if value == EVERYTHING else moment_or_date(value)


Since = Annotated[Literal["all"] | datetime | date, BeforeValidator(_since)]


class Source(Settings):
    """What every source has. `acknowledge`: whether who sends a request here hears of it."""

    name: SourceName
    type: Literal["folder", "imap", "graph", "webhook", "gravity_forms"]
    acknowledge: bool = True


class MailSource(Source):
    """A source of e-mails. `receiver` is whose Authentication-Results are believed."""

    receiver: Filled | None = None
