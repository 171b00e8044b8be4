"""The settings of what is sent: mail, and alerts by other channels."""

from email.utils import parseaddr
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from connector.config.fields import (
    BaseUrl,
    ConfigPath,
    EmailAddress,
    Filled,
    Secret,
    Settings,
    address,
    is_loopback,
)
from connector.config.sign_in import MICROSOFT_GRAPH, MICROSOFT_LOGIN, OAuth2Settings
from connector.yaml_validation import refusal


def _mailbox(text: str) -> str:
    address(parseaddr(text)[1])
    return text


def _alert_channel(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    if "://" not in text:
        address(text)
        return url
    scheme = urlsplit(text).scheme.lower()
    if scheme == "https" or (scheme == "http" and is_loopback(urlsplit(text).hostname or "")):
        _webhook(text)
        return url
    if scheme == "http":
        raise refusal("must begin with https://", "plain http:// is only for this machine")
    return url


def _webhook(text: str) -> None:
    if not urlsplit(text).hostname:
        raise refusal("is not the address of a webhook", "write it like https://HOST/PATH")


AlertChannel = Annotated[SecretStr, AfterValidator(_alert_channel)]
"""A mail address, the https:// address of a webhook, or an Apprise URL."""


class SmtpSettings(Settings):
    """How mail is sent by SMTP; not at all without a `host`. `timeout` is seconds."""

    host: Filled | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["tls", "starttls", "plain"] = "starttls"
    username: Filled | None = None
    password: Secret | None = None
    oauth2: OAuth2Settings = OAuth2Settings()
    timeout: Annotated[float, Field(gt=0, le=120)] = 30.0

    @model_validator(mode="after")
    def _is_safe(self) -> "SmtpSettings":
        if self.host is None:
            return self
        if self.security == "plain" and not is_loopback(self.host):
            remedy = "write tls or starttls; plain is only for a mail server on this machine"
            raise refusal("mail must not be sent in clear", remedy)
        has_secret = self.password is not None or self.oauth2.is_given
        if has_secret != (self.username is not None):
            remedy = "give `username` together with `password` or `oauth2`, or none of them"
            raise refusal("signs in with half of what it takes", remedy)
        if self.password is not None and self.oauth2.is_given:
            raise refusal("has a password and oauth2", "keep one of them")
        return self

    @property
    def port_or_default(self) -> int:
        """The port, else the usual one of `security` (RFC 8314, RFC 6409)."""
        return self.port or {"tls": 465, "starttls": 587, "plain": 25}[self.security]


class GraphMailSettings(Settings):
    """How mail is sent by Microsoft Graph; not at all without a `mailbox`.

    The words are those of a source of type `graph`.
    """

    mailbox: EmailAddress | None = None
    tenant: Filled | None = None
    client_id: Filled | None = None
    client_secret: Secret | None = None
    certificate: ConfigPath | None = None
    authority: BaseUrl = MICROSOFT_LOGIN
    base_url: BaseUrl = MICROSOFT_GRAPH

    @model_validator(mode="after")
    def _is_whole(self) -> "GraphMailSettings":
        if self.mailbox is None:
            return self
        has_one_secret = (self.client_secret is None) != (self.certificate is None)
        if self.tenant is None or self.client_id is None or not has_one_secret:
            remedy = "give tenant, client_id, and either client_secret or certificate as well"
            raise refusal("is not whole", remedy)
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
            raise refusal("goes by smtp and by graph", "remove smtp.host or graph.mailbox")
        if self.is_sent and self.sender is None:
            raise refusal("has no `from`", "write from: Help Desk <helpdesk@client.example>")
        return self

    @property
    def is_sent(self) -> bool:
        """Whether mail can be sent."""
        return self.smtp.host is not None or self.graph.mailbox is not None
