"""Files of a form submission that lie elsewhere, named by their addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from connector.domain.request import Attachment, FileLink


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of the files of one submission.

    `missing` has a sentence for each that could not be had, for a technician. `may_come`:
    whether one of these could be had later.
    """

    attachments: tuple[Attachment, ...] = ()
    missing: tuple[str, ...] = ()
    may_come: bool = False


class FileFetcher(Protocol):
    """Fetches such files; raises nothing. Threads share it."""

    def fetch(self, source: str, links: Sequence[FileLink]) -> Fetched:
        """Fetch what a submission from this source names."""
        ...
