"""`bms-connector sandbox`: the sandbox alone, in the foreground."""

import re
import signal
import socket
import subprocess
import sys

import pytest
import requests

COMMAND = [sys.executable, "-m", "connector", "--log-level", "info", "sandbox"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_how_to_reach_it_logs_calls_and_stops_cleanly(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        while "_sandbox" not in said:
            said += process.stdout.readline()
        url = re.search(r"base_url: (\S+)", said)
        assert url is not None
        assert requests.get(f"{url[1]}/v2/system/settings", timeout=10).status_code == 401
        process.send_signal(number)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "GET /v2/system/settings" in log
    assert "Traceback" not in log
    assert "tenant: securenet" in said


def test_a_port_that_is_taken_is_one_line_and_exit_code_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "--port", port], capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert port in done.stderr
