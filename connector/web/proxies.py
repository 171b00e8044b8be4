"""Behind a reverse proxy: who asks, and under which address, by the headers of trusted proxies.

From anybody else such headers are taken away, so that no page can be misled by them.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Network = IPv4Network | IPv6Network

IS_TRUSTED: Final = "connector.from_trusted_proxy"
"""In the WSGI environment: whether the request came through a trusted proxy."""

FORWARDED = "HTTP_X_FORWARDED_"
_STANDARD = "HTTP_FORWARDED"


class TrustedProxies:
    """WSGI middleware that applies X-Forwarded-For, -Proto, -Host and -Prefix, if they are true."""

    def __init__(self, app: "WSGIApplication", trusted: Sequence[Network]) -> None:
        """Believe what connects from `trusted`."""
        self._app = app
        self._trusted = tuple(trusted)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request as it was before the proxy."""
        said = _take_away(environ)
        environ[IS_TRUSTED] = self._is_trusted(environ.get("REMOTE_ADDR", ""))
        if environ[IS_TRUSTED]:
            self._apply(environ, said)
        return self._app(environ, start_response)

    def _apply(self, environ: "WSGIEnvironment", said: dict[str, str]) -> None:
        if client := self._client(said.get("FOR", "")):
            environ["REMOTE_ADDR"] = client
        if (scheme := _last(said.get("PROTO", ""))) in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        if host := _last(said.get("HOST", "")):
            environ["HTTP_HOST"] = host
        prefix = _last(said.get("PREFIX", "")).rstrip("/")
        if prefix.startswith("/") and not prefix.startswith("//"):
            _mount(environ, prefix)

    def _client(self, forwarded_for: str) -> str:
        """Return the last address that no trusted proxy has; what stands before it is hearsay."""
        hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
        for hop in reversed(hops):
            if _address(hop) is None:
                return ""
            if not self._is_trusted(hop):
                return hop
        return hops[0] if hops else ""

    def _is_trusted(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._trusted)


def _take_away(environ: "WSGIEnvironment") -> dict[str, str]:
    environ.pop(_STANDARD, None)
    names = [name for name in environ if name.startswith(FORWARDED)]
    return {name.removeprefix(FORWARDED): environ.pop(name) for name in names}


def _mount(environ: "WSGIEnvironment", prefix: str) -> None:
    """Answer below `prefix`, whether the proxy cut it off the path or not."""
    environ["SCRIPT_NAME"] = prefix
    path = environ["PATH_INFO"]
    if path == prefix or path.startswith(f"{prefix}/"):
        environ["PATH_INFO"] = path.removeprefix(prefix) or "/"


def _last(values: str) -> str:
    return values.rpartition(",")[2].strip()


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address; one of IPv4 within IPv6 (a socket that listens to both) as IPv4."""
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
