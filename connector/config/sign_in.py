"""Settings of sign-ins that sources and outgoing mail share."""

from pydantic import model_validator

from connector.config.fields import BaseUrl, Filled, Secret, Settings
from connector.yaml_validation import refusal

MICROSOFT_LOGIN = "https://login.microsoftonline.com"
MICROSOFT_GRAPH = "https://graph.microsoft.com/v1.0"


class OAuth2Settings(Settings):
    """How to get an access token; not used without a `token_url`.

    Without `refresh_token`, by client credentials (RFC 6749 section 4.4).
    """

    token_url: BaseUrl | None = None
    client_id: Filled | None = None
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    scope: Filled | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "OAuth2Settings":
        has_secret = self.client_secret is not None or self.refresh_token is not None
        if self.is_given and not (self.client_id and has_secret):
            raise refusal("is not whole", "give client_id, and client_secret or refresh_token")
        if not self.is_given and (self.client_id or has_secret):
            raise refusal("is not whole", "give token_url as well")
        return self

    @property
    def is_given(self) -> bool:
        """Whether it is to be used."""
        return self.token_url is not None
