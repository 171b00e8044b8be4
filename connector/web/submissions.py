"""One submission over the web becomes a request in the ledger, before anybody is thanked.

It is recorded and identified like an item of any other source; `sync` delivers it. Unlike an item
of a source, one that comes again is not recorded a second time: the story of the first says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connector.domain.request import RequestKind
from connector.mapping.emergency import find_emergency_word
from connector.mapping.models import EmergencyWords
from connector.ports import Arrival, Clock, Ledger, Reader, Stamp

WEB = "web"
"""Who writes to the ledger, as runs are named there."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A form submission as it came in. `raw` is the JSON that the mapping `form` reads.

    `submitted_at` is when it was received, where something better than our clock is known
    (`trust_submitted_at`, DESIGN section 3); never later than now.
    """

    source: str
    form: str
    raw: bytes
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger has by now. `is_new` is False when the same had come before."""

    key: str
    is_new: bool

    @property
    def reference(self) -> str:
        """What people quote, and what stands in the ticket as `Ref:`."""
        return self.key


@dataclass(frozen=True, slots=True)
class SubmissionBook:
    """Where submissions are recorded; threads may share it.

    Alerts of emergencies are put into the outbox by the run that delivers, which sends them.
    """

    ledger: Ledger
    reader: Reader
    clock: Clock
    new_key: Callable[[], str]
    emergency: EmergencyWords

    def record(self, submission: Submission) -> Recorded:
        """Commit a submission to the ledger in one transaction, once for each identity.

        Raises `Unreachable` or `FatalError` when the ledger cannot take it: then whoever sent it
        must be told that it did not arrive.
        """
        raw, stamp = submission.raw, self._stamp()
        identified = self.reader.identify(RequestKind.FORM, raw, submission.form)
        word = find_emergency_word(identified.subject, self.emergency)
        key = self.new_key()
        first = self.ledger.admit(
            key,
            _arrival(key, submission, stamp.at),
            raw,
            identified,
            urgent=identified.flagged or word is not None,
            stamp=stamp,
        )
        return Recorded(first or key, is_new=first is None)

    def _stamp(self) -> Stamp:
        return Stamp(run=WEB, at=self.clock())


def _arrival(key: str, submission: Submission, now: datetime) -> Arrival:
    return Arrival(
        source=submission.source,
        locator=key,
        kind=RequestKind.FORM,
        received_at=min(submission.submitted_at or now, now),
        size=len(submission.raw),
        read=lambda: submission.raw,
        form=submission.form,
        again="ask the requester to send it again",
    )
