"""Files that a form submission names by their addresses: fetched, from allowed hosts alone.

Whoever can send a submission chooses the addresses (server-side request forgery, CWE-918): the
hosts are those of the source's `files_from`, also after a redirect, over HTTPS, without
credentials of ours.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from connector.domain.request import Attachment, FileLink
from connector.intake.remarks import shown
from connector.ports.files import Fetched

if TYPE_CHECKING:
    import requests

TIMEOUT: Final = (10.0, 15.0)
"""Seconds for connecting, and for each wait for data."""

MOST_SECONDS: Final = 60.0
"""How long all files of one submission may take together."""

MOST_REDIRECTS: Final = 3
CHUNK: Final = 65536
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
HTML: Final = "text/html"


class _Missing(Exception):
    """The file cannot be had. `may_come`: perhaps later."""

    def __init__(self, why: str, *, may_come: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.may_come = may_come


@dataclass(slots=True)
class _Left:
    """What may still be spent on the files of one submission."""

    size: int
    until: float


class LinkedFiles:
    """`ports.FileFetcher` over HTTP. `hosts` are the allowed ones by source, `host` or `host:port`.

    All files of a submission together may have `most_bytes`.
    """

    def __init__(
        self,
        hosts: Mapping[str, Collection[str]],
        most_bytes: int,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Call nothing yet."""
        self._hosts = hosts
        self._most_bytes = most_bytes
        self._seconds = seconds

    def fetch(self, source: str, links: Sequence[FileLink]) -> Fetched:
        """Fetch what a submission from this source names; raises nothing."""
        left = _Left(self._most_bytes, self._seconds() + MOST_SECONDS)
        attachments: list[Attachment] = []
        missing: list[str] = []
        may_come = False
        for link in links:
            try:
                attachments.append(self._file(link, self._hosts.get(source, ()), left, source))
            except _Missing as reason:
                missing.append(
                    f"The file '{shown(link.name)}' is missing, which the form names as "
                    f"{shown(link.url, 300)}: {reason.why}"
                )
                may_come = may_come or reason.may_come
        return Fetched(tuple(attachments), tuple(missing), may_come)

    def _file(self, link: FileLink, hosts: Collection[str], left: _Left, source: str) -> Attachment:
        import requests

        with requests.Session() as session:
            session.auth = _nobody  # else a .netrc is asked for the host
            try:
                return self._follow(session, link, hosts, left, source)
            except (requests.exceptions.InvalidURL, UnicodeError) as error:
                raise _Missing("it is no address of a file") from error
            except (requests.RequestException, OSError, ValueError) as error:
                why = f"its server could not be reached ({type(error).__name__})"
                raise _Missing(why, may_come=True) from error

    def _follow(
        self,
        session: "requests.Session",
        link: FileLink,
        hosts: Collection[str],
        left: _Left,
        source: str,
    ) -> Attachment:
        url = link.url
        for _ in range(MOST_REDIRECTS + 1):
            _must_be_allowed(url, hosts, source)
            timeout = self._timeout(left)
            with session.get(url, stream=True, timeout=timeout, allow_redirects=False) as response:
                if not response.is_redirect:
                    return self._read(response, link, left)
                url = urljoin(url, response.headers["Location"])
        raise _Missing("its server redirects too often")

    def _timeout(self, left: _Left) -> tuple[float, float]:
        """Return how long one call may wait: one server that hangs must not hang for each file."""
        seconds = left.until - self._seconds()
        if seconds <= 0:
            raise _Missing("the files before it took too long", may_come=True)
        connecting, reading = TIMEOUT
        return min(connecting, seconds), min(reading, seconds)

    def _read(self, response: "requests.Response", link: FileLink, left: _Left) -> Attachment:
        from connector.intake.mail.attachment_names import attachment_name

        status = response.status_code
        if status != 200:
            raise _Missing(f"its server answered {status}", may_come=status in PASSING)
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if content_type == HTML and not link.name.lower().endswith((".html", ".htm")):
            raise _Missing("its server answered with a web page: it may want a sign-in")
        content = bytearray()
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            content += chunk
            if len(content) > left.size:
                raise _Missing("it is too large (limits.request_mb)")
            if self._seconds() > left.until:
                raise _Missing("its server is too slow", may_come=True)
        left.size -= len(content)
        name = attachment_name(link.name, content_type)
        return Attachment(name, content_type or "application/octet-stream", bytes(content))


def _must_be_allowed(url: str, hosts: Collection[str], source: str) -> None:
    """Raise `_Missing` unless the address may be called, read as the HTTP library reads it."""
    import requests
    from urllib3.util import parse_url

    parts = parse_url(requests.Request("GET", url).prepare().url or "")
    host, port = (parts.host or "").lower().strip("[]"), parts.port
    if parts.auth or parts.scheme not in ("https", "http"):
        raise _Missing("it is no address of a file")
    place = f"{host}:{port}" if port not in (None, 443) else host
    if place not in hosts:
        raise _Missing(f"{shown(place)} is not among files_from of source '{source}'")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise _Missing("it is not https://")


def _nobody(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
    return request
