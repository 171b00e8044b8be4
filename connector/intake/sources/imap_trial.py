"""Whether what is done could be filed away: tried with a message or folder of our own.

Nothing is left behind. Rights alone (RFC 4314) would not tell of quotas or forbidden names.
"""

import re
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from connector.intake.sources.imap_access import said
from connector.intake.sources.imap_filing import DELETED
from connector.intake.sources.imap_session import Opened

if TYPE_CHECKING:
    from imapclient import IMAPClient

_APPENDED: Final = re.compile(rb"\[APPENDUID \d+ (\d+)\]")

TRIAL: Final = (
    b"From: BMS connector <check@connector.invalid>\r\n"
    b"Subject: A trial of bms-connector check --live, removed at once\r\n\r\n"
)


def filing_fault(opened: Opened, folder: str) -> str:
    """Return why nothing can be written into a folder, or that it cannot be created; else ''.

    Raises what the library raises when the connection broke.
    """
    fault = _fault(opened.client, folder)
    opened.client.select_folder(opened.folder)
    return fault


def _fault(client: "IMAPClient", folder: str) -> str:
    from imapclient.exceptions import (
        IMAPClientAbortError,
        IMAPClientError,
        IMAPClientReadOnlyError,
    )

    try:
        if client.folder_exists(folder):
            _write_into(client, folder)
        else:
            _create_beside(client, folder)
    except IMAPClientReadOnlyError:  # an `abort` as well, though the connection is fine
        return "it is read-only for us"
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        return said(error)
    return ""


def _write_into(client: "IMAPClient", folder: str) -> None:
    """Append a message that is marked deleted, and remove this one.

    Without UIDPLUS only the folder is opened for writing: the message could not be removed
    without removing what others have marked.
    """
    client.select_folder(folder)
    if not client.has_capability("UIDPLUS"):
        return
    answer = _APPENDED.search(client.append(folder, TRIAL, flags=[DELETED]))
    if answer is not None:
        client.uid_expunge([int(answer[1])])


def _create_beside(client: "IMAPClient", folder: str) -> None:
    """Create and delete a folder of another name, since a run may create this one meanwhile."""
    beside = f"{folder}-{uuid4().hex[:12]}"
    client.create_folder(beside)
    client.delete_folder(beside)
