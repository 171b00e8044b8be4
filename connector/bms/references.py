"""Our reference on tickets and notes: how it is written, and how it is found again."""

import html
import json
import re


def note_html(text: str, reference: str) -> str:
    """Return plain `text` as the HTML of a note, ending with its reference on its own line."""
    lines = [*text.rstrip().splitlines(), "", f"Ref: {reference}"]
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def bears_reference(details: str | None, reference: str) -> bool:
    """Whether the HTML (or text) `details` holds `Ref: <reference>` as a whole word.

    A longer reference that begins alike (a ticket's and its note's) is another one.
    """
    if not details or not reference:
        return False
    pattern = re.compile(rf"(?<!\w)Ref:\s*{re.escape(reference)}(?![-.]?\w)", re.IGNORECASE)
    without_tags = re.sub(r"<[^>]*>", " ", details)
    return any(pattern.search(html.unescape(text)) for text in (without_tags, details))


def custom_field_value(custom_fields: str | None, field_id: int) -> str | None:
    """Return a field's value from the JSON string of a search row (keys `cf_<id>`), if there."""
    try:
        values = json.loads(custom_fields or "")
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    for key, value in values.items():
        if key.lower() == f"cf_{field_id}" and value is not None:
            return str(value).strip()
    return None
