"""What the steps of the pipeline work with, gathered once by `wiring`."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.pipeline.accounts.desk import AccessDesk
from connector.pipeline.delivering.turns import Turns
from connector.pipeline.drift import Drift
from connector.pipeline.retention import RawRetention
from connector.pipeline.rulebook import Rulebook
from connector.pipeline.unfiled import Unfiled
from connector.pipeline.writeback.setup import WriteBack
from connector.ports import Clock, Ledger, Reader, Source, Stamp, TicketGateway
from connector.ports.files import FileFetcher
from connector.ports.stopping import Breakable

if TYPE_CHECKING:
    from connector.pipeline.post.office import PostOffice


@dataclass(frozen=True, slots=True)
class Services:
    """The outside of one run, and its settings.

    `new_key` makes the key of a request, which is also its public reference; it must not be
    guessable, since the reference is how an uncertain creation is found again.
    `of_sources` limits the run to requests of these sources; None means all that the ledger
    holds, also of a source that has since been renamed or removed.
    """

    run: str
    ledger: Ledger
    gateway: TicketGateway
    sources: Sequence[Source]
    of_sources: Sequence[str] | None
    reader: Reader
    rulebook: Rulebook
    clock: Clock
    new_key: Callable[[], str]
    api_calls: Callable[[], Mapping[str, int]]
    max_request_bytes: int
    search_settle: timedelta
    drift: Drift
    write_back: WriteBack
    retention: RawRetention
    """What lets old raw messages go."""
    progress: Callable[[str], None] = lambda _step: None
    should_stop: Callable[[], bool] = lambda: False
    """Asked between two requests: whether to leave the rest to a later run."""
    breakable: Breakable = nullcontext
    """Surrounds the waiting for workers, which may be broken off (`ports.stopping.Stop`)."""
    workers: int = 1
    """How many requests are worked on at the same time."""
    post: "PostOffice | None" = None
    """What the run sends with; None where nothing is ever sent."""
    access: AccessDesk | None = None
    """What portal logins and approvals are worked with; None where nothing asks for any."""
    files: FileFetcher | None = None
    """Fetches files that forms name by their addresses; None where no source has any."""
    lease: timedelta = timedelta(seconds=300)
    """How long a request stays leased to a run that is not heard of again."""
    turns: Turns = field(default_factory=Turns)
    unfiled: Unfiled = field(default_factory=Unfiled)

    def stamp(self) -> Stamp:
        """Return who writes to the ledger, and now."""
        return Stamp(run=self.run, at=self.clock())
