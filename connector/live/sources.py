"""Sources: whether what comes in can be read, and filed away when done."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from connector.config.forms import GravityFormsSource, WebhookSource
from connector.config.sources import AnySource, FolderSource
from connector.errors import Unreachable
from connector.live.findings import Finding, error, guarded, ok, warning
from connector.live.mailboxes import mailbox_findings
from connector.live.polled_forms import form_findings
from connector.ports.mailboxes import FormWatch, Mailbox

DONE_FOLDERS = ("processed", "parked")


def source_findings(
    sources: Sequence[AnySource],
    mailboxes: Sequence[Mailbox],
    now: datetime,
    last_received: Callable[[str], datetime | None],
    forms: Sequence[FormWatch] = (),
) -> Iterator[Finding]:
    """Yield how each source stands; one that cannot be reached keeps no other from being told.

    `last_received` returns when a source's newest request was received.
    """
    by_name = {mailbox.name: mailbox for mailbox in mailboxes}
    polled = {form.name: form for form in forms}
    for source in sources:
        subject = f"source {source.name}"
        if isinstance(source, FolderSource):
            yield from _folder(source, subject)
            continue
        if isinstance(source, WebhookSource):
            yield ok(subject, f"waits at /hooks/{source.name} of `serve`")
            continue
        with suppress(Unreachable):  # `guarded` has told it
            if isinstance(source, GravityFormsSource):
                yield from guarded(subject, form_findings(polled[source.name], subject))
                continue
            last = last_received(source.name)
            yield from guarded(subject, mailbox_findings(by_name[source.name], subject, now, last))


def _folder(source: FolderSource, subject: str) -> Iterator[Finding]:
    folder = source.path
    if not folder.is_dir():
        yield error(subject, f"there is no folder {folder}", "create it, or correct `path`")
        return
    try:
        _move_about(folder)
    except OSError as reason:
        yield error(
            subject,
            f"a file in {folder} cannot be made and filed away: {reason.strerror}",
            "give the user who runs the connector the right to write there and below",
        )
        return
    waiting = _waiting(folder, source)
    unreadable = [path.name for path in waiting if not os.access(path, os.R_OK)]
    if unreadable:
        yield error(
            subject,
            f"{len(unreadable)} of {len(waiting)} waiting files cannot be read: {unreadable[0]} …",
            "whoever drops files there must let the connector's user read them",
        )
    yield from _sticky(folder, subject)
    yield ok(subject, f"{folder} can be read and filed from; {len(waiting)} waiting")


def _move_about(folder: Path) -> None:
    """Do with a file of our own what is done with a request: rename it into every done folder.

    Its name begins with a dot, so that no source takes it for a request.
    """
    path = folder / f".bms-connector-check-{uuid4().hex}"
    path.touch(exist_ok=False)
    try:
        for name in DONE_FOLDERS:
            if (folder / name).is_dir():
                path = path.rename(folder / name / path.name)
    finally:
        path.unlink()


def _waiting(folder: Path, source: FolderSource) -> list[Path]:
    suffixes = {".eml", ".json"} if source.form else {".eml"}
    return [
        path
        for path in folder.iterdir()
        if path.suffix.lower() in suffixes and not path.name.startswith(".") and path.is_file()
    ]


def _sticky(folder: Path, subject: str) -> Iterator[Finding]:
    """In a folder like /tmp nobody may rename files of others, and ours are dropped by others."""
    status = folder.stat()
    if status.st_mode & stat.S_ISVTX and os.geteuid() not in (0, status.st_uid):
        yield warning(
            subject,
            f"{folder} has the sticky bit: files that others drop there cannot be filed away",
            f"chmod -t {folder}",
        )
