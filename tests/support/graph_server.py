"""A stand-in for Microsoft Graph and its token endpoint, after Microsoft's documentation.

Messages of one mailbox, delta query with skip and delta tokens, immutable ids only for those
who ask, MIME by $value, move, folders, throttling. What it does not know it refuses with 400.
https://learn.microsoft.com/graph/api/message-delta
https://learn.microsoft.com/graph/api/message-move
https://learn.microsoft.com/graph/outlook-immutable-id
https://learn.microsoft.com/graph/throttling
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from support.loopback import answering

MAILBOX = "helpdesk@securenetmsp.com"
INBOX = "inbox-id"
PAGE = 2


@dataclass
class Message:
    id: str
    raw: bytes
    received_at: datetime
    folder: str = INBOX
    flag: str = "notFlagged"
    categories: list[str] = field(default_factory=list)
    size: int | None = None
    changed: int = 0


class Answer(Exception):
    """What the server answers instead of the usual."""

    def __init__(self, status: int, code: str, **headers: str) -> None:
        super().__init__(code)
        self.status, self.code, self.headers = status, code, headers


class GraphServer:
    """One mailbox. `faults` are asked before each call and may raise `Answer`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.messages: dict[str, Message] = {}
        self.folders = {INBOX: ("Inbox", "")}
        self.calls: list[str] = []
        self.faults: list[Callable[[str], None]] = []
        self.tokens = {"token-1"}
        self.token_requests: list[dict[str, str]] = []
        self.oldest_token = 0
        self.reset_code = "SyncStateNotFound"
        self.may_write = True
        self.has_permanent_delete = True  # national clouds have none
        self._clock = 0
        self._left: list[tuple[int, str, str]] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    # --- what people do ----------------------------------------------------------------------

    def deliver(
        self, raw: bytes, *, at: datetime | None = None, size: int | None = None
    ) -> Message:
        message = Message(f"AAkA/{len(self.messages)}+=", raw, at or self.now(), size=size)
        self.messages[message.id] = message
        self.touch(message)
        return message

    def touch(self, message: Message) -> None:
        """Change something about a message, as reading it does."""
        self._clock += 1
        message.changed = self._clock

    def move(self, message: Message, folder: str) -> None:
        self._clock += 1
        self._left.append((self._clock, message.folder, message.id))
        message.folder, message.changed = folder, self._clock

    def remove(self, message: Message) -> None:
        self.move(message, "gone")
        del self.messages[message.id]

    def subjects(self, folder: str = "Inbox") -> list[str]:
        ids = [key for key, (name, _) in self.folders.items() if name == folder]
        found = [each for each in self.messages.values() if each.folder in ids]
        return [re.findall(rb"Subject: (.*?)\r?\n", each.raw)[0].decode() for each in found]

    # --- calls -------------------------------------------------------------------------------

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(target)
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        path = parts.path
        if path.endswith("/oauth2/v2.0/token"):
            return self._token(body)
        self.calls.append(f"{method} {path}")
        for fault in self.faults:
            fault(f"{method} {path}")
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            raise Answer(401, "InvalidAuthenticationToken")
        if headers.get("Prefer", "").find('IdType="ImmutableId"') < 0:
            raise Answer(400, "TheseTestsWantImmutableIds")
        prefix = f"/v1.0/users/{MAILBOX}"
        path = unquote(path)
        if not path.startswith(prefix):
            raise Answer(404, "ErrorInvalidUser")
        return self._route(method, path[len(prefix) :], query, json.loads(body) if body else {})

    def _token(self, body: bytes) -> tuple[int, Any]:
        fields = {key: value[0] for key, value in parse_qs(body.decode()).items()}
        if fields.get("client_secret") != "the secret":
            return 401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid"}
        self.token_requests.append(fields)
        token = f"token-{len(self.token_requests)}"
        self.tokens.add(token)
        return 200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token}

    def _route(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if path == "/mailFolders" or path.endswith("/childFolders"):
            return self._folders(method, path, query, body)
        if found := re.fullmatch(r"/mailFolders/([^/]+)/messages/delta", path):
            return 200, self._delta(self._folder(found[1]), query)
        if found := re.fullmatch(r"/mailFolders/([^/]+)/messages", path):
            return 200, self._count(self._folder(found[1]), query)
        if found := re.fullmatch(r"/mailFolders/([^/]+)(/permanentDelete)?", path):
            return self._one_folder(method, self._folder(found[1]), found[2])
        if found := re.fullmatch(r"/messages/(.+?)(/\$value|/move)?", path):
            return self._message(method, found[1], found[2], body)
        raise Answer(400, "BadRequest")

    def _folders(self, method: str, path: str, query: Any, body: Any) -> tuple[int, Any]:
        parent = path.split("/")[2] if path.endswith("/childFolders") else ""
        if method == "POST" and not self.may_write:
            raise Answer(403, "ErrorAccessDenied")
        if method == "POST":
            key = f"folder-{len(self.folders)}"
            self.folders[key] = (body["displayName"], parent)
            return 201, {"id": key}
        wanted = re.fullmatch(r"displayName eq '(.*)'", query["$filter"])
        assert wanted
        found = [
            {"id": key, "displayName": name}
            for key, (name, above) in self.folders.items()
            if name == wanted[1].replace("''", "'") and above == parent
        ]
        return 200, {"value": found}

    def _one_folder(self, method: str, folder: str, rest: str | None) -> tuple[int, Any]:
        if rest and not self.has_permanent_delete:
            raise Answer(400, "BadRequest")
        if rest or method == "DELETE":
            del self.folders[folder]
            return 204, b""
        total = sum(each.folder == folder for each in self.messages.values())
        return 200, {"id": folder, "totalItemCount": total}

    def _folder(self, name: str) -> str:
        folder = INBOX if name == "inbox" else name
        if folder not in self.folders:
            raise Answer(404, "ErrorItemNotFound")
        return folder

    def _count(self, folder: str, query: dict[str, str]) -> Any:
        held = [each for each in self.messages.values() if each.folder == folder]
        if query.get("$orderby") == "receivedDateTime desc":
            held.sort(key=lambda each: each.received_at, reverse=True)
            return {"value": [self._described(each) for each in held[: int(query["$top"])]]}
        before = re.fullmatch(r"receivedDateTime lt (.*)", query["$filter"])
        assert before
        limit = datetime.fromisoformat(before[1])
        return {"@odata.count": sum(each.received_at < limit for each in held), "value": []}

    def _delta(self, folder: str, query: dict[str, str]) -> Any:
        """Tell changes since a point, in pages; tokens are `since.upto.offset`."""
        token = query.get("$deltatoken") or query.get("$skiptoken")
        since, upto, offset = (int(each) for each in token.split(".")) if token else (0, 0, 0)
        if token and since < self.oldest_token:
            raise Answer(410 if self.reset_code[0] == "S" else 400, self.reset_code)
        upto = upto or self._clock
        changes: list[tuple[int, Any]] = [
            (each.changed, self._described(each))
            for each in self.messages.values()
            if each.folder == folder and since < each.changed <= upto
        ]
        changes += [
            (at, {"id": key, "@removed": {"reason": "deleted"}})
            for at, left, key in self._left
            if left == folder and since < at <= upto
        ]
        changes.sort(key=lambda change: change[0])
        page = [change for _, change in changes[offset : offset + PAGE]]
        link = f"{self.url}/v1.0/users/{MAILBOX}/mailFolders/{folder}/messages/delta"
        if offset + PAGE < len(changes):
            next_link = f"{link}?$skiptoken={since}.{upto}.{offset + PAGE}"
            return {"value": page, "@odata.nextLink": next_link}
        return {"value": page, "@odata.deltaLink": f"{link}?$deltatoken={upto}.0.0"}

    def _described(self, message: Message) -> Any:
        size = len(message.raw) if message.size is None else message.size
        return {
            "id": message.id,
            "receivedDateTime": f"{message.received_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "isDraft": False,
            "parentFolderId": message.folder,
            "categories": message.categories,
            "singleValueExtendedProperties": [{"id": "Integer 0xe08", "value": str(size)}],
        }

    def _message(self, method: str, key: str, rest: str | None, body: Any) -> tuple[int, Any]:
        message = self.messages.get(key)
        if message is None:
            raise Answer(404, "ErrorItemNotFound")
        if rest == "/$value":
            return 200, message.raw
        if rest == "/move":
            self.move(message, self._folder(body["destinationId"]))
            return 201, self._described(message)
        if method == "PATCH":
            message.flag = body["flag"]["flagStatus"]
            message.categories = body["categories"]
            self.touch(message)
        return 200, self._described(message)


def _handler(server: GraphServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers: dict[str, str] = {}
            try:
                status, answer = server.answer(self.command, self.path, self.headers, body)
            except Answer as other:
                status, headers = other.status, other.headers
                answer = {"error": {"code": other.code, "message": "as the test wants it"}}
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(server.now(), usegmt=True))
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@contextmanager
def running_graph(now: Callable[[], datetime]) -> Iterator[GraphServer]:
    graph = GraphServer(now)
    with answering(graph.http):
        yield graph
