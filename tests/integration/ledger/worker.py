"""A process of its own that works on a ledger, for tests of races and crashes.

LEDGER is what the setting `state` says.
`python worker.py TASK LEDGER NAME`; it begins when a line comes on stdin, and prints what it got.
"""

import itertools
import sys
from datetime import UTC, datetime, timedelta

from connector.domain.request import Identity, RequestKind
from connector.errors import BudgetSpent
from connector.ledger.budget import SqlCallBudget
from connector.ledger.run_lock import RunLock
from connector.ledger.store import SqlLedger, open_ledger
from connector.ports import Arrival, Identified, Stamp

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def record(ledger: SqlLedger, key: str) -> None:
    arrival = Arrival("drop", f"{key}.eml", RequestKind.EMAIL, NOON, 3, lambda: b"raw")
    ledger.record(key, arrival, b"raw", stamp=Stamp(key, NOON))


def identify(ledger: SqlLedger, name: str) -> None:
    """Record twenty requests and claim one identity each, the same as every other worker."""
    for number in range(20):
        key = f"{name}-{number}"
        record(ledger, key)
        identity = Identity(f"mail {number}")
        ledger.identify(key, identity, subject="", sender="", stamp=Stamp(name, NOON))


def admit(ledger: SqlLedger, name: str) -> None:
    """Admit twenty submissions, the same as every other worker; print whose each is."""
    for number in range(20):
        key = f"{name}-{number}"
        arrival = Arrival("site", key, RequestKind.FORM, NOON, 2, lambda: b"{}")
        who = Identified(Identity(f"form {number}"), "", "")
        first = ledger.admit(key, arrival, b"{}", who, urgent=False, stamp=Stamp(name, NOON))
        say(first or key)


def claim(ledger: SqlLedger, name: str) -> None:
    """Claim until there is nothing left; print the keys."""
    lease = timedelta(minutes=5)
    while found := ledger.claim(now=NOON, holder=name, lease=lease, sources=None, besides=[]):
        say(found.key)


def spend(ledger: SqlLedger, _name: str) -> None:
    """Make calls until the budget is spent; print how many."""
    budget = SqlCallBudget(ledger.database, calls_per_hour=100)
    calls = 0
    while True:
        try:
            budget.take("GET /v2/x", now=NOON, emergency=True)
        except BudgetSpent:
            break
        calls += 1
    say(calls)


def crash(ledger: SqlLedger, name: str) -> None:
    """Record a request, then hang in the middle of another transaction."""
    record(ledger, name)
    with ledger.database.transaction() as tx:
        tx.execute("UPDATE requests SET identified = 1")
        say("recorded")
        sys.stdin.readline()


def hold(ledger: SqlLedger, name: str) -> None:
    """Hold the run lock until told to end, or killed."""
    RunLock(ledger.database.lock_path).acquire(command=f"sync of {name}", now=NOON)
    say("held")
    sys.stdin.readline()


def be_alone(ledger: SqlLedger, _name: str) -> None:
    """Be the only one at something until killed."""
    with ledger.exclusive("source drop") as ours:
        say(ours)
        sys.stdin.readline()


def write_on(ledger: SqlLedger, name: str) -> None:
    """Record requests until somebody ends this process."""
    for number in itertools.count():
        record(ledger, f"{name}-{number}")
        if number == 0:
            say("writing")


def say(words: object) -> None:
    """Tell the test something."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


TASKS = {
    task.__name__: task for task in (identify, admit, claim, spend, crash, hold, be_alone, write_on)
}


def main() -> None:
    task, url, name = sys.argv[1:]
    say("ready")
    sys.stdin.readline()
    with open_ledger(url, create=True) as ledger:
        TASKS[task](ledger, name)


if __name__ == "__main__":
    main()
