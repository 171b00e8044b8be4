"""The demo: sample mails and forms, an embedded sandbox BMS, and the real pipeline between.

One of the mails asks for a portal login: it is followed until that login is there.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from connector.accounts.model import AccessKind, AccessRequest
from connector.errors import ConfigError
from connector.loading import Setup, load_setup
from connector.pipeline.accounts.approving import approve
from connector.pipeline.report import RunReport
from connector.pipeline.steps import ACCOUNTS, STEPS
from connector.samples import mappings_dir
from connector.sandbox import Sandbox
from connector.wiring.access import open_access_desk
from connector.wiring.run import OpenRun, open_run

ZONE = ZoneInfo("America/New_York")

ARRIVALS = {
    "01-internet-down.eml": (0, "10:05"),
    "02-laptop-html.eml": (0, "17:30"),
    "03-printer-form.json": (1, "09:12"),
    "04-software-form.json": (1, "14:40"),
    "05-access.eml": (1, "16:00"),
    "06-urgente.eml": (-2, "10:20"),
    "07-stranger.eml": (2, "21:15"),
    "08-two-clients.eml": (2, "11:00"),
    "09-bms-account.eml": (3, "09:30"),
    "10-internet-down-again.eml": (0, "10:08"),
}
"""When each sample arrives: days after the Monday of last week, and the local time."""

CONFIG = Template("""\
# Written by `bms-connector demo`. The sandbox it ran against is gone; start another with
# `bms-connector sandbox` and put its address below.
timezone: America/New_York
bms:
  base_url: $base_url
  tenant: $tenant
  username: $username
  password: $password
  workers: 1                        # one at a time, so that ticket numbers follow the samples
state: sqlite:///connector.db
mappings: mappings
catch_all: {account: Unmatched Requests, contact: unmatched@securenetmsp.com}
sources:
  - {name: drop, type: folder, path: inbox, form: members}
accounts: {grant: sandbox}          # a technician does this step in a real BMS
""")

POINT_OF_CONTACT = "marta.ruiz@harbordental.example"
EVIDENCE = "said so on the phone, called back on 305-555-0101"
STEPS_TO_A_LOGIN = 5
"""More runs than it takes from the approval to the verified login."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo did: a run, and a portal login. The files are there until it is left."""

    setup: Setup
    report: RunReport
    login: AccessRequest


@contextmanager
def run_demo(keep: Path | None) -> Iterator[Demo]:
    """Do one run over the samples in `keep`, or in a folder that is gone afterwards.

    Then record an approval for the portal login that one of them asks for, and do runs until it
    is there.
    """
    with _folder(keep) as folder:
        with Sandbox() as sandbox:
            _write_files(folder, sandbox)
            setup = load_setup(folder / "config.yaml")
            with open_run(setup, dry_run=False) as run:
                report = run(STEPS)
                login = _login(setup, run)
        yield Demo(setup, report, login)


def _login(setup: Setup, run: OpenRun) -> AccessRequest:
    """Approve the portal login that was asked for, as staff do who heard it, and finish it."""
    with open_access_desk(setup) as desk:
        (asked,) = desk.ledger.listed_access(kind=AccessKind.LOGIN)
        record_id = asked.records[0].id
        approve(desk, record_id, by=POINT_OF_CONTACT, evidence=EVIDENCE, recorded_by="the demo")
        for _ in range(STEPS_TO_A_LOGIN):
            run([ACCOUNTS])
            login = desk.ledger.access_request(asked.id) or asked
            if not login.is_open:
                break
    return login


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        _must_be_empty(keep)
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="bms-connector-demo-") as folder:
        yield Path(folder)


def _must_be_empty(folder: Path) -> None:
    """Refuse a folder with anything in it: it may be somebody's real set-up."""
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty", "Name a folder that does not exist yet")


def _write_files(folder: Path, sandbox: Sandbox) -> None:
    settings = CONFIG.substitute(
        base_url=sandbox.base_url,
        tenant=sandbox.tenant_name,
        username=sandbox.username,
        password=sandbox.password,
    )
    (folder / "config.yaml").write_text(settings, encoding="utf-8")
    shutil.copytree(mappings_dir(), folder / "mappings", dirs_exist_ok=True)
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    monday = _monday_of_last_week(datetime.now(UTC))
    with as_file(files("connector.demo") / "inbox") as samples:
        for name, (days, clock) in ARRIVALS.items():
            arrived = monday + timedelta(days=days)
            moment = datetime.combine(arrived, time.fromisoformat(clock), ZONE).timestamp()
            shutil.copyfile(samples / name, inbox / name)
            os.utime(inbox / name, (moment, moment))


def _monday_of_last_week(now: datetime) -> datetime:
    today = now.astimezone(ZONE)
    return today - timedelta(days=today.weekday() + 7)
