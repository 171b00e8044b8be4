"""A help desk in this process: a sandbox and runs of ours, both by one clock that tests move."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.config.models import Config
from connector.ledger.store import SqlLedger, open_ledger
from connector.pipeline.report import RunReport
from connector.samples import mappings_dir
from connector.sandbox import Sandbox
from connector.sandbox.operations import search
from connector.setup import Setup, load_setup
from connector.wiring import open_run

CONFIG = """\
timezone: America/New_York
bms:
  base_url: {base_url}
  tenant: {tenant}
  username: {username}
  password: {password}
  timeout: 5
  workers: {workers}
  {bms}
state: sqlite:///connector.db
mappings: {mappings}
catch_all: {{account: Unmatched Requests, contact: unmatched@securenetmsp.com}}
sources:
  - {{name: drop, type: folder, path: inbox, form: members}}
{more}
"""

MONDAY_TEN = datetime.fromisoformat("2026-11-16T10:00:00-05:00").astimezone(UTC)


def local(text: str) -> datetime:
    """Return a local time of the help desk in November 2026, in UTC: "16 10:15"."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"2026-11-{day}T{clock}:00-05:00").astimezone(UTC)


@dataclass
class Desk:
    """One folder, one ledger, one BMS. `bms` and `more` are lines of config.yaml."""

    folder: Path
    sandbox: Sandbox
    now: datetime = MONDAY_TEN
    bms: str = ""
    more: str = ""
    workers: int = 1
    mappings: Path = field(default_factory=mappings_dir)
    patches: pytest.MonkeyPatch = field(default_factory=pytest.MonkeyPatch)

    def clock(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def sla(self, *, dry_run: bool = False, recompute: bool = False) -> RunReport:
        """Run the step `sla` alone."""
        return self.sync("sla", dry_run=dry_run, recompute=recompute)

    def sync(self, *steps: str, dry_run: bool = False, recompute: bool = False) -> RunReport:
        with open_run(self.setup(), dry_run=dry_run, recompute=recompute, clock=self.clock) as run:
            return run(steps or ("intake", "deliver", "sla"))

    def config(self) -> Config:
        """Return the settings alone."""
        return self.setup().config

    def setup(self) -> Setup:
        (self.folder / "inbox").mkdir(exist_ok=True)
        path = self.folder / "config.yaml"
        text = CONFIG.format(
            base_url=self.sandbox.base_url,
            tenant=self.sandbox.tenant_name,
            username=self.sandbox.username,
            password=self.sandbox.password,
            mappings=self.mappings,
            bms=self.bms,
            workers=self.workers,
            more=self.more,
        )
        path.write_text(text, encoding="utf-8")
        return load_setup(path)

    @contextmanager
    def ledger(self) -> Iterator[SqlLedger]:
        with open_ledger(self.config().state, create=True) as ledger:
            yield ledger

    def without_in_rows(self, *names: str) -> None:
        """Let search rows lack these columns, as the contract allows."""
        original = search.show_row

        def shortened(*args: Any) -> dict[str, Any]:
            row = original(*args)
            return {k: None if k in names else v for k, v in row.items()}

        self.patches.setattr(search, "show_row", shortened)

    def own_mappings(self) -> Path:
        """Use a copy of the sample mappings from now on, and return its folder."""
        self.mappings = Path(shutil.copytree(self.mappings, self.folder / "own"))
        return self.mappings

    def due(self, ticket_id: int) -> datetime | None:
        """Return the DueDate that BMS shows."""
        [ticket] = [each for each in self.sandbox.tickets if each["Id"] == ticket_id]
        return datetime.fromisoformat(ticket["DueDate"]) if ticket.get("DueDate") else None

    def drop_mail(self, subject: str, text: str = "Hello", *, name: str = "a.eml") -> None:
        """Put an e-mail of a client into the inbox, received now."""
        mail = (
            "From: Marta Ruiz <marta.ruiz@harbordental.example>\n"
            f"To: helpdesk@securenetmsp.com\nSubject: {subject}\n"
            f"Message-ID: <{name}-{self.now.timestamp()}@harbordental.example>\n\n{text}\n"
        )
        (self.folder / "inbox").mkdir(exist_ok=True)
        draft = self.folder / f".{name}"
        draft.write_text(mail, encoding="utf-8")
        os.utime(draft, (self.now.timestamp(), self.now.timestamp()))
        draft.rename(self.folder / "inbox" / name)


@contextmanager
def help_desk(folder: Path) -> Iterator[Desk]:
    """Yield a help desk on a Monday morning at ten."""
    desk: Desk | None = None

    def now() -> datetime:
        return desk.now if desk else MONDAY_TEN

    with Sandbox(now=now) as sandbox:
        desk = Desk(folder, sandbox)
        yield desk
        desk.patches.undo()
