"""What the guide wants to know of a request and nobody said (DESIGN section 6, "Details")."""

from collections.abc import Iterator

from connector.domain.request import Details, Request
from connector.mapping.phones import find_phone

MAX_LINES = 200
"""Lines of a text in which a phone number is looked for."""

MIN_DIGITS = 7

ASKED = {
    "affected_user": "Affected user: who it is about, if it is not you",
    "mobile": "Mobile: a number at which we can call",
    "started": "Started: when the issue started",
    "remote_ok": "Remote connection possible: yes or no",
    "first_time": "First time: whether it is the first time (yes or no)",
    "desired_resolution": "Desired resolution: the date and time by which it should be solved",
}
"""Labelled lines, which are understood in an answer as well."""

PICTURE = "a screenshot or a video of the issue, attached"


def missing_details(request: Request, details: Details, contact_phone: str = "") -> tuple[str, ...]:
    """Return what to ask for, in the order of the guide; what is evident is left out.

    `contact_phone` is the number that BMS has of the requester.
    """
    return tuple(_missing(request, details, contact_phone))


def phone_of(request: Request, details: Details) -> str | None:
    """Return a phone number of the requester: the one named as such, else the first in the text."""
    if details.mobile is not None:
        return details.mobile.value or details.mobile.words
    if request.form is not None and request.form.phone:
        return request.form.phone
    for line in request.text.splitlines()[:MAX_LINES]:
        if sum(char.isdigit() for char in line) >= MIN_DIGITS and (found := find_phone(line)):
            return found[1]
    return None


def _missing(request: Request, details: Details, contact_phone: str) -> Iterator[str]:
    for name, question in ASKED.items():
        is_known = getattr(details, name) is not None
        if name == "mobile":
            is_known = bool(contact_phone) or phone_of(request, details) is not None
        if not is_known:
            yield question
    if not any(_is_picture(each.content_type) for each in request.attachments):
        yield PICTURE


def _is_picture(content_type: str) -> bool:
    return content_type.lower().startswith(("image/", "video/"))
