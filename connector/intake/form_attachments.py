"""Files that came within a form submission, in base64."""

import binascii
from collections.abc import Mapping

from connector.domain import Attachment
from connector.intake.attachment_names import attachment_name
from connector.intake.limits import MAX_FORM_ATTACHMENTS
from connector.intake.plain_text import clean_line
from connector.intake.remarks import Remarks, shown

_UNKNOWN_TYPE = "application/octet-stream"


def form_attachments(value: object, remarks: Remarks) -> tuple[Attachment, ...]:
    """Read a list of `{name, type, data}`; a bad one costs a remark and not the request."""
    if value is None:
        return ()
    entries = value if isinstance(value, list) else [value]
    if len(entries) > MAX_FORM_ATTACHMENTS:
        remarks.add(
            f"Only the first {MAX_FORM_ATTACHMENTS} of {len(entries)} attachments were read"
        )
    read = (_attachment(entry, remarks) for entry in entries[:MAX_FORM_ATTACHMENTS])
    return tuple(attachment for attachment in read if attachment)


def _attachment(entry: object, remarks: Remarks) -> Attachment | None:
    if not isinstance(entry, Mapping):
        remarks.add("An attachment of the form is missing: it has no name and no data")
        return None
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
