"""The source `gravity_forms`: entries of a form, read over the REST API of a WordPress site.

Nothing is changed on the site, so what is done is remembered here. An entry may turn up later
than its number says (one that was taken for spam), so each look reaches back behind the last one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from connector.domain.request import Outcome, RequestKind
from connector.intake.sources.gravity_client import Entry, GravityClient, submitted
from connector.intake.sources.mail_start import MailStart
from connector.ports import Arrival, Clock, Listing, SourceMemory
from connector.ports.mailboxes import FormState

STATE: Final = "entries"

LOOK_BACK: Final = timedelta(days=7)
"""How far a look reaches back behind the one before."""

AGAIN: Final = "submit the form again"


@dataclass(slots=True)
class Done:
    """What is remembered: the last look, and the entries that are done, with their times."""

    looked_at: datetime | None = None
    entries: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, kept: object) -> "Done":
        """Return what `to_json` gave; nothing if it is anything else."""
        match kept:
            case {"looked_at": str(looked_at), "entries": dict(entries)}:
                return cls(datetime.fromisoformat(looked_at), entries)
        return cls()

    def to_json(self) -> dict[str, object]:
        """Return it as it is kept."""
        looked_at = self.looked_at.isoformat() if self.looked_at else None
        return {"looked_at": looked_at, "entries": self.entries}

    def forget_before(self, moment: datetime) -> None:
        """Forget entries from before: no look reaches so far back any more."""
        earliest = moment.isoformat()
        self.entries = {key: at for key, at in self.entries.items() if at >= earliest}


class GravityForms:
    """A form as a source of submissions (`ports.Source`)."""

    def __init__(
        self,
        client: GravityClient,
        *,
        form: str,
        interval: timedelta,
        start: MailStart,
        memory: SourceMemory,
        clock: Clock,
    ) -> None:
        """Call nothing yet. `form` is the mapping that reads the entries."""
        self._client = client
        self._form = form
        self._interval = interval
        self._start = start
        self._memory = memory
        self._clock = clock

    @property
    def name(self) -> str:
        """The name that configuration gives it."""
        return self._client.source

    def list(self) -> Listing:
        """Return the entries that are not done, oldest first; none before `interval` is over.

        Raises `SignInRefused` and `Unreachable`.
        """
        now, done = self._clock(), self._done()
        since = self._start.since(self._memory, now)
        if done.looked_at is not None and now - done.looked_at < self._interval:
            return Listing([])
        earliest = _later(since, done.looked_at and done.looked_at - LOOK_BACK)
        pages = list(self._client.pages(earliest))
        items = [
            self._arrival(at, entry)
            for page in pages
            for at, entry in _from(since, page.entries)
            if self._locator(entry) not in done.entries
        ]
        done.looked_at = now
        if earliest is not None:
            done.forget_before(earliest - LOOK_BACK)
        self._memory.save(STATE, done.to_json())
        return Listing(items, held=len(items) + sum(page.undated for page in pages))

    def mark(self, locator: str, outcome: Outcome) -> bool:
        """Remember that the entry is done, or parked: both are in the ledger now."""
        del outcome
        done = self._done()
        done.entries[locator] = self._clock().isoformat()
        self._memory.save(STATE, done.to_json())
        return True

    def look(self) -> FormState:
        """Return how the form stands (`ports.mailboxes`); raises what `list` raises."""
        since = self._start.since(self._memory, self._clock())
        total = self._client.page(None, 1, 1).total
        taken = [at for page in self._client.pages(since) for at, _ in _from(since, page.entries)]
        return FormState(
            form=f"form {self._client.form_id}",
            entries=total,
            older=max(0, total - len(taken)),
            since=since,
            newest=max(taken, default=None),
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _done(self) -> Done:
        return Done.load(self._memory.load(STATE))

    def _locator(self, entry: Entry) -> str:
        return f"form {self._client.form_id}, entry {entry['id']}"

    def _arrival(self, at: datetime, entry: Entry) -> Arrival:
        raw = json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace")
        return Arrival(
            source=self.name,
            locator=self._locator(entry),
            kind=RequestKind.FORM,
            received_at=at,
            size=len(raw),
            read=partial(bytes, raw),
            form=self._form,
            again=AGAIN,
        )


def _from(since: datetime | None, entries: list[Entry]) -> Iterator[tuple[datetime, Entry]]:
    """Yield entries with their times, from `since` on."""
    for entry in entries:
        at = submitted(entry)
        if at is not None and (since is None or at >= since):
            yield at, entry


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    moments = [each for each in (one, other) if each is not None]
    return max(moments, default=None)
