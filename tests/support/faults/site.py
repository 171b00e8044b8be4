"""A help desk that outlives its processes: folders, ledger, BMS, and the time of the world."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Condition

from support.faults.conditions import Conditions
from support.faults.processes import LONGEST, Ended, Running, start
from support.faults.tally import Tally
from support.faults.workload import FOLDERS, REFUSED, Item
from support.post import JsonService, Mailbox, json_service, mail_server

from connector.config.models import BmsSettings
from connector.ledger.columns import time_text
from connector.ledger.store import SqlLedger, open_ledger
from connector.samples import mappings_dir
from connector.sandbox import Sandbox
from connector.sandbox.exchange import Exchange

MONDAY_MORNING = datetime(2026, 11, 16, 15, 5, tzinfo=UTC)
"""10:05 in New York."""

SETTLE = timedelta(seconds=120)
"""`bms.search_settle`; the clock moves past it between two runs unless a test says otherwise."""

CONFIG = """\
timezone: America/New_York
bms:
  base_url: {base_url}
  tenant: {tenant}
  username: {username}
  password: {password}
  search_settle: {settle:.0f}
  timeout: {timeout}
{workers}\
state: {state}
mappings: {mappings}
catch_all: {{account: Unmatched Requests, contact: unmatched@securenetmsp.com}}
sources:
  - {{name: drop, type: folder, path: inbox, form: members}}
  - {{name: second, type: folder, path: second, form: members}}
mail:
  from: Help Desk <helpdesk@securenetmsp.com>
  smtp: {{host: 127.0.0.1, port: {smtp_port}, security: plain, timeout: 5}}
alerts: ["{on_call}", "{webhook}"]
"""

ON_CALL = "on-call@securenetmsp.com"
"""Where alerts go by mail; they go by webhook as well."""


class World:
    """The true time, which BMS has as well; a process may believe another."""

    def __init__(self) -> None:
        self.now = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Site:
    """One help desk. `state` is its ledger; `items` is what was dropped so far."""

    folder: Path
    sandbox: Sandbox
    world: World
    mailbox: Mailbox
    webhook: JsonService
    state: str = ""
    workers: int = 1
    timeout: float = 5.0
    items: list[Item] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    _started: int = 0
    _carried_out: Condition = field(default_factory=Condition)

    def __post_init__(self) -> None:
        self.sandbox.observers.append(self._wake)
        self.state = self.state or f"sqlite:///{self.folder / 'connector.db'}"
        for name in FOLDERS:
            (self.folder / name).mkdir(parents=True)
        self.refuse_custom_fields()
        self.write_config()

    def refuse_custom_fields(self) -> None:
        """Let BMS refuse the custom fields of one kind of request, for ever."""
        self.sandbox.faults.add(
            "refuse_field",
            "POST /v2/servicedesk/tickets",
            field="customFieldsData",
            where=REFUSED,
            times=None,
        )

    def write_config(self) -> None:
        """Write config.yaml as the settings are now."""
        # A connector without a pool has no such setting.
        pooled = "workers" in BmsSettings.model_fields
        text = CONFIG.format(
            base_url=self.sandbox.base_url,
            tenant=self.sandbox.tenant_name,
            username=self.sandbox.username,
            password=self.sandbox.password,
            settle=SETTLE.total_seconds(),
            timeout=self.timeout,
            workers=f"  workers: {self.workers}\n" if pooled else "",
            state=self.state,
            mappings=mappings_dir(),
            smtp_port=self.mailbox.port,
            on_call=ON_CALL,
            webhook=self.webhook.url,
        )
        (self.folder / "config.yaml").write_text(text, encoding="utf-8")

    def drop(self, items: Sequence[Item]) -> None:
        """Put files into the folders, received just now, each a moment after the one before."""
        for item in items:
            draft = self.folder / f".{item.name}"
            draft.write_bytes(item.content)
            moment = self.world.now.timestamp() - 1 + len(self.items) / 1000
            os.utime(draft, (moment, moment))
            draft.rename(self.folder / item.folder / item.name)
            self.items.append(item)
            self.tally.requests += 1

    def pass_by(self, duration: timedelta = SETTLE + timedelta(minutes=3)) -> None:
        """Let time go on, once BMS has carried out what it was asked before."""
        with self._carried_out:
            assert self._carried_out.wait_for(self._no_call_is_late, timeout=LONGEST)
        self.world.now += duration

    def _no_call_is_late(self) -> bool:
        """Whether every call that a fault delays was carried out: it takes seconds, not minutes."""
        delayed = [fault.struck for fault in self.sandbox.faults.all if fault.kind == "delay"]
        return sum(delayed) <= sum(each.fault == "delay" for each in self.sandbox.exchanges)

    def _wake(self, _exchange: Exchange) -> None:
        with self._carried_out:
            self._carried_out.notify_all()

    # --- running -----------------------------------------------------------------------------

    def start(self, *arguments: str, conditions: Conditions | None = None) -> Running:
        """Start a process of the program."""
        self._started += 1
        return start(
            self.folder,
            f"run-{self._started}",
            ["--config", str(self.folder / "config.yaml"), *arguments],
            conditions or Conditions(now=self.world.now),
        )

    def sync(self, conditions: Conditions | None = None) -> Ended:
        """Do one run in a process of its own."""
        return self.seen(self.start("sync", "--json", conditions=conditions).end())

    def command(self, *arguments: str) -> Ended:
        """Run another command of the program."""
        return self.start(*arguments).end()

    def seen(self, ended: Ended) -> Ended:
        """Count a run that ended."""
        self.ended.append(ended)
        self.tally.ran(ended)
        return ended

    def under(self, **conditions: object) -> Conditions:
        """Return conditions at the present time."""
        return replace(Conditions(now=self.world.now), **conditions)  # type: ignore[arg-type]

    def let_leases_run_out(self) -> None:
        """Let more time pass in a shared ledger than a lease lasts."""
        past = {"past": time_text(MONDAY_MORNING - timedelta(days=365))}
        with self.ledger() as ledger, ledger.database.transaction() as tx:
            for leased in ("requests", "outbox"):
                tx.execute(
                    f"UPDATE {leased} SET lease_until = :past WHERE lease_until IS NOT NULL", past
                )

    # --- looking -----------------------------------------------------------------------------

    @contextmanager
    def ledger(self) -> Iterator[SqlLedger]:
        """Open the ledger as another process would."""
        with open_ledger(self.state, create=True) as ledger:
            yield ledger


@contextmanager
def open_site(folder: Path, *, state: str = "", workers: int = 1) -> Iterator[Site]:
    """Open a help desk with a BMS of its own on a Monday morning."""
    world = World()
    with Sandbox(now=world) as sandbox, mail_server() as mailbox, json_service() as webhook:
        yield Site(folder, sandbox, world, mailbox, webhook, state=state, workers=workers)
