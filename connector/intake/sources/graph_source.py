"""The source `graph`: a mailbox of Microsoft 365 over Microsoft Graph, by application permission.

The raw message is its MIME content: https://learn.microsoft.com/graph/outlook-get-mime-message
Moving: https://learn.microsoft.com/graph/api/message-move
"""

from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import quote, unquote

from connector.domain.request import Outcome, RequestKind
from connector.errors import Throttled, Unreachable
from connector.intake.sources.abandoned import Abandoned
from connector.intake.sources.graph_client import GraphClient, NotThere
from connector.intake.sources.graph_delta import Message, catch_up, read_time
from connector.intake.sources.graph_folders import ensure_folder, filing_fault, folder_id
from connector.intake.sources.mail_start import MailStart
from connector.ports import (
    Arrival,
    Clock,
    ItemUnfiled,
    ItemUnreadable,
    ItemVanished,
    Listing,
    SourceMemory,
)
from connector.ports.mailboxes import MailboxState

OUR_CATEGORY: Final = "BMS connector: parked"
"""Beside the flag, so that only a flag of ours is taken off again."""

AGAIN: Final = "let the next run read it: it stays in the mailbox"


class GraphMailbox:
    """A mailbox as a source of e-mails (`ports.Source`)."""

    def __init__(
        self,
        client: GraphClient,
        *,
        folder: str,
        processed_folder: str,
        start: MailStart,
        memory: SourceMemory,
        clock: Clock,
    ) -> None:
        """Call nothing yet."""
        self._client = client
        self._folder = folder
        self._processed = processed_folder
        self._start = start
        self._memory = memory
        self._clock = clock
        self._ids: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The name that configuration gives it."""
        return self._client.source

    def list(self) -> Listing:
        """Return the messages now in the folder, oldest first by receivedDateTime.

        Raises `SignInRefused`, `RightsMissing`, `Throttled` and `Unreachable`
        (also for a missing folder).
        """
        folder = self._folder_id()
        held = catch_up(self._client, self._memory, folder, self._since())
        messages = sorted(held.messages.values(), key=lambda each: (each.received_at, each.id))
        return Listing([self._arrival(message) for message in messages])

    def mark(self, locator: str, outcome: Outcome) -> bool:
        """Move the message to the processed folder, or flag it where it is when it is parked.

        One that is gone, or that somebody has moved already, is no error. Raises `ItemUnfiled`
        when it cannot be moved, and what `list` raises.
        """
        message_id = self._id_at(locator)
        is_done = outcome is not Outcome.PARKED
        try:
            self._mark(message_id, is_done=is_done)
        except NotThere:
            return True
        except (Abandoned, Throttled):
            raise
        except Unreachable as error:
            self._confirm_reachable()
            raise ItemUnfiled(str(error)) from error
        return is_done

    def look(self) -> MailboxState:
        """Return how the mailbox stands (`ports.mailboxes`); raises what `list` raises."""
        folder = self._folder_id()
        total = self._client.get(f"/mailFolders/{folder}", {"$select": "totalItemCount"})
        since = self._since()
        return MailboxState(
            folder=self._folder,
            messages=int(total["totalItemCount"]),
            older=0 if since is None else self._count_before(folder, f"{since:%Y-%m-%dT%H:%M:%SZ}"),
            since=since,
            processed_folder=self._processed,
            processed_exists=self._is_there(self._processed),
            filing="move",
            filing_fault=filing_fault(self._client, self._processed),
            newest=self._newest(folder),
            server_time=self._client.server_time,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # --- what is there -----------------------------------------------------------------------

    def _since(self) -> datetime | None:
        """Return where the mailbox starts; the first look is by the clock of Microsoft."""
        return self._start.since(self._memory, self._client.server_time or self._clock())

    def _folder_id(self) -> str:
        if self._folder not in self._ids:
            self._ids[self._folder] = folder_id(self._client, self._folder)
        return self._ids[self._folder]

    def _is_there(self, folder: str) -> bool:
        try:
            folder_id(self._client, folder)
        except NotThere:
            return False
        return True

    def _count_before(self, folder: str, moment: str) -> int:
        answer = self._client.get(
            f"/mailFolders/{folder}/messages",
            {
                "$filter": f"receivedDateTime lt {moment}",
                "$count": "true",
                "$top": "1",
                "$select": "id",
            },
        )
        return int(answer["@odata.count"])

    def _newest(self, folder: str) -> datetime | None:
        answer = self._client.get(
            f"/mailFolders/{folder}/messages",
            {"$orderby": "receivedDateTime desc", "$top": "1", "$select": "receivedDateTime"},
        )
        return next((read_time(each["receivedDateTime"]) for each in answer["value"]), None)

    def _arrival(self, message: Message) -> Arrival:
        return Arrival(
            source=self.name,
            locator=f"{self._client.mailbox}/{quote(message.id, safe='')}",
            kind=RequestKind.EMAIL,
            received_at=message.received_at,
            size=message.size,
            read=partial(self._read, message.id),
            again=AGAIN,
        )

    def _id_at(self, locator: str) -> str:
        mailbox, slash, message_id = locator.rpartition("/")
        if not slash or mailbox != self._client.mailbox:
            raise ItemUnfiled(
                f"it is in the mailbox {mailbox}, and `mailbox` is {self._client.mailbox} now. "
                "File it away by hand"
            )
        return unquote(message_id)

    # --- one message -------------------------------------------------------------------------

    def _read(self, message_id: str) -> bytes:
        """Return the message as MIME.

        That it is still in the folder is looked up first: an immutable id finds a message
        wherever it was moved, and a delta query may lag behind our own moves.
        """
        try:
            if not self._is_in_folder(self._described(message_id)):
                raise ItemVanished(f"{message_id} was moved away")
            return self._client.get_bytes(f"/messages/{quote(message_id, safe='')}/$value")
        except NotThere:
            raise ItemVanished(f"{message_id} is no longer there") from None
        except (Abandoned, Throttled):
            raise
        except Unreachable as error:
            self._confirm_reachable()
            raise ItemUnreadable(error.message) from error

    def _confirm_reachable(self) -> None:
        """Tell one message that Graph cannot give from a Graph that is down."""
        self._client.get(f"/mailFolders/{self._folder_id()}", {"$select": "id"})

    def _described(self, message_id: str) -> Any:  # noqa: ANN401 - JSON
        path = f"/messages/{quote(message_id, safe='')}"
        return self._client.get(path, {"$select": "parentFolderId,categories"})

    def _is_in_folder(self, message: Any) -> bool:  # noqa: ANN401 - JSON
        return bool(message["parentFolderId"] == self._folder_id())

    def _mark(self, message_id: str, *, is_done: bool) -> None:
        message = self._described(message_id)
        if not self._is_in_folder(message):
            return
        path = f"/messages/{quote(message_id, safe='')}"
        categories = list(message.get("categories") or ())
        if not is_done:
            flag = {"flag": {"flagStatus": "flagged"}}
            self._client.send("PATCH", path, {**flag, "categories": _with_ours(categories)})
            return
        if OUR_CATEGORY in categories:
            others = [each for each in categories if each != OUR_CATEGORY]
            flag = {"flag": {"flagStatus": "notFlagged"}}
            self._client.send("PATCH", path, {**flag, "categories": others})
        if self._processed not in self._ids:
            self._ids[self._processed] = ensure_folder(self._client, self._processed)
        self._client.send("POST", f"{path}/move", {"destinationId": self._ids[self._processed]})


def _with_ours(categories: list[str]) -> list[str]:
    return categories if OUR_CATEGORY in categories else [*categories, OUR_CATEGORY]
