"""Waitress, with limits that hold off slow clients, and a stop that answers what was begun."""

import logging
import time
from typing import Any, Final

import structlog
from flask import Flask, Response, g, request
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

from connector.errors import ConfigError
from connector.ports.stopping import Stop

log = structlog.get_logger()

THREADS: Final = 8
CONNECTIONS: Final = 1000
"""With waitress's 100, that many bodies that never end would keep everybody else out."""
IDLE_SECONDS: Final = 30
"""A connection on which nothing moves for so long is closed."""
TURN_SECONDS: Final = 0.5
"""How soon a request to stop is noticed."""
GRACE_SECONDS: Final = 8.0
"""How long answers may take that are under way when we are asked to stop."""
ENVELOPE: Final = 20_000_000
"""Bytes beyond the limit of a request that are read, so that a page can say that it was too much.

Anything larger is refused by its Content-Length, before it was read.
"""


class Listener:
    """A port on which an application is served."""

    def __init__(self, app: Flask, host: str, port: int, *, most_bytes: int) -> None:
        """Listen; raises `ConfigError` where that cannot be done."""
        log_answers(app)
        # It warns of every request that waits for a thread: a line each, just when time is short.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._map: dict[int, Any] = {}
        try:
            self._server = create_server(
                app,
                map=self._map,
                host=host,
                port=port,
                threads=THREADS,
                connection_limit=CONNECTIONS,
                channel_timeout=IDLE_SECONDS,
                cleanup_interval=IDLE_SECONDS // 3,
                max_request_body_size=most_bytes + ENVELOPE,
                clear_untrusted_proxy_headers=False,  # `web.proxies` decides whom to believe
                ident=None,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigError(
                f"cannot listen on {host}:{port}: {reason}", "Choose another --host or --port"
            ) from None

    @property
    def address(self) -> str:
        """Where it listens: `HOST:PORT`."""
        host, port = self._server.effective_host, self._server.effective_port
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def serve(self, stop: Stop) -> None:
        """Answer until asked to stop, then answer what was begun, for some seconds at most."""
        while not stop.asked():
            self._turn()
        ends = time.monotonic() + GRACE_SECONDS
        while self._is_busy() and time.monotonic() < ends:
            self._turn()
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._map)
        log.info("stopped")

    def _turn(self) -> None:
        wasyncore.loop(timeout=TURN_SECONDS, map=self._map, count=1)

    def _is_busy(self) -> bool:
        channels = [each for each in self._map.values() if isinstance(each, HTTPChannel)]
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def log_answers(app: Flask) -> None:
    """Log every answer, at the level info: the pattern of its path, never the path itself.

    A path may hold the token of an approval.
    """

    @app.before_request
    def _begin() -> None:
        g.begun = time.monotonic()

    @app.after_request
    def _end(response: Response) -> Response:
        begun = g.get("begun")
        log.info(
            "answered",
            method=request.method,
            page=request.url_rule.rule if request.url_rule else "(none)",
            status=response.status_code,
            ms=None if begun is None else round((time.monotonic() - begun) * 1000),
        )
        return response
