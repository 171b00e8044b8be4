"""How fast mail is read and triaged on one core, and how much memory a large message takes.

    python tests/benchmarks/read_mail.py --rounds 20 --large 50

Reads every message of tests/fixtures/mail as many rounds as asked, in the order of their names,
then triages each by the sample mappings. The first round is not counted: it loads libraries.
"""

import argparse
import sys
import time
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.mail_bombs import MB, with_file  # noqa: E402

from connector.domain.request import Request  # noqa: E402
from connector.intake.mail.email_message import parse_email  # noqa: E402
from connector.intake.unreadable import Unreadable  # noqa: E402
from connector.mapping.load import load_mappings  # noqa: E402
from connector.mapping.triage import triage  # noqa: E402

RECEIVED = datetime(2026, 11, 20, 14, 12, tzinfo=UTC)


def read(raw: bytes) -> Request | None:
    """Return the request, or None for a fixture that is none."""
    try:
        return parse_email(raw, source="mail", received_at=RECEIVED)
    except Unreadable:
        return None


def main() -> None:
    """Measure, and print one line per figure."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--large", type=int, default=50, help="MB of the large message")
    chosen = options.parse_args()
    paths = sorted((ROOT / "tests" / "fixtures" / "mail").glob("*.eml"))
    mails = [path.read_bytes() for path in paths]
    kinds = Counter(path.stem.partition("-")[0] for path in paths)
    print(f"{len(mails)} messages: {dict(kinds)}")  # noqa: T201

    mappings = load_mappings(ROOT / "mappings")
    times: Counter[str] = Counter()
    for number in range(chosen.rounds + 1):
        for raw in mails:
            start = time.process_time()
            request = read(raw)
            middle = time.process_time()
            if request:
                triage(
                    request,
                    priorities=mappings.priorities,
                    templates=mappings.templates,
                    zone=ZoneInfo("America/New_York"),
                    account=None,
                )
            if number:
                times["parse"] += middle - start
                times["parse + triage"] += time.process_time() - start
    for step, seconds in times.items():
        count = chosen.rounds * len(mails)
        print(f"{step}: {count / seconds:.0f} messages/s, {1000 * seconds / count:.2f} ms each")  # noqa: T201

    large = with_file(chosen.large * MB)
    start = time.process_time()
    read(large)
    seconds = time.process_time() - start
    tracemalloc.start()
    read(large)
    peak = tracemalloc.get_traced_memory()[1]
    print(f"a message of {len(large) / MB:.1f} MB with one file: {seconds:.2f} s, "  # noqa: T201
          f"{peak / MB:.0f} MB beside the message itself")  # fmt: skip


if __name__ == "__main__":
    main()
