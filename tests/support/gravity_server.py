"""A stand-in for the REST API v2 of Gravity Forms on a WordPress site, after its documentation.

Entries of forms: search by status and start_date, paging, sorting by id, basic authentication.
What it does not know it refuses with 400.
https://docs.gravityforms.com/searching-and-getting-entries-with-the-rest-api-v2/
"""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from support.loopback import answering

KEY, SECRET = "ck_1", "cs_1"
KNOWN = {
    "search",
    "paging[page_size]",
    "paging[current_page]",
    "sorting[key]",
    "sorting[direction]",
    "sorting[is_numeric]",
}


class GravityServer:
    """`entries` by number; `behind` is how far the zone of the site is behind UTC."""

    def __init__(self) -> None:
        self.entries: dict[int, dict[str, Any]] = {}
        self.calls: list[dict[str, str]] = []
        self.fault: tuple[int, str] | None = None
        self.behind = timedelta(hours=5)
        self.form_id = 5
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, answer = outer.answer(self.path, self.headers.get("Authorization", ""))
                data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def submit(self, at: datetime, *, status: str = "active", **fields: str) -> dict[str, Any]:
        """Fill in the form; `_2` is the field 2 of the sample mapping."""
        number = len(self.entries) + 1
        entry = {
            "id": str(number),
            "form_id": str(self.form_id),
            "date_created": f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            "status": status,
            "1.3": "Luis",
            "2": "luis@palmettolegal.example",
            "8": f"Keyboard {number}",
            "9": "It hums",
        }
        entry |= {name.removeprefix("_"): value for name, value in fields.items()}
        self.entries[number] = entry
        return entry

    def answer(self, path: str, authorization: str) -> tuple[int, object]:
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        self.calls.append(query)
        if self.fault is not None:
            return self.fault
        expected = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if authorization != f"Basic {expected}":
            return 401, {"code": "rest_forbidden", "data": {"status": 401}}
        match = re.fullmatch(r"/wp-json/gf/v2/forms/(\d+)/entries", parts.path)
        if match is None or int(match[1]) != self.form_id:
            return 404, {"code": "not_found"}
        if set(query) - KNOWN or query.get("sorting[key]") != "id":
            return 400, {"code": "not known to the stand-in"}
        return 200, self._found(query)

    def _found(self, query: dict[str, str]) -> dict[str, Any]:
        search = json.loads(query.get("search", "{}"))
        found = [each for each in self.entries.values() if self._fits(each, search)]
        found.sort(key=lambda each: int(each["id"]))
        size = int(query.get("paging[page_size]", "10"))
        start = (int(query.get("paging[current_page]", "1")) - 1) * size
        return {"total_count": len(found), "entries": found[start : start + size]}

    def _fits(self, entry: dict[str, Any], search: dict[str, str]) -> bool:
        start = search.get("start_date", "0000")
        local = datetime.fromisoformat(entry["date_created"]) - self.behind
        return entry["status"] == search.get("status", entry["status"]) and str(local) >= start


@contextmanager
def running_gravity() -> Iterator[GravityServer]:
    server = GravityServer()
    with answering(server.http):
        yield server
