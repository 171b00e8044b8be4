"""How much memory a run takes: with a long backlog, and with one large message."""

import base64

from figures import Figure
from program import MB, Program, program
from sandbox_process import sandbox_process
from support.mail_bombs import with_file

REQUESTS = 10_000
ONE_IN = 10
MOST = 150 * MB
LARGE = 50 * MB
TIMES = 4.0

WITH_FILE = b"""\
From: Person %(number)d <n%(number)d@client.example>
To: helpdesk@securenetmsp.com
Subject: Screenshot %(number)d
Message-ID: <file-%(number)d@client.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

See the picture.
--b
Content-Type: image/png; name=screen.png
Content-Transfer-Encoding: base64

%(file)s--b--
"""


def measure() -> list[Figure]:
    """Return the peaks of the intake of a backlog, of delivering it, and of one large message."""
    with sandbox_process() as sandbox:
        with program(sandbox) as desk:
            idle = desk.peak("sync")
            _drop_backlog(desk)
            intake = desk.peak("sync", "--only", "intake")
            deliver = desk.peak("sync", "--only", "deliver")
        with program(sandbox) as desk:
            large = b"Message-ID: <large@client.example>\n" + with_file(LARGE)
            desk.drop("large.eml", large)
            whole = desk.peak("sync", "--only", "intake", "--only", "deliver")
    return [
        _backlog("taken in", intake, idle),
        _backlog("delivered", deliver, idle),
        Figure(
            f"peak memory, one message of {len(large) / MB:.0f} MB, from folder to ticket",
            f"{whole / MB:.0f} MB",
            f"{len(large) / MB:.0f} MB (the message)",
            whole / len(large),
            f"< {TIMES:.0f} x",
            is_met=whole < TIMES * len(large),
        ),
    ]


def _backlog(step: str, peak: int, idle: int) -> Figure:
    return Figure(
        f"peak memory, {REQUESTS} requests {step}, each tenth with a file of 1 MB",
        f"{peak / MB:.0f} MB",
        f"{idle / MB:.0f} MB (idle `sync`)",
        peak / idle,
        f"< {MOST // MB} MB",
        is_met=peak < MOST,
    )


def _drop_backlog(desk: Program) -> None:
    desk.drop_mails(REQUESTS - REQUESTS // ONE_IN)
    file = base64.encodebytes(bytes(MB))
    for number in range(REQUESTS // ONE_IN):
        desk.drop(f"file-{number:05}.eml", WITH_FILE % {b"number": number, b"file": file})
