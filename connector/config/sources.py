"""The settings of sources, one model per type; those of forms stand in `config.forms`."""

from typing import Annotated, Literal

from pydantic import (
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from connector.config.fields import (
    BaseUrl,
    ConfigPath,
    EmailAddress,
    Filled,
    Secret,
    is_loopback,
)
from connector.config.forms import GravityFormsSource, WebhookSource
from connector.config.sign_in import MICROSOFT_GRAPH, MICROSOFT_LOGIN, OAuth2Settings
from connector.config.source_base import MailSource, Since
from connector.domain.mail import EXCHANGE_ONLINE
from connector.yaml_validation import refusal

IMAP_PORTS = {"tls": 993, "starttls": 143, "plain": 143}


class FolderSource(MailSource):
    """A folder into which others rename finished `*.eml` and `*.json` files."""

    path: ConfigPath
    form: str | None = None


class ImapSource(MailSource):
    """A mailbox over IMAP. Exactly one of `password` and `oauth2` is given."""

    host: Filled
    security: Literal["tls", "starttls", "plain"] = "tls"
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    ca_file: ConfigPath | None = None
    username: Filled
    password: Secret | None = None
    oauth2: OAuth2Settings = OAuth2Settings()
    folder: Filled = "INBOX"
    processed_folder: Filled = "Processed"
    since: Since | None = None

    @field_validator("security")
    @classmethod
    def _plain_only_here(cls, security: str, info: ValidationInfo) -> str:
        if security == "plain" and not is_loopback(info.data.get("host", "localhost")):
            remedy = "write tls or starttls: plain is only for this machine"
            raise refusal("would send the password in the clear", remedy)
        return security

    @model_validator(mode="after")
    def _is_whole(self) -> "ImapSource":
        if (self.password is not None) == self.oauth2.is_given:
            message = f"source '{self.name}' must have either password or oauth2"
            raise refusal(message, "give one of them")
        both = {self.folder, self.processed_folder}
        if len(both) == 1 or {name.casefold() for name in both} == {"inbox"}:
            message = f"source '{self.name}' must not file mail into the folder it reads"
            raise refusal(message, "name another processed_folder")
        return self

    @property
    def port_number(self) -> int:
        """The port, or the usual one for `security`."""
        return self.port or IMAP_PORTS[self.security]


class GraphSource(MailSource):
    """A mailbox of Microsoft 365 over Microsoft Graph, by application permission.

    Exactly one of `client_secret` and `certificate` (PEM: private key and certificate) is
    given.
    """

    tenant: Filled
    client_id: Filled
    client_secret: Secret | None = None
    certificate: ConfigPath | None = None
    mailbox: EmailAddress
    folder: Filled = "inbox"
    processed_folder: Filled = "Processed"
    since: Since | None = None
    receiver: Filled | None = EXCHANGE_ONLINE
    authority: BaseUrl = MICROSOFT_LOGIN
    base_url: BaseUrl = MICROSOFT_GRAPH

    @model_validator(mode="after")
    def _is_whole(self) -> "GraphSource":
        if (self.client_secret is None) == (self.certificate is None):
            message = f"source '{self.name}' must have either client_secret or certificate"
            raise refusal(message, "give one of them")
        if self.folder.casefold() == self.processed_folder.casefold():
            message = f"source '{self.name}' must not file mail into the folder it reads"
            raise refusal(message, "name another processed_folder")
        return self


def _type_of(source: object) -> str:
    """Return whose settings these are; a wrong type is told along with what else is wrong."""
    kind = source.get("type") if isinstance(source, dict) else getattr(source, "type", None)
    return kind if kind in ("imap", "graph", "webhook", "gravity_forms") else "folder"


AnySource = Annotated[
    Annotated[FolderSource, Tag("folder")]
    | Annotated[ImapSource, Tag("imap")]
    | Annotated[GraphSource, Tag("graph")]
    | Annotated[WebhookSource, Tag("webhook")]
    | Annotated[GravityFormsSource, Tag("gravity_forms")],
    Discriminator(_type_of),
]
