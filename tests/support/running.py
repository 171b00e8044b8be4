"""A help desk in this process: real runs on a temporary ledger, a sandbox, and one clock."""

import base64
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.bms.gateway import BmsGateway
from connector.config.load import load_config
from connector.domain import Outcome
from connector.intake.drop_folder import DropFolder
from connector.ledger.sqlite import open_database
from connector.ledger.store import SqlLedger
from connector.mapping.load import Mappings, load_mappings
from connector.pipeline.report import RunReport
from connector.pipeline.steps import DELIVER, INTAKE
from connector.ports import JournalEntry, RequestRecord, Stamp
from connector.sandbox import Sandbox
from connector.setup import Setup
from connector.wiring import open_run

CREATE = "POST /v2/servicedesk/tickets"
SEARCH = "GET /v2/servicedesk/tickets"
UPLOAD = "POST /v2/system/attachments/{moduleId}/{objectId}"
ADD_NOTE = "POST /v2/servicedesk/tickets/{ticketId}/notes"
CONTACTS = "GET /v2/crm/contacts/search"
SIGN_IN = "POST /v2/security/authenticate"

MONDAY_MORNING = datetime(2026, 11, 16, 15, 5, tzinfo=UTC)
"""10:05 in New York."""

SETTLE = 120.0

MAPPINGS = Path(__file__).parents[2] / "mappings"

CONFIG = """\
timezone: America/New_York
bms:
  base_url: {base_url}
  tenant: {tenant}
  username: {username}
  password: ${{BMS_PASSWORD}}
  search_settle: {settle}
  calls_per_hour: {calls_per_hour}
  timeout: 5
state: sqlite:///connector.db
mappings: mappings
catch_all: {{account: Unmatched Requests, contact: unmatched@securenetmsp.com}}
limits: {{request_mb: {request_mb}}}
sources:
{sources}
"""

MAIL = """\
From: {sender}
To: helpdesk@securenetmsp.com
Subject: {subject}
Date: Mon, 16 Nov 2026 10:05:00 -0500
Message-ID: <{message_id}@harbordental.example>
Content-Type: text/plain; charset=utf-8

{text}
"""


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours may catch it."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = MONDAY_MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class HelpDesk:
    """One help desk: its folder, its sandbox, its clock, and what a user would do there."""

    def __init__(self, folder: Path, sandbox: Sandbox, clock: Clock) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.clock = clock
        self.settings: dict[str, Any] = {
            "settle": SETTLE,
            "calls_per_hour": 1200,
            "request_mb": 60,
        }
        self.sources = {"drop": "inbox"}
        self.mailboxes: list[str] = []
        """Further sources, each as a YAML flow mapping."""
        self.password = sandbox.password
        shutil.copytree(MAPPINGS, folder / "mappings")
        self.inbox.mkdir()

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    # --- what arrives ------------------------------------------------------------------------

    def drop(
        self, name: str, content: bytes | object, *, at: datetime | None = None, into: str = "inbox"
    ) -> Path:
        """Put a file into a folder; `at` is when it was received (default: now)."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        path = self.folder / into / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        moment = (at or self.clock()).timestamp()
        os.utime(path, (moment, moment))
        return path

    def drop_mail(
        self,
        subject: str = "Printer jam",
        text: str = "Hello",
        *,
        name: str = "mail.eml",
        sender: str = "Marta Ruiz <marta.ruiz@harbordental.example>",
        message_id: str | None = None,
        at: datetime | None = None,
        into: str = "inbox",
    ) -> Path:
        content = MAIL.format(
            subject=subject, text=text, sender=sender, message_id=message_id or f"{name}-unique"
        )
        return self.drop(name, content.encode(), at=at, into=into)

    # --- running -----------------------------------------------------------------------------

    def configure(self, **settings: Any) -> None:
        """Set what stands in config.yaml from the next run on."""
        self.settings |= settings

    def change_mapping(self, file: str, old: str, new: str) -> None:
        """Replace words in a mapping file; they must stand there."""
        path = self.folder / "mappings" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def sync(
        self,
        *,
        dry_run: bool = False,
        steps: Sequence[str] = (INTAKE, DELIVER),
        source: str | None = None,
        base_url: str | None = None,
    ) -> RunReport:
        """Do one run, as a process of its own would; unless asked for, without write-back."""
        setup = self.setup(base_url)
        with open_run(setup, dry_run=dry_run, source_name=source, clock=self.clock) as run:
            return run(steps)

    def setup(self, base_url: str | None = None) -> Setup:
        """Return the settings and mappings as they are now."""
        config = load_config(
            self._write_config(base_url), environment={"BMS_PASSWORD": self.password}
        )
        return Setup(config, _load_unless_known(config.mappings))

    def _write_config(self, base_url: str | None) -> Path:
        path = self.folder / "config.yaml"
        lines = [
            f"  - {{name: {name}, type: folder, path: {folder}, form: members}}"
            for name, folder in self.sources.items()
        ]
        lines += [f"  - {mailbox}" for mailbox in self.mailboxes]
        path.write_text(
            CONFIG.format(
                base_url=base_url or self.sandbox.base_url,
                tenant=self.sandbox.tenant_name,
                username=self.sandbox.username,
                sources="\n".join(lines),
                **self.settings,
            ),
            encoding="utf-8",
        )
        return path

    # --- looking -----------------------------------------------------------------------------

    @contextmanager
    def ledger(self) -> Iterator[SqlLedger]:
        database = open_database(f"sqlite:///{self.folder / 'connector.db'}", create=True)
        try:
            yield SqlLedger(database)
        finally:
            database.close()

    def requests(self) -> Sequence[RequestRecord]:
        """Return every request in the ledger."""
        with self.ledger() as ledger:
            return ledger.listed(None, 1000)

    def journal(self, key: str) -> Sequence[JournalEntry]:
        with self.ledger() as ledger:
            return ledger.journal(key)

    def release(self, key: str) -> bool:
        """Send a parked request on, as `requests release` does."""
        with self.ledger() as ledger:
            return ledger.reopen(
                key,
                states=[Outcome.PARKED, Outcome.IGNORED],
                step="release",
                stamp=Stamp("by hand", self.clock()),
            )

    def retry(self, key: str) -> bool:
        """Make a waiting request due now, as `requests retry` does."""
        with self.ledger() as ledger:
            return ledger.reopen(
                key,
                states=[Outcome.PENDING],
                step="retry",
                stamp=Stamp("by hand", self.clock()),
            )

    def dump(self) -> dict[str, list[str]]:
        """Return all that the ledger holds, but the token and the call counter."""
        with self.ledger() as ledger:
            tables = sorted(ledger.database.tables() - {"calls"})
            with ledger.database.snapshot() as tx:
                rows = {table: tx.all(f"SELECT * FROM {table}") for table in tables}
        rows["cache"] = [row for row in rows["cache"] if row["kind"] != "token"]
        return {table: sorted(map(_comparable, rows[table])) for table in tables}

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


def form(number: int = 1, **fields: object) -> dict[str, object]:
    """Return a form submission by a known contact."""
    return {
        "id": str(number),
        "email": "luis@palmettolegal.example",
        "subject": "Keyboard",
        "description": "It hums",
    } | fields


def attached(*names: str) -> list[dict[str, str]]:
    """Return small files as a form carries them."""
    data = base64.b64encode(b"hello").decode()
    return [{"name": name, "type": "text/plain", "data": data} for name in names]


UNKNOWN_TEMPLATE = {"template": "Teleporter"}
"""What makes a form submission worth an internal note."""


# --- killing ---------------------------------------------------------------------------------

POINTS: dict[str, tuple[type, str, str, int]] = {
    # name: class, method, when, at which call of it
    "after the raw bytes were recorded": (SqlLedger, "record", "after", 1),
    "before its identity was claimed": (SqlLedger, "identify", "before", 1),
    "after its identity was claimed": (SqlLedger, "identify", "after", 1),
    "after it was leased": (SqlLedger, "claim", "after", 1),
    "after the plan was kept": (SqlLedger, "keep_result", "after", 1),
    "after the ticket was intended": (SqlLedger, "intend", "after", 1),
    "after the ticket was created": (BmsGateway, "create_ticket", "after", 1),
    "after the ticket was confirmed": (SqlLedger, "confirm", "after", 1),
    "after the first file was intended": (SqlLedger, "intend", "after", 2),
    "after the first file was uploaded": (BmsGateway, "attach", "after", 1),
    "after the first file was confirmed": (SqlLedger, "confirm", "after", 2),
    "after the second file was uploaded": (BmsGateway, "attach", "after", 2),
    "after the note was intended": (SqlLedger, "intend", "after", 4),
    "after the note was added": (BmsGateway, "add_internal_note", "after", 1),
    "before it was settled": (SqlLedger, "settle", "before", 1),
    "after it was settled": (SqlLedger, "settle", "after", 1),
    "before its file was moved": (DropFolder, "mark", "before", 1),
    "after its file was moved": (DropFolder, "mark", "after", 1),
    "after the move was recorded": (SqlLedger, "marked", "after", 1),
    "before the run was finished": (SqlLedger, "finish_run", "before", 1),
}
"""Where a process may be killed on the way of a request with two files and a note."""


@contextmanager
def failing_at(
    owner: type, method: str, when: str, nth: int, error: BaseException
) -> Iterator[None]:
    """Raise `error` once, before or after the nth call of a method was carried out."""
    original: Callable[..., Any] = getattr(owner, method)
    calls = 0

    def failing(self: object, *args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and when == "before":
            raise error
        result = original(self, *args, **options)
        if calls == nth:
            raise error
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, method, failing)
        yield


@contextmanager
def killed_at(point: str) -> Iterator[None]:
    """Kill the run at a point of `POINTS`; it must get there."""
    owner, method, when, nth = POINTS[point]
    with pytest.raises(Killed), failing_at(owner, method, when, nth, Killed()):
        yield
