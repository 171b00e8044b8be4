"""How many mails a second are recorded, parsed and triaged on one core, and what limits it.

Every message of tests/fixtures/mail, as many rounds as `ROUNDS`, each round into a ledger of its
own: a real SQLite file that is flushed to the disk at every commit. Against Python's own e-mail
parser, which only takes the same messages apart.
"""

import logging
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from figures import Figure

from connector.domain.request import Request, RequestKind
from connector.errors import RequestRejected
from connector.intake.reading import MailSource, identify_arrival, read_request
from connector.ledger.store import open_ledger
from connector.mapping.load import Mappings, load_mappings
from connector.mapping.triage import triage
from connector.pipeline.intake import AT_ONCE
from connector.ports import Arrival, Claim, Item, Stamp
from connector.samples import mappings_dir

FIXTURES = Path(__file__).parents[1] / "fixtures" / "mail"
RECEIVED = datetime(2026, 11, 20, 14, 12, tzinfo=UTC)
STAMP = Stamp(run="benchmark", at=RECEIVED)
ZONE = ZoneInfo("America/New_York")
ROUNDS = 6
LEAST = 400


def measure() -> list[Figure]:
    """Take in every message again and again; the first round only loads libraries."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    mails = [path.read_bytes() for path in sorted(FIXTURES.glob("*.eml"))]
    mappings = load_mappings(mappings_dir())
    _round(mails, mappings, Stages())
    stages, baseline = Stages(), Stages()
    for _ in range(ROUNDS):
        _round(mails, mappings, stages)
        _take_apart(mails, baseline)
    count = ROUNDS * len(mails)
    ours, python = count / stages.total, count / baseline.total
    figures = [
        Figure(
            f"parse + triage + record, {len(mails)} different raw messages, one core",
            f"{ours:.0f} mails/s",
            f"{python:.0f} mails/s (Python's parser alone)",
            ours / python,
            f"≥ {LEAST} mails/s",
            is_met=ours >= LEAST,
        )
    ]
    for stage, seconds in stages.seconds.items():
        each = f"{1000 * seconds / count:.2f} ms a mail"
        share = seconds / stages.total
        figures.append(Figure(f"of it: {stage}", each, "the whole", share))
    return figures


class Stages:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    @property
    def total(self) -> float:
        return self.seconds.total()

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[stage] += time.perf_counter() - began


def _round(mails: list[bytes], mappings: Mappings, stages: Stages) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_ledger(f"sqlite:///{folder}/connector.db", create=True) as ledger,
    ):
        for first in range(0, len(mails), AT_ONCE):
            batch = [_item(n, raw) for n, raw in enumerate(mails[first : first + AT_ONCE], first)]
            with stages.timed("record, flushed to the disk"):
                ledger.record_all(batch, stamp=STAMP)
            with stages.timed("identify: read the header"):
                claims = [claim for item in batch if (claim := _claim(item, mappings))]
            with stages.timed("record identities, flushed to the disk"):
                ledger.identify_all(claims, stamp=STAMP)
            for item in batch:
                with stages.timed("parse"):
                    request = _parse(item.raw, mappings)
                if request is not None:
                    with stages.timed("triage"):
                        _triage(request, mappings)


def _item(number: int, raw: bytes) -> Item:
    arrival = Arrival(
        source="mail",
        locator=f"{number}.eml",
        kind=RequestKind.EMAIL,
        size=len(raw),
        received_at=RECEIVED,
        read=lambda: raw,
    )
    return Item(f"key{number}", arrival, raw)


def _claim(item: Item, mappings: Mappings) -> Claim | None:
    try:
        found = identify_arrival(RequestKind.EMAIL, item.raw, None, mappings.forms)
    except RequestRejected:
        return None
    return Claim(item.key, found)


def _parse(raw: bytes, mappings: Mappings) -> Request | None:
    try:
        return read_request(
            RequestKind.EMAIL, raw, None, mappings.forms, "mail", RECEIVED, MailSource()
        )
    except RequestRejected:
        return None


def _triage(request: Request, mappings: Mappings) -> None:
    triage(
        request,
        priorities=mappings.priorities,
        templates=mappings.templates,
        zone=ZONE,
        account=None,
    )


def _take_apart(mails: list[bytes], stages: Stages) -> None:
    for raw in mails:
        with stages.timed("python"):
            for part in message_from_bytes(raw, policy=default).walk():
                part.get_payload(decode=True)
