"""The files of a request as BMS can take them: distinct names, and not too large."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from connector.domain.request import Attachment, Request, RequestKind
from connector.mapping.render import is_cut
from connector.ports import Directory


def files_of(request: Request, raw: bytes) -> tuple[Attachment, ...]:
    """Return the files of a request under distinct names.

    The original is among them when the ticket cannot show all of it or names no sender.
    """
    files = request.attachments
    if is_cut(request.text) or request.sender is None:
        files = (*files, _original(request.kind, raw))
    return with_distinct_names(files)


def _original(kind: RequestKind, raw: bytes) -> Attachment:
    if kind is RequestKind.EMAIL:
        return Attachment("original.eml", "message/rfc822", raw)
    return Attachment("original.json", "application/json", raw)


def with_distinct_names(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Number names that occur again (in any case): two files `scan.pdf` must both be found."""
    taken: set[str] = set()
    renamed = []
    for attachment in attachments:
        name = _free_name(attachment.name, taken)
        taken.add(name.casefold())
        renamed.append(replace(attachment, name=name))
    return tuple(renamed)


def _free_name(name: str, taken: set[str]) -> str:
    path = PurePosixPath(name)
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{path.stem} ({number}){path.suffix}"
    return candidate


def fitting(
    attachments: tuple[Attachment, ...], directory: Directory
) -> tuple[tuple[Attachment, ...], list[str]]:
    """Return the files that BMS takes, and the names of those too large for the tenant."""
    if not attachments:
        return (), []
    limit = directory.attachment_limit()
    kept = tuple(attachment for attachment in attachments if attachment.size <= limit)
    return kept, [attachment.name for attachment in attachments if attachment.size > limit]
