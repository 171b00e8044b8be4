"""A help desk in this process: real runs on a temporary ledger, a sandbox, and one clock."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.clock import Clock
from support.endpoints import CREATE
from support.submissions import MARTA, mail

from connector.config.load import load_config
from connector.config.models import Config
from connector.domain.request import Outcome
from connector.ledger.store import SqlLedger, open_ledger
from connector.loading import Setup
from connector.mapping.load import Mappings, load_mappings
from connector.pipeline.report import RunReport
from connector.pipeline.steps import SLA, STEPS
from connector.ports import JournalEntry, RequestRecord, Stamp
from connector.ports.records import BY_HAND
from connector.samples import mappings_dir
from connector.sandbox import Sandbox
from connector.sandbox.operations import search
from connector.wiring.parts import NEVER, Stopping
from connector.wiring.run import open_run

CONFIG = """\
timezone: America/New_York
bms:
  base_url: {base_url}
  tenant: {tenant}
  username: {username}
  password: ${{BMS_PASSWORD}}
  timeout: 5
  workers: {workers}
  {bms}
state: {state}
mappings: mappings
catch_all: {{account: Unmatched Requests, contact: unmatched@securenetmsp.com}}
sources:
{sources}
{more}
"""


def local(text: str) -> datetime:
    """Return a local time of the help desk in November 2026, in UTC: "16 10:15"."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"2026-11-{day}T{clock}:00-05:00").astimezone(UTC)


MONDAY_TEN = local("16 10:00")


class Desk:
    """One help desk: its folder, its ledger, its BMS, and what a user would do there.

    `bms` and `more` are lines of config.yaml, `sources` folders by name, `source_options` what
    stands in each line of a source beside, and `mailboxes` further sources, each as a YAML flow
    mapping. `steps` are those of a
    `sync` that names none.
    """

    def __init__(self, folder: Path, sandbox: Sandbox, clock: Clock | None = None) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.clock = clock or Clock(MONDAY_TEN)
        self.steps: Sequence[str] = STEPS
        self.bms = ""
        self.more = ""
        self.state = f"sqlite:///{folder / 'connector.db'}"
        self.workers = 1
        self.sources = {"drop": "inbox"}
        self.mailboxes: list[str] = []
        self.source_options = ""
        self.password = sandbox.password
        self.patches = pytest.MonkeyPatch()
        shutil.copytree(mappings_dir(), folder / "mappings")
        self.inbox.mkdir()

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def now(self) -> datetime:
        return self.clock.now

    def pass_by(self, **duration: float) -> None:
        self.clock.pass_by(**duration)

    # --- what arrives ------------------------------------------------------------------------

    def drop(
        self, name: str, content: bytes | object, *, at: datetime | None = None, into: str = "inbox"
    ) -> Path:
        """Put a file into a folder; `at` is when it was received (default: now)."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        path = self.folder / into / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        moment = (at or self.now).timestamp()
        os.utime(path, (moment, moment))
        return path

    def drop_mail(
        self,
        subject: str = "Printer jam",
        text: str = "Hello",
        *,
        name: str = "mail.eml",
        sender: str = MARTA,
        message_id: str | None = None,
        at: datetime | None = None,
        into: str = "inbox",
    ) -> Path:
        content = mail(subject, text, sender=sender, message_id=message_id or f"{name}-unique")
        return self.drop(name, content, at=at, into=into)

    # --- settings ----------------------------------------------------------------------------

    def change_mapping(self, file: str, old: str, new: str) -> None:
        """Replace words in a mapping file; they must stand there."""
        path = self.folder / "mappings" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def setup(self, base_url: str | None = None) -> Setup:
        """Write config.yaml, and read it and the mapping files as they are now."""
        config = self.config(base_url)
        return Setup(config, _load_unless_known(config.mappings))

    def config(self, base_url: str | None = None) -> Config:
        """Write config.yaml and read it; `base_url` may lead away from the sandbox."""
        path = self.folder / "config.yaml"
        sources = [
            f"  - {{name: {name}, type: folder, path: {folder}, form: members"
            f"{self.source_options}}}"
            for name, folder in self.sources.items()
        ]
        sources += [f"  - {mailbox}" for mailbox in self.mailboxes]
        text = CONFIG.format(
            base_url=base_url or self.sandbox.base_url,
            tenant=self.sandbox.tenant_name,
            username=self.sandbox.username,
            bms=self.bms,
            state=self.state,
            workers=self.workers,
            sources="\n".join(sources),
            more=self.more,
        )
        path.write_text(text, encoding="utf-8")
        return load_config(path, environment={"BMS_PASSWORD": self.password})

    # --- running -----------------------------------------------------------------------------

    def sync(
        self,
        *steps: str,
        dry_run: bool = False,
        recompute: bool = False,
        source: str | None = None,
        base_url: str | None = None,
        stopping: Stopping = NEVER,
    ) -> RunReport:
        """Do one run, as a process of its own would."""
        setup = self.setup(base_url)
        options: dict[str, Any] = {
            "dry_run": dry_run,
            "recompute": recompute,
            "stopping": stopping,
        }
        with open_run(setup, source_name=source, clock=self.clock, **options) as run:
            return run(steps or self.steps)

    def sla(self, *, dry_run: bool = False, recompute: bool = False) -> RunReport:
        """Run the step `sla` alone."""
        return self.sync(SLA, dry_run=dry_run, recompute=recompute)

    def without_in_rows(self, *names: str) -> None:
        """Let search rows lack these columns, as the contract allows."""
        original = search.show_row

        def shortened(*args: Any) -> dict[str, Any]:
            row = original(*args)
            return {k: None if k in names else v for k, v in row.items()}

        self.patches.setattr(search, "show_row", shortened)

    # --- the ledger --------------------------------------------------------------------------

    @contextmanager
    def ledger(self) -> Iterator[SqlLedger]:
        with open_ledger(self.state, create=True) as ledger:
            yield ledger

    def requests(self) -> Sequence[RequestRecord]:
        """Return every request in the ledger."""
        with self.ledger() as ledger:
            return ledger.listed(None, 1000)

    def journal(self, key: str) -> Sequence[JournalEntry]:
        with self.ledger() as ledger:
            return ledger.journal(key)

    def release(self, key: str) -> bool:
        """Send a parked request on, as `requests release` does."""
        return self._reopen(key, [Outcome.PARKED, Outcome.IGNORED], "release")

    def retry(self, key: str) -> bool:
        """Make a waiting request due now, as `requests retry` does."""
        return self._reopen(key, [Outcome.PENDING], "retry")

    def _reopen(self, key: str, states: Sequence[Outcome], step: str) -> bool:
        with self.ledger() as ledger:
            stamp = Stamp(BY_HAND, self.now)
            return ledger.reopen(key, states=states, step=step, stamp=stamp)

    def dump(self) -> dict[str, list[str]]:
        """Return all that the ledger holds, but the token and the call counter."""
        with self.ledger() as ledger:
            tables = sorted(ledger.database.tables() - {"calls"})
            with ledger.database.snapshot() as tx:
                rows = {table: tx.all(f"SELECT * FROM {table}") for table in tables}
        rows["cache"] = [row for row in rows["cache"] if row["kind"] != "token"]
        return {table: sorted(map(_comparable, rows[table])) for table in tables}

    # --- looking -----------------------------------------------------------------------------

    def names(self, folder: str = ".", below: str = "inbox") -> list[str]:
        """Return the names of the files in a folder of the source."""
        found = (self.folder / below / folder).glob("*")
        return sorted(path.name for path in found if path.is_file())

    def bodies(self, endpoint: str = CREATE) -> list[dict[str, Any]]:
        """Return the bodies that were sent to an endpoint, in order."""
        return [
            json.loads(exchange.request_body)
            for exchange in self.sandbox.exchanges
            if exchange.endpoint == endpoint
        ]

    def titles(self) -> list[str]:
        """Return the titles of the tickets in BMS, oldest first."""
        return [ticket["Title"] for ticket in self.sandbox.tickets]

    def due(self, ticket_id: int) -> datetime | None:
        """Return the DueDate that BMS shows."""
        [ticket] = [each for each in self.sandbox.tickets if each["Id"] == ticket_id]
        return datetime.fromisoformat(ticket["DueDate"]) if ticket.get("DueDate") else None


@contextmanager
def help_desk(folder: Path, now: datetime = MONDAY_TEN) -> Iterator[Desk]:
    """Yield a help desk whose sandbox lives by the same clock."""
    clock = Clock(now)
    with Sandbox(now=clock) as sandbox:
        desk = Desk(folder, sandbox, clock)
        try:
            yield desk
        finally:
            desk.patches.undo()


def _comparable(row: Mapping[str, object]) -> str:
    return repr(sorted(row.items()))


_LOADED: dict[tuple[tuple[str, bytes], ...], Mappings] = {}


def _load_unless_known(folder: Path) -> Mappings:
    """Load mapping files, each state of them once: reading YAML is most of a short run."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    state = tuple((str(path.relative_to(folder)), path.read_bytes()) for path in files)
    if state not in _LOADED:
        _LOADED[state] = load_mappings(folder)
    return _LOADED[state]
