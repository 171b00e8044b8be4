"""The source `imap`: a mailbox over IMAP4rev1 or IMAP4rev2 (RFC 3501, RFC 9051).

A message is new as long as the ledger does not know it; whether anybody has read it means
nothing. Done messages move to the processed folder, parked ones stay where they are, flagged.
"""

import builtins
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial

from connector.domain.request import Outcome, RequestKind
from connector.errors import Unreachable
from connector.intake.sources.abandoned import Abandoned
from connector.intake.sources.imap_access import ImapAccess, said
from connector.intake.sources.imap_filing import Filing, filing_of, flag, move
from connector.intake.sources.imap_listing import Message, Reach, count_messages, messages_within
from connector.intake.sources.imap_locator import MessagePlace
from connector.intake.sources.imap_session import FolderRefused, ImapSession, Opened
from connector.intake.sources.imap_trial import filing_fault
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

FIRST_UID = "first-uid"
WHOLE, HEADER = "", "HEADER"
"""Sections of a message (RFC 3501 section 6.4.5)."""
AGAIN = "let the next run read it: it stays in the mailbox"

STAYS = (
    "the server has neither MOVE nor UIDPLUS: what is done is copied and marked \\Deleted, and "
    "stays in the folder, hidden, until a mail client compacts it"
)


class ImapMailbox:
    """A mailbox as a source of e-mails (`ports.Source`, `ports.Listening`)."""

    def __init__(
        self,
        access: ImapAccess,
        *,
        folder: str,
        processed_folder: str,
        start: MailStart,
        memory: SourceMemory,
        clock: Clock,
        breakable: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Connect to nothing yet. `breakable` as in `ports.stopping.Stop`."""
        self._session = ImapSession(access, breakable)
        self._access = access
        self._folder = folder
        self._processed = processed_folder
        self._start = start
        self._memory = memory
        self._clock = clock
        self._listed: Opened | None = None
        self._idling: Opened | None = None
        self._has_news = False

    @property
    def name(self) -> str:
        """The name that configuration gives it."""
        return self._access.source

    # --- taking in ---------------------------------------------------------------------------

    def list(self) -> Listing:
        """Return the messages now in the folder, oldest first by the server's time of receipt.

        Raises `SignInRefused` and `Unreachable` (also for a missing folder).
        """
        from imapclient.exceptions import IMAPClientError

        try:
            opened, messages = self._session.within(self._folder, self._messages, anew=True)
        except IMAPClientError as error:
            raise Unreachable(
                f"Source '{self.name}': the messages of '{self._folder}' could not be listed: "
                f"{said(error)}",
                "The next run tries again",
            ) from error
        self._listed = opened
        arrivals = [self._arrival(opened.uidvalidity, message) for message in messages]
        return Listing(arrivals, is_stale=partial(self._is_stale, opened.uidvalidity))

    def _messages(self, opened: Opened) -> tuple[Opened, builtins.list[Message]]:
        return opened, messages_within(opened, self._reach(opened))

    def _reach(self, opened: Opened) -> Reach:
        first_uid = self._first_uid(opened) if self._start.is_first_look else None
        return Reach(self._start.since(self._memory, self._clock()), first_uid)

    def _first_uid(self, opened: Opened) -> int | None:
        """Return the UID from which on messages are new, kept before the first look is.

        It means nothing once the folder has another UIDVALIDITY; then only the time decides.
        """
        kept = self._memory.load(FIRST_UID)
        if kept is None and opened.uidnext is not None and not self._memory.has_looked():
            kept = {
                "folder": opened.folder,
                "uidvalidity": opened.uidvalidity,
                "uid": opened.uidnext,
            }
            self._memory.save(FIRST_UID, kept)
        match kept:
            case {"folder": opened.folder, "uidvalidity": opened.uidvalidity, "uid": int(uid)}:
                return uid
        return None

    def _arrival(self, uidvalidity: int, message: Message) -> Arrival:
        place = MessagePlace(self._folder, uidvalidity, message.uid)
        return Arrival(
            source=self.name,
            locator=place.locator,
            kind=RequestKind.EMAIL,
            received_at=message.received_at,
            size=message.size,
            read=partial(self._read, place, WHOLE),
            again=AGAIN,
            read_header=partial(self._read, place, HEADER),
        )

    def _is_stale(self, uidvalidity: int, locator: str) -> bool:
        place = MessagePlace.at(locator)
        return place.folder == self._folder and place.uidvalidity != uidvalidity

    def _read(self, place: MessagePlace, section: str) -> bytes:
        """Return the message or a part of it, unread for everybody else (`BODY.PEEK[]`)."""
        from imapclient.exceptions import IMAPClientError

        try:
            return self._session.within(place.folder, partial(_body, place, section))
        except IMAPClientError as error:
            raise ItemUnreadable(f"{place.locator}: {said(error)}") from error
        except Abandoned:
            raise
        except Unreachable as error:
            self._confirm_reachable(place.folder)
            raise ItemUnreadable(f"{place.locator}: {error.message}") from error

    def _confirm_reachable(self, folder: str) -> None:
        """Tell one message at which the server breaks off from a server that is away."""
        self._session.within(folder, lambda opened: opened.client.noop())

    # --- filing away -------------------------------------------------------------------------

    def mark(self, locator: str, outcome: Outcome) -> bool:
        """Move the message to the processed folder, or flag it where it is when it is parked.

        One that is gone is no error. Raises `ItemUnfiled` when it cannot be moved, and what
        `list` raises.
        """
        from imapclient.exceptions import IMAPClientError

        place = MessagePlace.at(locator)
        is_done = outcome is not Outcome.PARKED
        try:
            self._session.within(place.folder, partial(self._mark, place, is_done=is_done))
        except IMAPClientError as error:
            doing = f"moved to '{self._processed}'" if is_done else "flagged"
            raise ItemUnfiled(
                f"it could not be {doing}: {said(error)}. Give the account the right to do that "
                f"in '{place.folder}' and to write into `processed_folder`; the next run does it"
            ) from error
        except FolderRefused as error:  # perhaps a folder of before, and that of today is well
            raise ItemUnfiled(str(error)) from error
        except Abandoned:
            raise
        except Unreachable as error:
            self._confirm_reachable(place.folder)
            raise ItemUnfiled(str(error)) from error
        return is_done

    def _mark(self, place: MessagePlace, opened: Opened, *, is_done: bool) -> None:
        if opened.uidvalidity != place.uidvalidity:
            self._mind_renumbering(opened)
        elif is_done:
            move(opened, place.uid, self._processed)
        else:
            flag(opened, place.uid)

    def _mind_renumbering(self, opened: Opened) -> None:
        """Leave a message of an earlier numbering to the next intake, which finds it again.

        If intake has seen the new numbering and not found it, it is gone.
        """
        if self._listed is None or self._listed.uidvalidity != opened.uidvalidity:
            raise ItemUnfiled(
                f"'{opened.folder}' was numbered anew by its server. The next intake finds its "
                "messages again"
            )

    # --- listening ---------------------------------------------------------------------------

    @property
    def has_news(self) -> bool:
        """Whether something came before listening began, after the last listing."""
        return self._has_news

    def listen(self) -> int | None:
        """Begin IDLE where the server offers it; return the socket that news come in on."""
        self._has_news = False
        try:
            return self._session.within(self._folder, self._begin_idle, anew=True)
        except Exception:
            self._session.drop()
            return None

    def _begin_idle(self, opened: Opened) -> int | None:
        if not opened.client.has_capability("IDLE"):
            return None
        before, self._listed = self._listed, opened
        self._has_news = before is not None and before.uidnext != opened.uidnext
        opened.client.idle()
        self._idling = opened
        return int(opened.client.socket().fileno())

    def heard(self) -> bool:
        """End IDLE; return whether the server told of messages that were not there before."""
        opened, self._idling = self._idling, None
        had_news, self._has_news = self._has_news, False
        if opened is None:
            return had_news
        try:
            meanwhile = opened.client.idle_check(timeout=0)
            _, rest = opened.client.idle_done()
        except Exception:
            self._session.drop()
            return had_news
        return had_news or _tells_news([*meanwhile, *rest])

    # --- looking -----------------------------------------------------------------------------

    def look(self) -> MailboxState:
        """Return how the mailbox stands (`ports.mailboxes`); raises what `list` raises."""
        return self._session.within(self._folder, self._state, anew=True)

    def _state(self, opened: Opened) -> MailboxState:
        total, newest = count_messages(opened)
        reach = self._reach(opened)
        filing = filing_of(opened.client)
        older = total - len(messages_within(opened, reach))
        return MailboxState(
            folder=opened.folder,
            messages=total,
            older=older,
            since=reach.since,
            processed_folder=self._processed,
            processed_exists=bool(opened.client.folder_exists(self._processed)),
            filing=filing.value,
            filing_doubt=STAYS if filing is Filing.MARK_DELETED else "",
            listening="IDLE" if opened.client.has_capability("IDLE") else "",
            newest=newest,
            filing_fault=filing_fault(opened, self._processed),
        )

    def close(self) -> None:
        """Sign out."""
        with suppress(Exception):
            self.heard()
        self._session.close()


def _body(place: MessagePlace, section: str, opened: Opened) -> bytes:
    from imapclient.exceptions import IMAPClientError

    if opened.uidvalidity != place.uidvalidity:
        raise ItemVanished(f"{place.locator} was numbered anew")
    try:
        answer = opened.client.fetch([place.uid], [f"BODY.PEEK[{section}]"]).get(place.uid, {})
    except IMAPClientError:
        if place.uid in opened.client.search(["UID", str(place.uid)]):
            raise
        answer = {}  # Dovecot: NO [EXPUNGEISSUED] for one that another client has just removed
    body = answer.get(f"BODY[{section}]".encode())
    if not isinstance(body, bytes):
        raise ItemVanished(f"{place.locator} is no longer there")
    return body


def _tells_news(responses: Sequence[object]) -> bool:
    """Whether untagged responses tell of new messages: `* 4 EXISTS`."""
    return any(isinstance(each, tuple) and each[-1:] == (b"EXISTS",) for each in responses)
