"""`serve`, as a service manager starts and stops it, and as careless visitors use it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from support.waiting import PATIENCE, wait_until
from support.workplace import SCRIPT, Workplace

STALLED = 120
TOKEN = "kJ8-very-secret-token-of-an-approval-link"


class Server:
    """A running `serve`, its log in serve.log."""

    def __init__(self, place: Workplace) -> None:
        self.log = place.folder / "serve.log"
        command = [SCRIPT, "--log-format", "json", "serve", "--port", "0"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=place.folder, env={**os.environ, **place.env}, stderr=log
            )
        found = wait_until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/", self.text))
        self.port = int(found[1])
        self.url = found[0].rstrip("/")

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@pytest.fixture
def server(workplace: Workplace) -> Iterator[Server]:
    started = Server(workplace)
    yield started
    started.process.kill()
    started.process.wait()


def test_it_serves_until_sigterm_and_ends_within_seconds(server: Server) -> None:
    assert requests.get(f"{server.url}/healthz", timeout=PATIENCE).json()["healthy"] is True
    begun = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begun < 5
    assert server.lines()[-1]["event"] == "stopped"


def test_what_is_being_answered_when_it_is_told_to_stop_is_answered(server: Server) -> None:
    answers: list[int] = []

    def ask() -> None:
        with requests.Session() as session:
            while True:
                try:
                    answers.append(session.get(f"{server.url}/", timeout=PATIENCE).status_code)
                except requests.exceptions.ConnectionError:
                    return

    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: len(answers) > 5)
    assert server.stop() == 0
    asking.join(PATIENCE)
    served = [line for line in server.lines() if line["event"] == "answered"]
    assert len(served) == len(answers)
    assert set(answers) == {200}


def test_the_token_of_an_approval_is_in_no_log(server: Server) -> None:
    for ask in (requests.get, requests.post):
        assert ask(f"{server.url}/approvals/{TOKEN}", timeout=PATIENCE).status_code in (404, 422)
    requests.get(f"{server.url}/approvals/{TOKEN}/more", timeout=PATIENCE)
    server.stop()

    pages = [line["page"] for line in server.lines() if line["event"] == "answered"]
    assert pages == ["/approvals/<token>", "/approvals/<token>", "(none)"]
    assert TOKEN not in server.text


def test_bodies_that_never_end_keep_nobody_else_out(server: Server) -> None:
    with ExitStack() as open_sockets:
        for _ in range(STALLED):
            stalled = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
            open_sockets.enter_context(stalled)
            stalled.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nname=")
        begun = time.monotonic()
        assert requests.get(f"{server.url}/healthz", timeout=PATIENCE).status_code == 200
        assert time.monotonic() - begun < 5


def test_a_body_of_gigabytes_is_refused_before_it_is_read(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as sent:
        sent.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000000\r\n\r\nname=")
        assert sent.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_port_that_is_taken_is_told_in_one_line(workplace: Workplace, server: Server) -> None:
    done = workplace.run("serve", "--port", str(server.port))
    assert done.code == 2
    [line] = done.err.splitlines()
    assert f"cannot listen on 127.0.0.1:{server.port}" in line


def test_the_ledger_stays_private(server: Server, workplace: Workplace) -> None:
    requests.get(f"{server.url}/healthz", timeout=PATIENCE)
    [ledger] = Path(workplace.folder).glob("*.db")
    assert ledger.stat().st_mode & 0o077 == 0


def test_without_its_libraries_it_says_what_to_install(workplace: Workplace) -> None:
    without = "import sys; sys.modules['flask'] = None; import connector.__main__"
    done = subprocess.run(
        [sys.executable, "-c", without, "serve"],
        cwd=workplace.folder,
        env={**os.environ, **workplace.env},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "pip install 'bms-connector[server]'" in line
