"""The settings of sources of form submissions: webhooks, and forms that are polled."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from connector.config.fields import BaseUrl, Filled, Secret
from connector.config.source_base import Since, Source
from connector.yaml_validation import refusal

SIGNATURE_HEADER = "X-Signature-256"
SECRET_HEADER = "X-Webhook-Secret"  # noqa: S105 - the name of a header

BMS_HOOK = "bms"
"""What stands in `/hooks/bms`, where BMS itself tells of changed tickets."""

HEADERS = {"signature": SIGNATURE_HEADER, "header": SECRET_HEADER, "basic": "Authorization"}


def _host(text: str) -> str:
    """Return a host, with a port where it is not the usual one."""
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", text):
        remedy = "write the host alone, like files.client.example"
        raise refusal(f"'{text}' is not the name of a host", remedy)
    return text.lower()


def _header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", text):
        raise refusal(f"'{text}' is not the name of a header", "write it like X-Webhook-Secret")
    return text


Host = Annotated[str, AfterValidator(_host)]
Header = Annotated[Filled, AfterValidator(_header)]
SharedSecret = Annotated[Secret, Field(min_length=16)]
"""Who knows it may send requests in anybody's name, and may try as often as it likes."""


class FormSource(Source):
    """A source of submissions of one form. `form` is the mapping file that reads them.

    `files_from` are the hosts from which files that a submission names by address are fetched.
    """

    form: Filled
    files_from: tuple[Host, ...] | None = None


class WebhookSource(FormSource):
    """A form that sends its submissions to `serve`, at /hooks/NAME.

    `auth` is how it shows that it knows `secret`: by a signature over the body (HMAC-SHA256), by
    a header that holds it, or by basic authentication with `username`. `header` is None for the
    usual one of `auth`.
    """

    secret: SharedSecret
    auth: Literal["signature", "header", "basic"] = "signature"
    header: Header | None = None
    username: Filled | None = None
    trust_submitted_at: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> "WebhookSource":
        if self.name == BMS_HOOK:
            message = f"source '{self.name}' has the name of BMS's own webhook"
            raise refusal(message, "name it otherwise")
        if (self.auth == "basic") != (self.username is not None):
            message = f"source '{self.name}' must have a username with auth: basic, and only then"
            raise refusal(message, "add it, or take it away")
        if self.auth == "basic" and self.header is not None:
            message = f"source '{self.name}' must not have a header with auth: basic"
            raise refusal(message, "take it away: basic authentication is in Authorization")
        return self

    @property
    def header_name(self) -> str:
        """The header in which the sender shows that it knows the secret."""
        return self.header or HEADERS[self.auth]


class GravityFormsSource(FormSource):
    """A form of Gravity Forms, whose entries are read over the REST API of its WordPress site.

    `key` and `secret` are those of Gravity Forms' settings, `form_id` the number of the form in
    WordPress. `interval` is seconds from one look to the next.
    """

    base_url: BaseUrl
    key: Filled
    secret: Secret
    form_id: Annotated[int, Field(ge=1)]
    interval: Annotated[int, Field(ge=10, le=86400)] = 300
    since: Since | None = None
