"""A TCP proxy that cuts its connections when a test says so."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 4096


class Proxy:
    """Passes bytes on to a port of this machine.

    `cut_after` ends a connection once the server has sent so many bytes over it, for as many
    connections as `cuts` says. While `refuses`, connections end at once; with `stays_away` that
    begins with the first cut.
    """

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.cut_after: int | None = None
        self.cuts = 0
        self.refuses = False
        self.stays_away = False
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.refuses:
                    client.close()
                    continue
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self.target_port))
                self._open += [client, server]
                for source, target, counts in ((client, server, False), (server, client, True)):
                    threading.Thread(
                        target=self._pass_on, args=(source, target, counts), daemon=True
                    ).start()

    def cut(self) -> None:
        """End every connection."""
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _pass_on(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                passed += len(data)
                limit = self.cut_after
                if counts and self.cuts and limit is not None and passed >= limit:
                    self.cuts -= 1
                    self.refuses = self.stays_away
                    break
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def running_proxy(target_port: int) -> Iterator[Proxy]:
    proxy = Proxy(target_port)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
