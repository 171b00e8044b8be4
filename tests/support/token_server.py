"""A token endpoint (RFC 6749) and an introspection endpoint (RFC 7662), on loopback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from support.loopback import answering


class TokenServer:
    """Gives out `token-1`, `token-2`, …; those in `revoked` are good for nothing."""

    def __init__(self) -> None:
        self.client_secret = "the secret"
        self.username = "nobody yet"
        self.grants: list[dict[str, str]] = []
        self.revoked: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fields = {key: value[0] for key, value in parse_qs(body.decode()).items()}
                status, answer = (
                    outer.give(fields) if self.path == "/token" else (200, outer.inspect(fields))
                )
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def give(self, fields: dict[str, str]) -> tuple[int, dict[str, object]]:
        if fields.get("client_secret") != self.client_secret:
            return 401, {"error": "invalid_client", "error_description": "wrong secret"}
        self.grants.append(fields)
        answer: dict[str, object] = {
            "access_token": f"token-{len(self.grants)}",
            "token_type": "Bearer",
            "expires_in": 3600,
        }
        if fields["grant_type"] == "refresh_token":
            answer["refresh_token"] = f"refresh-{len(self.grants)}"
        return 200, answer

    def inspect(self, fields: dict[str, str]) -> dict[str, object]:
        token = fields.get("token", "")
        is_good = token.startswith("token-") and token not in self.revoked
        return {"active": str(is_good).lower(), "username": self.username}


@contextmanager
def running_token_server() -> Iterator[TokenServer]:
    tokens = TokenServer()
    with answering(tokens.server):
        yield tokens
