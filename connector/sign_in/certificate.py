"""Access tokens of Microsoft 365 for an app that signs in with a certificate.

https://learn.microsoft.com/entra/identity-platform/certificate-credentials ; the signing is
that of Microsoft's own library, msal.
"""

import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from connector.errors import ConfigError, Unreachable
from connector.ports import Cache, Clock
from connector.sign_in.refusals import SignInRefused, fingerprint
from connector.sign_in.tokens import KeptTokens

_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


class CertificateTokens(KeptTokens):
    """Tokens of an app that is known by a certificate."""

    def __init__(
        self,
        owner: str,
        *,
        client_id: str,
        authority: str,
        scope: str,
        certificate: Path,
        cache: Cache,
        clock: Clock,
    ) -> None:
        """`certificate` is a PEM file with the private key and the certificate.

        `owner` is whose settings these are, in messages. `token` also raises `ConfigError`
        where the extra or the certificate is missing.
        """
        super().__init__(cache, clock)
        self._owner = owner
        self._client_id = client_id
        self._authority = authority
        self._scope = scope
        self._certificate = certificate

    @cached_property
    def credentials(self) -> str:
        """Return the fingerprint of app and certificate."""
        return fingerprint(self._authority, self._client_id, self._scope, secret=self._pem)

    @cached_property
    def _pem(self) -> str:
        try:
            return self._certificate.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"{self._owner}: {self._certificate} cannot be read"
            raise ConfigError(message, "Let this user read it, as a PEM file") from error

    def _fetch(self) -> tuple[str, timedelta]:
        import requests

        try:
            answer = self._ask()
        except (requests.RequestException, ValueError) as error:  # ValueError: no such authority
            raise Unreachable(
                f"{self._owner}: no token from {self._authority}: {type(error).__name__}",
                "The next run tries again; if this lasts, check tenant and authority",
            ) from error
        if "access_token" not in answer:
            words = " ".join(str(answer.get("error_description", answer.get("error"))).split())
            raise SignInRefused(
                f"{self._owner}: Microsoft refused the certificate: {words[:300]}",
                "Upload it to the app registration, or correct tenant, client_id and certificate",
            )
        life = timedelta(seconds=int(str(answer.get("expires_in", 600))))
        return str(answer["access_token"]), life

    def _ask(self) -> dict[str, object]:
        try:
            import msal
        except ImportError:
            remedy = "pip install 'bms-connector[m365]', or use client_secret"
            message = f"{self._owner}: a certificate needs the library msal"
            raise ConfigError(message, remedy) from None
        application = msal.ConfidentialClientApplication(
            self._client_id,
            authority=self._authority,
            client_credential=self._credential(),
            instance_discovery=False,  # `authority` may be that of a national cloud
        )
        answer: dict[str, object] = application.acquire_token_for_client([self._scope])
        return answer

    def _credential(self) -> dict[str, str]:
        blocks = {match[1]: match[0] for match in reversed(list(_BLOCK.finditer(self._pem)))}
        key = next((block for kind, block in blocks.items() if kind.endswith("PRIVATE KEY")), None)
        if key is None or "CERTIFICATE" not in blocks:
            message = f"{self._owner}: {self._certificate} lacks a key or a certificate"
            raise ConfigError(message, "Put both into it, in PEM form, one after the other")
        self._refuse_unusable(key)
        return {"private_key": key, "public_certificate": blocks["CERTIFICATE"]}

    def _refuse_unusable(self, key: str) -> None:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            is_usable = isinstance(load_pem_private_key(key.encode(), None), RSAPrivateKey)
        except (ValueError, TypeError):
            is_usable = False
        if not is_usable:
            message = f"{self._owner}: the key in {self._certificate} cannot be used"
            raise ConfigError(message, "Use an RSA key without a passphrase")
