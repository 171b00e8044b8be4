"""The child process of the harness: the program's own command line, under bad conditions.

Nothing of `connector` knows of it. What is wrapped are the ledger's transactions, the adapter
that `requests` sends through, the handing over of mails, the moving of files, and the clock.
"""

import contextlib
import functools
import importlib
import os
import re
import signal
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from smtplib import SMTP
from types import FrameType
from typing import Any

from requests.adapters import HTTPAdapter
from support.faults.conditions import Conditions, Death, Point

import connector.wiring.clock
import connector.wiring.run
from connector import loading
from connector.cli import main
from connector.errors import Unreachable
from connector.intake.sources.drop_folder import DropFolder
from connector.ledger import sqlite
from connector.ledger.sqlite import SqliteDatabase
from connector.mapping.load import Mappings

KILLED = 137


def run(
    arguments: Sequence[str],
    folder: Path,
    name: str,
    conditions: Conditions,
    mappings: Mappings,
    pipe: Connection,
) -> None:
    """Be the program: its output and the points it gets to go to files called `name`.

    `mappings` are read already: reading YAML is most of a short run.
    """
    os.chdir(folder)
    for descriptor, suffix in ((1, "out"), (2, "err")):
        file = os.open(folder / f"{name}.{suffix}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, descriptor)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    sys.argv = ["bms-connector", *arguments]
    os.environ["BMS_CONNECTOR_TRACEBACK"] = "1"
    loading.read_mappings = lambda _folder: (mappings, [])
    _set_clock(conditions)
    points = Points(conditions, folder / f"{name}.points", pipe)
    _wrap_databases(points, conditions)
    _wrap(HTTPAdapter, "send", points, Point.BEFORE_CALL, Point.AFTER_CALL, _call_label)
    _wrap(SMTP, "data", points, Point.BEFORE_CALL, Point.AFTER_CALL, lambda *_: "SMTP DATA")
    _wrap(DropFolder, "mark", points, Point.BEFORE_MARK, Point.AFTER_MARK, lambda *_: "mark")
    _wrap(Path, "replace", points, Point.BEFORE_RENAME, Point.AFTER_RENAME, lambda *_: "rename")
    main()


class Points:
    """Counts the points that the process gets to, writes them down, and dies or stops there."""

    def __init__(self, conditions: Conditions, file: Path, pipe: Connection) -> None:
        self._conditions = conditions
        self._pipe = pipe
        self._seen: Counter[Point] = Counter()
        self._frozen = False
        self._lock = threading.Lock()
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def reached(self, point: Point, label: str) -> None:
        """Note a point; here the process may die, or stop until it is told to go on."""
        with self._lock:
            self._seen[point] += 1
            nth = self._seen[point]
            os.write(self._file, f"{point}: {label}\n".encode())
            kill = self._conditions.kill
            if kill is not None and (kill.point, kill.nth) == (point, nth):
                _die(kill.death)
            if self._freezes_at(point, label):
                self._frozen = True
                self._pipe.send(label)
                os.kill(os.getpid(), signal.SIGSTOP)

    def _freezes_at(self, point: Point, label: str) -> bool:
        freeze = self._conditions.freeze
        if freeze is None or self._frozen:
            return False
        return freeze.point is point and freeze.label in label


def _die(death: Death) -> None:
    if death is Death.EXIT:
        os._exit(KILLED)
    os.kill(os.getpid(), signal.SIGKILL)


# --- the clock -------------------------------------------------------------------------------


def _set_clock(conditions: Conditions) -> None:
    """Let the program's only clock hardly move, but for the jump that is asked for."""
    readings = 0

    def clock() -> datetime:
        nonlocal readings
        readings += 1
        jump = conditions.jump
        now = conditions.now + timedelta(microseconds=readings)
        if jump is not None and readings >= jump.nth:
            return now + timedelta(seconds=jump.seconds)
        return now

    the_clock: Any = connector.wiring.clock
    the_clock.utc_now = clock
    runs: Any = connector.wiring.run
    runs.open_run = functools.partial(runs.open_run, clock=clock)


# --- the ledger ------------------------------------------------------------------------------


def _wrap_databases(points: Points, conditions: Conditions) -> None:
    _wrap_transactions(SqliteDatabase, points, Locker(conditions))
    with contextlib.suppress(ImportError):
        postgres = importlib.import_module("connector.ledger.postgres")
        _wrap_transactions(postgres.PostgresDatabase, points, Locker(conditions))
    _limit_sqlite(conditions)


class Locker:
    """Locks the SQLite ledger by a connection of its own for a number of attempts."""

    def __init__(self, conditions: Conditions) -> None:
        self._locked = conditions.locked
        self._commits = 0
        self._attempts = 0
        self._connection: sqlite3.Connection | None = None

    def after_commit(self, database: Any) -> None:
        self._commits += 1
        if self._locked is None or self._commits != self._locked.after_commit:
            return
        with database.snapshot() as tx:
            file = tx.one("PRAGMA database_list")["file"]
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._connection.execute("BEGIN IMMEDIATE")

    def after_failure(self) -> None:
        self._attempts += 1
        if self._connection and self._locked and self._attempts >= self._locked.attempts:
            self._connection.execute("ROLLBACK")
            self._connection.close()
            self._connection = None


def _wrap_transactions(owner: Any, points: Points, locker: Locker) -> None:
    original = owner.transaction

    @contextlib.contextmanager
    def transaction(self: Any, **options: Any) -> Iterator[Any]:
        label = _writer(sys._getframe(2))
        try:
            with original(self, **options) as tx:
                yield tx
                points.reached(Point.BEFORE_COMMIT, label)
        except Unreachable:
            locker.after_failure()
            raise
        points.reached(Point.AFTER_COMMIT, label)
        locker.after_commit(self)

    owner.transaction = transaction


def _writer(frame: FrameType | None) -> str:
    """Return who writes to the ledger, as `module.function`, and the operation it writes of."""
    while frame is not None and frame.f_code.co_filename == contextlib.__file__:
        frame = frame.f_back
    if frame is None:
        return "unknown"
    operation = frame.f_locals.get("operation")
    who = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
    return f"{who} ({operation})" if isinstance(operation, str) else who


def _limit_sqlite(conditions: Conditions) -> None:
    set_up = SqliteDatabase.set_up

    def set_up_limited(self: Any) -> None:
        self._connection.execute(f"PRAGMA busy_timeout = {int(conditions.busy_timeout * 1000)}")
        set_up(self)
        if conditions.pages_left is not None:
            pages = self._connection.execute("PRAGMA page_count").fetchone()[0]
            limit = max(1, pages + conditions.pages_left)
            self._connection.execute(f"PRAGMA max_page_count = {limit}")

    patched: Any = SqliteDatabase
    patched.set_up = set_up_limited
    # A process that is killed loses nothing that the system has not written yet.
    sqlite.SYNCHRONOUS.update({True: "OFF", False: "OFF"})


# --- calls and files -------------------------------------------------------------------------


def _wrap(
    owner: Any,
    method: str,
    points: Points,
    before: Point,
    after: Point,
    label_of: Callable[..., str],
) -> None:
    original = getattr(owner, method)

    @functools.wraps(original)
    def wrapped(self: Any, *args: Any, **options: Any) -> Any:
        label = label_of(self, *args)
        points.reached(before, label)
        result = original(self, *args, **options)
        points.reached(after, label)
        return result

    setattr(owner, method, wrapped)


def _call_label(_adapter: HTTPAdapter, request: Any, *_rest: Any) -> str:
    """Return a call's method and path, ids left out."""
    return f"{request.method} {re.sub(r'/[0-9]+(?=/|$)', '/N', request.path_url.split('?')[0])}"
