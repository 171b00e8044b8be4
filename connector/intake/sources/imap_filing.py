"""Getting one message out of a folder: MOVE, or COPY and removal of this one UID.

A plain EXPUNGE also destroys what other clients have marked \\Deleted, so it is never used.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from connector.intake.sources.imap_session import Opened

if TYPE_CHECKING:
    from imapclient import IMAPClient

DELETED: Final = rb"\Deleted"
FLAGGED: Final = rb"\Flagged"
OUR_FLAG: Final = b"BmsConnectorParked"
"""A keyword beside \\Flagged, so that only a flag of ours is taken off again."""


class Filing(StrEnum):
    """How this server lets a message be moved, best first."""

    MOVE = "MOVE"
    UID_EXPUNGE = "COPY and UID EXPUNGE"
    MARK_DELETED = "COPY and \\Deleted"


def filing_of(client: "IMAPClient") -> Filing:
    """Return the best way: RFC 6851, else RFC 4315, else what is left."""
    if client.has_capability("MOVE"):
        return Filing.MOVE
    return Filing.UID_EXPUNGE if client.has_capability("UIDPLUS") else Filing.MARK_DELETED


def move(opened: Opened, uid: int, folder: str) -> None:
    """Move a message into a folder, created when it is missing; one that is gone stays so.

    Broken off after COPY and begun again, it leaves two copies in `folder`, and never none.
    """
    client = opened.client
    flags = client.get_flags([uid]).get(uid)
    if flags is None:
        return
    if OUR_FLAG in flags:
        client.remove_flags([uid], [FLAGGED, OUR_FLAG], silent=True)
    filing = filing_of(client)
    if filing is Filing.MOVE:
        _into(client, folder, lambda: client.move([uid], folder))
        return
    _into(client, folder, lambda: client.copy([uid], folder))
    client.add_flags([uid], [DELETED], silent=True)
    if filing is Filing.UID_EXPUNGE:
        client.uid_expunge([uid])


def _into(client: "IMAPClient", folder: str, transfer: Callable[[], object]) -> None:
    """Transfer into a folder; if that is refused and there is none, create it and try again."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        transfer()
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        if client.folder_exists(folder):
            raise
        client.create_folder(folder)
        client.subscribe_folder(folder)
        transfer()


def flag(opened: Opened, uid: int) -> None:
    """Flag a message that waits for a person, where it is; one that is gone is no error."""
    keyword = [OUR_FLAG] if opened.takes_keywords else []
    opened.client.add_flags([uid], [FLAGGED, *keyword], silent=True)
