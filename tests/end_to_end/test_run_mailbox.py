"""`run` over a mailbox: new mail is heard of, long before the interval ends."""

import os
import subprocess
from datetime import UTC, datetime

import pytest
from support.dovecot import PASSWORD, mail, running_dovecot
from support.waiting import wait_until
from support.workplace import SCRIPT, Workplace

from connector.sandbox import Sandbox

from .conftest import write_config

PATIENCE = 20.0

SOURCES = """\
sources:
  - name: mail
    type: imap
    host: localhost
    port: {port}
    ca_file: {ca_file}
    username: {user}
    password: {password}
run: {{intake: 3600, deliver: 3600, sla: 3600}}
"""


@pytest.mark.service
def test_a_mail_that_comes_while_run_waits_is_a_ticket_within_seconds(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    with running_dovecot() as server:
        user = server.user()
        write_config(workplace, sandbox, search_settle=0)
        config = workplace.folder / "config.yaml"
        before, _, _ = config.read_text(encoding="utf-8").partition("sources:")
        port, ca_file = server.imaps_port, server.ca_file
        sources = SOURCES.format(port=port, ca_file=ca_file, user=user.name, password=PASSWORD)
        config.write_text(before + sources, encoding="utf-8")
        log = workplace.folder / "run.log"
        with log.open("wb") as stderr:
            scheduler = subprocess.Popen(
                [SCRIPT, "--log-format", "json", "run"],
                cwd=workplace.folder,
                env={**os.environ, **workplace.env},
                stderr=stderr,
            )
        try:
            wait_until(lambda: log.read_text(encoding="utf-8").count('"event": "step"') >= 3)
            user.deliver(mail("Server room is hot"), at=datetime.now(UTC))
            wait_until(lambda: sandbox.tickets)
            wait_until(lambda: user.subjects("Processed") == ["Server room is hot"])
            scheduler.terminate()
            assert scheduler.wait(timeout=PATIENCE) == 0
        finally:
            scheduler.kill()
            scheduler.wait()
