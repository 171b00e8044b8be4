"""The demo: sample mails and forms, an embedded sandbox BMS, and the real pipeline between."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from connector.errors import ConfigError
from connector.pipeline.report import RunReport
from connector.pipeline.steps import STEPS
from connector.samples import mappings_dir
from connector.sandbox import Sandbox
from connector.setup import load_setup
from connector.wiring import open_run

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
""")


def run_demo(keep: Path | None) -> RunReport:
    """Do one run over the samples in `keep`, or in a folder that is gone afterwards."""
    with _folder(keep) as folder, Sandbox() as sandbox:
        _write_files(folder, sandbox)
        with open_run(load_setup(folder / "config.yaml"), dry_run=False) as run:
            return run(STEPS)


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
