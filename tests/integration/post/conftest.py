"""A help desk that sends: a mail server and a service for alerts on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk, help_desk
from support.post import DESK, JsonService, Mailbox

from connector.pipeline.steps import DELIVER, INTAKE, NOTIFY

MAIL = """\
mail:
  from: SecureNet Help Desk <helpdesk@securenetmsp.com>
  phone: 305-680-3122
  smtp: {{host: 127.0.0.1, port: {port}, security: plain, timeout: 3}}
"""


@pytest.fixture
def desk(tmp_path: Path, mailbox: Mailbox) -> Iterator[Desk]:
    """A help desk that acknowledges by mail; `alerting` gives it channels."""
    with help_desk(tmp_path) as ready:
        ready.steps = (INTAKE, DELIVER, NOTIFY)
        ready.more = MAIL.format(port=mailbox.port)
        yield ready


@pytest.fixture
def alerting(desk: Desk, mailbox: Mailbox, hook: JsonService) -> Desk:
    """A help desk that alerts its own mailbox, then a service."""
    desk.more += f"alerts: [{DESK}, '{hook.url}']\n"
    return desk
