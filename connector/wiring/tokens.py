"""Settings become what fetches access tokens, for sources and for outgoing mail alike."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from connector.config.outgoing import GraphMailSettings
from connector.config.sign_in import OAuth2Settings
from connector.config.sources import GraphSource
from connector.ports import Cache, Clock

if TYPE_CHECKING:
    from connector.sign_in.tokens import Tokens


def oauth2_tokens(owner: str, oauth2: OAuth2Settings, cache: Cache, clock: Clock) -> "Tokens":
    """Return where the tokens of these settings come from; `owner` names them in messages."""
    from connector.sign_in.oauth2 import OAuth2Client, TokenEndpoint

    client = OAuth2Client(
        token_url=oauth2.token_url or "",
        client_id=oauth2.client_id or "",
        client_secret=plain(oauth2.client_secret),
        refresh_token=plain(oauth2.refresh_token),
        scope=oauth2.scope,
    )
    return TokenEndpoint(owner, client, cache, clock)


def graph_tokens(
    owner: str, settings: GraphSource | GraphMailSettings, cache: Cache, clock: Clock
) -> "Tokens":
    """Return where tokens for Microsoft Graph come from: all it permits the app (`.default`)."""
    authority = f"{settings.authority}/{settings.tenant}"
    graph = urlsplit(settings.base_url)
    scope = f"{graph.scheme}://{graph.netloc}/.default"
    if settings.certificate is None:
        oauth2 = OAuth2Settings(
            token_url=f"{authority}/oauth2/v2.0/token",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            scope=scope,
        )
        return oauth2_tokens(owner, oauth2, cache, clock)
    from connector.sign_in.certificate import CertificateTokens

    return CertificateTokens(
        owner,
        client_id=settings.client_id or "",
        authority=authority,
        scope=scope,
        certificate=settings.certificate,
        cache=cache,
        clock=clock,
    )


def plain(secret: SecretStr | None) -> str | None:
    """Return what is secret, as text."""
    return None if secret is None else secret.get_secret_value()
