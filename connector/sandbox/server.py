"""HTTP/1.1 with keep-alive on a thread per connection, on the standard library."""

import socket
import threading
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from connector.sandbox.app import Received, Reply

LARGEST_BODY = 100 * 1024 * 1024

Respond = Callable[[Received], Reply]


class Server(ThreadingHTTPServer):
    """Listens at once; answers once `start` was called."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], respond: Respond, now: Callable[[], datetime]
    ) -> None:
        """`respond` answers a call; `now` is what the Date header says."""
        self.respond = respond
        self.now = now
        self._open: dict[socket.socket, threading.Thread] = {}
        self._open_lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)
        super().__init__(address, _Connection)

    def server_bind(self) -> None:
        """Bind without asking the resolver for a host name, as the base class does."""
        TCPServer.server_bind(self)

    def start(self) -> None:
        """Answer in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and the port; returns when all is closed."""
        self.shutdown()
        self._thread.join()
        with self._open_lock:
            connections = dict(self._open)
        for connection in connections:
            _hang_up(connection)
        for thread in connections.values():
            thread.join(timeout=5)
        self.server_close()

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, so that `stop` can close it."""
        with self._open_lock:
            self._open[connection] = threading.current_thread()

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._open_lock:
            self._open.pop(connection, None)

    def _serve(self) -> None:
        self.serve_forever(poll_interval=0.02)


class _Connection(BaseHTTPRequestHandler):
    """One connection; answers calls until the client leaves."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        super().finish()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, BrokenPipeError):
            self.close_connection = True

    def answer(self) -> None:
        """Read one call, and send or withhold its answer."""
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return
        if int(length) > LARGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length))
        if len(body) == int(length):
            self._send(self.server.respond(self._received(body)))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - as http.server calls them

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as inherited
        """Say nothing: exchanges are kept, and whoever wants to observes them."""

    def _received(self, body: bytes) -> Received:
        parts = urlsplit(self.path)
        return Received(
            method=self.command,
            path=unquote(parts.path),
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    def _send(self, reply: Reply) -> None:
        if reply.dropped:
            self._drop()
            return
        head = self._head(reply)
        if reply.cut:
            self.wfile.write(head + reply.body[: len(reply.body) // 2])
            self._drop()
        else:
            self.wfile.write((head + reply.body) * (2 if reply.repeated else 1))

    def _head(self, reply: Reply) -> bytes:
        try:
            phrase = HTTPStatus(reply.status).phrase
        except ValueError:
            phrase = "Unknown"
        headers = {
            "Date": format_datetime(self.server.now(), usegmt=True),
            "Content-Type": reply.content_type,
            "Content-Length": str(len(reply.body)),
            **reply.headers,
        }
        lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self.wfile.write(self._head(Reply(status, headers={"Connection": "close"})))

    def _drop(self) -> None:
        self.close_connection = True
        _hang_up(self.connection)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
