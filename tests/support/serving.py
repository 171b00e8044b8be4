"""`serve` as a process of its own, and clients that post to it."""

import http.client
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from support.workplace import SCRIPT


@dataclass
class Serving:
    """A running `serve`; `address` is where it listens."""

    process: subprocess.Popen[str]
    address: str

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(folder: Path, env: dict[str, str]) -> Iterator[Serving]:
    """Start `serve` in a folder, on a free port; whatever is left of it is killed."""
    process = subprocess.Popen(
        [SCRIPT, "--log-level", "error", "serve", "--port", "0"],
        cwd=folder,
        env={**os.environ, **env},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        match = re.search(r"http://([^/]+)/", line)
        assert match is not None, line + process.stderr.read()
        yield Serving(process, match[1])
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


@dataclass
class Load:
    """Clients that post at the same time, each over one connection.

    `answered` are references by the number of the submission, `seconds` how long each took.
    """

    address: str
    path: str
    headers: dict[str, str]
    answered: dict[int, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def post(self, payloads: Sequence[dict[str, object]], *, clients: int = 8) -> None:
        """Post each; what gets no answer is left at that."""
        shares = [range(start, len(payloads), clients) for start in range(clients)]
        threads = [threading.Thread(target=self._client, args=(payloads, s)) for s in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _client(self, payloads: Sequence[dict[str, object]], share: range) -> None:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            for number in share:
                self._one(connection, number, payloads[number])
        except (OSError, http.client.HTTPException):
            return  # the server is gone
        finally:
            connection.close()

    def _one(
        self, connection: http.client.HTTPConnection, number: int, payload: dict[str, object]
    ) -> None:
        began = time.perf_counter()
        headers = {"Content-Type": "application/json", **self.headers}
        connection.request("POST", self.path, json.dumps(payload).encode(), headers)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        self.seconds.append(time.perf_counter() - began)
        self.answered[number] = json.loads(body)["reference"]
