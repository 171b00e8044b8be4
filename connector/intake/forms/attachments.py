"""Files of a form submission: in it, in base64, or elsewhere, named by their addresses."""

import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from connector.domain.request import Attachment, FileLink
from connector.intake.limits import MAX_FORM_ATTACHMENTS
from connector.intake.mail.attachment_names import attachment_name
from connector.intake.mail.plain_text import clean_line
from connector.intake.remarks import Remarks, shown

_UNKNOWN_TYPE = "application/octet-stream"

_ADDRESS_KEYS: Final = ("url", "link", "file_url", "href")
"""Where vendors put the address of a file; Microsoft Forms has `link`, Typeform `file_url`."""


@dataclass(frozen=True, slots=True)
class FormFiles:
    """The files of a submission."""

    attachments: tuple[Attachment, ...] = ()
    links: tuple[FileLink, ...] = ()


def form_files(value: object, remarks: Remarks) -> FormFiles:
    """Read `{name, type, data}`, `{name, url}`, plain addresses, or a list of these.

    The list may also be JSON within a text (Gravity Forms, Microsoft Forms), or addresses in lines
    (WPForms). A bad entry costs a remark and not the request.
    """
    entries = list(_entries(value))
    if len(entries) > MAX_FORM_ATTACHMENTS:
        remarks.add(
            f"Only the first {MAX_FORM_ATTACHMENTS} of {len(entries)} attachments were read"
        )
    read = [_file(entry, remarks) for entry in entries[:MAX_FORM_ATTACHMENTS]]
    return FormFiles(
        tuple(each for each in read if isinstance(each, Attachment)),
        tuple(each for each in read if isinstance(each, FileLink)),
    )


def _entries(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for entry in value:
            if isinstance(entry, str):
                yield from _entries_in_text(entry)
            else:
                yield entry
    elif isinstance(value, str):
        yield from _entries_in_text(value)
    elif value is not None:
        yield value


def _entries_in_text(text: str) -> Iterator[object]:
    packed = text.strip()
    if packed.startswith(("[", "{")):
        try:
            found = json.loads(packed)
        except (ValueError, RecursionError):
            found = packed
        yield from found if isinstance(found, list) else [found]
        return
    yield from filter(None, map(str.strip, packed.splitlines()))


def _file(entry: object, remarks: Remarks) -> Attachment | FileLink | None:
    if isinstance(entry, str) and _is_address(entry):
        return FileLink(_last_part(entry), entry)
    if not isinstance(entry, Mapping):
        remarks.add("An attachment of the form is missing: it has no name and no data")
        return None
    address = next((entry[key] for key in _ADDRESS_KEYS if entry.get(key)), None)
    if not isinstance(entry.get("data"), str) and isinstance(address, str):
        return _link(entry, address, remarks)
    return _attachment(entry, remarks)


def _link(entry: Mapping[str, object], address: str, remarks: Remarks) -> FileLink | None:
    name = attachment_name(_line(entry.get("name")) or _last_part(address), "")
    if _is_address(address):
        return FileLink(name, address)
    remarks.add(f"The attachment '{shown(name)}' is missing: '{shown(address)}' is no address")
    return None


def _attachment(entry: Mapping[str, object], remarks: Remarks) -> Attachment | None:
    content_type = _line(entry.get("type")).lower() or _UNKNOWN_TYPE
    name = attachment_name(_line(entry.get("name")), content_type)
    data = entry.get("data")
    if not isinstance(data, str):
        remarks.add(f"The attachment '{shown(name)}' is missing: the form sent no data for it")
        return None
    content = _decoded(data)
    if content is None:
        remarks.add(f"The attachment '{shown(name)}' is missing: its data is not base64")
        return None
    return Attachment(name, content_type, content)


def _is_address(text: str) -> bool:
    return text.lower().startswith(("https://", "http://"))


def _last_part(address: str) -> str:
    """Return the name of the file as its address ends."""
    try:
        path = urlsplit(address).path
    except ValueError:
        path = ""
    return attachment_name(unquote(path.rpartition("/")[2]), "")


def _decoded(data: str) -> bytes | None:
    """Decode base64, also within a `data:` URI, URL-safe or without padding; None if it is none."""
    if data.startswith("data:"):
        data = data.partition(",")[2]
    packed = "".join(data.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        padding = "=" * (-len(packed) % 4)
        return binascii.a2b_base64(packed + padding, strict_mode=True)
    except ValueError:
        return None


def _line(value: object) -> str:
    return clean_line(value) if isinstance(value, str) else ""
