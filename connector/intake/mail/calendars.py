"""What a calendar in a mail says, in one line (iCalendar, RFC 5545; by mail, RFC 6047)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from connector.intake.limits import MAX_CALENDAR_CHARS
from connector.intake.mail.addresses import parse_mailbox
from connector.intake.mail.plain_text import clean_line, clean_text
from connector.intake.remarks import shown

CONTENT_TYPES = frozenset({"text/calendar", "application/ics"})

_FOLD = re.compile(r"\n[ \t]")
_PROPERTY = re.compile(
    r'(?P<name>[A-Za-z-]{1,60})(?P<parameters>(?:;[^:;="]*=(?:"[^"]*"|[^:;"]*))*):(?P<value>.*)'
)
_PARAMETER = re.compile(r';([^:;="]*)=(?:"([^"]*)"|([^:;"]*))')
_ESCAPED = re.compile(r"\\([\\;,nN])")
_MOMENT = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_KINDS = {
    # RFC 5546 section 1.4; without a method, or published, it is nobody's invitation.
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled appointment",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time proposed",
    "ADD": "Further appointment",
}
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
_ENTRIES = frozenset({"VEVENT", "VTODO"})
_MAX_WORDS = 300


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    value: str
    parameters: dict[str, str]


def calendar_line(text: str) -> str:
    """Return a calendar's first entry as a line for a person; empty when it has none.

    Times stay in the zone in which they are given, whose name is said.
    """
    method, entries = "", 0
    first: dict[str, _Property] = {}
    inside: list[str] = []
    for found in _properties(text):
        if found.name == "BEGIN":
            inside.append(found.value.upper())
            entries += found.value.upper() in _ENTRIES
        elif found.name == "END":
            inside = inside[:-1]
        elif found.name == "METHOD" and len(inside) <= 1:
            method = found.value.upper()
        elif entries == 1 and inside and inside[-1] in _ENTRIES:
            first.setdefault(found.name, found)
    if not first:
        return ""
    more = f" (and {entries - 1} more)" if entries > 1 else ""
    return f"[{_kind(method, first)}: {'; '.join(_facts(first))}{more}]"


def _properties(text: str) -> Iterator[_Property]:
    unfolded = _FOLD.sub("", clean_text(text[:MAX_CALENDAR_CHARS]))
    for line in unfolded.split("\n"):
        if found := _PROPERTY.match(line):
            parameters = {
                name.upper(): quoted or plain
                for name, quoted, plain in _PARAMETER.findall(found["parameters"])
            }
            yield _Property(found["name"].upper(), found["value"].strip(), parameters)


def _kind(method: str, entry: dict[str, _Property]) -> str:
    kind = _KINDS.get(method, "Appointment")
    if "ATTENDEE" in entry and method == "REPLY":
        answer = _ANSWERS.get(entry["ATTENDEE"].parameters.get("PARTSTAT", "").upper())
        return f"{kind}, {answer}" if answer else kind
    return kind


def _facts(entry: dict[str, _Property]) -> Iterator[str]:
    yield _words(entry, "SUMMARY") or "without a title"
    start, end = entry.get("DTSTART"), entry.get("DTEND") or entry.get("DUE")
    if start or end:
        yield _when(start, end) + (", repeated" if "RRULE" in entry else "")
    if place := _words(entry, "LOCATION"):
        yield place
    if organizer := entry.get("ORGANIZER"):
        mailbox = parse_mailbox(re.sub(r"(?i)^mailto:", "", organizer.value))
        name = clean_line(organizer.parameters.get("CN", ""))
        address = mailbox.address if mailbox else ""
        both = f"{name} <{address}>" if name and address and name.lower() != address else ""
        yield f"from {both or address or name or 'unknown'}"


def _words(entry: dict[str, _Property], name: str) -> str:
    found = entry.get(name)
    value = _ESCAPED.sub(lambda escaped: _unescaped(escaped[1]), found.value) if found else ""
    return shown(value, _MAX_WORDS)


def _unescaped(char: str) -> str:
    return " " if char in "nN" else char


def _when(start: _Property | None, end: _Property | None) -> str:
    """Return both ends, the second without its date where it is the same day."""
    if start is None or end is None:
        return f"until {_moment(end)}" if end else _moment(start)
    begin, finish = _parsed(start.value), _parsed(end.value)
    if begin == finish:
        return _moment(start)
    if not isinstance(begin, datetime) or not isinstance(finish, datetime):
        # A whole day ends, for iCalendar, when the next one begins.
        last = finish - timedelta(days=1) if finish and not isinstance(finish, datetime) else None
        return (
            _moment(start) if last in (None, begin) else f"{_moment(start)} to {last:%a %Y-%m-%d}"
        )
    if begin.date() == finish.date() and _zone(start) == _zone(end):
        return f"{begin:%a %Y-%m-%d %H:%M} to {finish:%H:%M} {_zone(start)}".rstrip()
    return f"{_moment(start)} to {_moment(end)}"


def _moment(moment: _Property | None) -> str:
    if moment is None:
        return ""
    parsed = _parsed(moment.value)
    if parsed is None:
        return shown(moment.value, 40)
    if isinstance(parsed, datetime):
        return f"{parsed:%a %Y-%m-%d %H:%M} {_zone(moment)}".rstrip()
    return f"{parsed:%a %Y-%m-%d}"


def _zone(moment: _Property) -> str:
    return "UTC" if moment.value.endswith("Z") else shown(moment.parameters.get("TZID", ""), 60)


def _parsed(value: str) -> datetime | date | None:
    """Return a moment as its calendar shows it, without a zone, or a date of a whole day."""
    found = _MOMENT.fullmatch(value)
    if not found:
        return None
    try:
        if found[2]:
            return datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
        return datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        return None
