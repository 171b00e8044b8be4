"""A host of uploaded files, on loopback, with every trick a host can play."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.loopback import answering


class FileHost:
    """`files` are what a path answers: status, headers and body. `calls` are the paths asked for.

    A body that is a list comes piece by piece, with a pause.
    """

    def __init__(self) -> None:
        self.files: dict[str, tuple[int, dict[str, str], bytes | list[bytes]]] = {}
        self.calls: list[str] = []
        self.headers: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.calls.append(self.path)
                outer.headers.append(dict(self.headers))
                status, headers, body = outer.files.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    for piece in body if isinstance(body, list) else [body]:
                        self.wfile.write(piece)
                        self.wfile.flush()
                        if isinstance(body, list):
                            time.sleep(0.05)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    def has(
        self, path: str, body: bytes | list[bytes], *, status: int = 200, **headers: str
    ) -> str:
        """Put a file there and return its address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.files[path] = (status, named, body)
        return self.url + path


@contextmanager
def running_file_host() -> Iterator[FileHost]:
    host = FileHost()
    with answering(host.http):
        yield host
