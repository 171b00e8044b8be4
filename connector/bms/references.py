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


def custom_field_values(custom_fields: str | None) -> dict[int, str] | None:
    """Return the filled fields of a search row, by id; None where the row does not tell.

    A row holds them as JSON in a string, with keys `cf_<id>`.
    """
    try:
        values = json.loads(custom_fields or "")
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    ids = {key: key.lower().removeprefix("cf_") for key in values}
    return {
        int(ids[key]): str(value).strip()
        for key, value in values.items()
        if ids[key].isdecimal() and value not in (None, "")
    }


def custom_field_value(custom_fields: str | None, field_id: int) -> str | None:
    """Return one field's value from a search row, if it is there."""
    return (custom_field_values(custom_fields) or {}).get(field_id)
