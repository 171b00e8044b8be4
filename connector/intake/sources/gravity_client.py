"""One form of Gravity Forms, over the REST API v2 of its WordPress site.

https://docs.gravityforms.com/searching-and-getting-entries-with-the-rest-api-v2/
Signing in: https://docs.gravityforms.com/rest-api-v2-basic-authentication/
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from connector.errors import Unreachable
from connector.intake.sources.abandoned import Abandoned
from connector.ports.stopping import CallAbandoned
from connector.sign_in.refusals import Refusals, SignInRefused, fingerprint

if TYPE_CHECKING:
    import requests

PAGE_SIZE: Final = 100
MOST_PAGES: Final = 1000
TIMEOUT: Final = (15.0, 60.0)
"""Seconds for connecting, and for each wait for data."""

ZONES: Final = timedelta(days=1)
"""How far the dates of a search may be off: the site reckons them in its own time zone."""

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and how many the site says that there are in all."""

    entries: list[Entry]
    total: int
    count: int
    """How many came, those included that have no date."""

    @property
    def undated(self) -> int:
        """How many have no date, so that nobody can tell whether they are new."""
        return self.count - len(self.entries)


class GravityClient:
    """Calls about one form, one attempt each."""

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        key: str,
        secret: str,
        form_id: int,
        refusals: Refusals,
        breakable: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Call nothing yet. `breakable` as in `ports.stopping.Stop`."""
        self.source = source
        self.form_id = form_id
        self._url = f"{base_url}/wp-json/gf/v2/forms/{form_id}/entries"
        self._base_url = base_url
        self._key = key
        self._secret = secret
        self._refusals = refusals
        self._breakable = breakable
        self._session: requests.Session | None = None

    def pages(self, since: datetime | None) -> Iterator[Page]:
        """Yield the active entries, by their number, from `since` on and some before it.

        Raises `SignInRefused` and `Unreachable`.
        """
        for number in range(1, MOST_PAGES + 1):
            page = self.page(since, number, PAGE_SIZE)
            yield page
            if number * PAGE_SIZE >= page.total or not page.count:
                return

    def page(self, since: datetime | None, number: int, size: int) -> Page:
        """Return one page, the first being 1; raises what `pages` raises."""
        search = {"status": "active"}
        if since is not None:
            search["start_date"] = f"{since - ZONES:%Y-%m-%d %H:%M:%S}"
        query = {
            "search": json.dumps(search),
            "paging[page_size]": str(size),
            "paging[current_page]": str(number),
            "sorting[key]": "id",
            "sorting[direction]": "ASC",
            "sorting[is_numeric]": "true",
        }
        match self._get(query):
            case {"entries": list(entries), "total_count": int() | str() as total}:
                return Page([each for each in entries if _is_dated(each)], int(total), len(entries))
        raise Unreachable(
            f"Source '{self.source}': {self._base_url} answered something else than entries",
            "Look whether another plugin changes the REST API of the site",
        )

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._session.close()
            self._session = None

    # --- one call ----------------------------------------------------------------------------

    def _get(self, query: Mapping[str, str]) -> object:
        with self._refusals.minded(fingerprint(self._url, self._key, secret=self._secret)):
            response = self._request(query)
            if response.status_code in (401, 403):
                raise SignInRefused(
                    f"Source '{self.source}': {self._base_url} refused the key of the REST API "
                    f"({response.status_code})",
                    "Correct `key` and `secret`, or give the key permission to read entries",
                )
        if response.status_code != 200:
            raise self._failed(response.status_code)
        try:
            return response.json()
        except ValueError:
            raise Unreachable(
                f"Source '{self.source}': {self._base_url} answered a web page and no JSON",
                "Switch the REST API on: Forms > Settings > REST API",
            ) from None

    def _failed(self, status: int) -> Unreachable:
        remedy = "The next run tries again"
        if 300 <= status < 400:
            remedy = "Correct `base_url`: it leads to another address, and the key stays here"
        if status == 404:
            remedy = "Correct `form_id` and `base_url`, and switch the REST API of the form on"
        return Unreachable(f"Source '{self.source}': {self._base_url} answered {status}", remedy)

    def _request(self, query: Mapping[str, str]) -> "requests.Response":
        import requests

        if self._session is None:
            self._session = requests.Session()
            self._session.trust_env = self._base_url.startswith("https://")
        try:
            with self._breakable():
                return self._session.get(
                    self._url,
                    params=query,
                    auth=(self._key, self._secret),
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
        except CallAbandoned as error:
            raise Abandoned(self.source) from error
        except requests.RequestException as error:
            why = type(error).__name__
            raise Unreachable(
                f"Source '{self.source}': {self._base_url} could not be reached: {why}",
                "Nothing is lost, the next run goes on",
            ) from error


def _is_dated(entry: object) -> bool:
    return isinstance(entry, dict) and "id" in entry and submitted(entry) is not None


def submitted(entry: Entry) -> datetime | None:
    """Return when an entry was submitted: `date_created` is in UTC, without saying so."""
    try:
        return datetime.fromisoformat(str(entry.get("date_created"))).replace(tzinfo=UTC)
    except ValueError:
        return None
